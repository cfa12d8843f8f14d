"""A crowd arrives at one room: a small count of `make drill NAME=join`."""

from pathlib import Path

from tests.load.join import run

PEOPLE, SPREAD_SECONDS = 30, 2.0


async def test_everybody_gets_the_pages_and_the_snapshot_and_stays(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    figures = await run(
        tmp_path,
        people=PEOPLE,
        spread=SPREAD_SECONDS,
        database_url=database_url,
        redis_url=redis_url,
    )
    assert (figures.joins, figures.errors, figures.lost) == (PEOPLE, 0, 0), figures.what
    assert min(figures.snapshot_p95_ms, figures.page_p95_ms, figures.cpu_web_s) > 0
