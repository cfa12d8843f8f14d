"""The web process is killed in the middle of bursts of chat posts: a small count of the drill."""

from pathlib import Path

from tests.load.web_kills import Outcome, run


async def test_killed_web_loses_and_doubles_nothing(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    outcome = await run(tmp_path, kills=2, database_url=database_url, redis_url=redis_url)
    assert outcome == Outcome(
        kills=2, posts=400, slowest_return_seconds=outcome.slowest_return_seconds
    )
