"""The media process dies while people talk. `make drill NAME=media-kills` does it ten times."""

from pathlib import Path

from tests.load.media_kills import returns
from tests.support.app import running_app
from tests.support.browser import chromium

KILLS = 2


async def test_everybody_sees_each_other_again_without_a_click(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    async with (
        running_app(tmp_path, database_url=database_url, redis_url=redis_url) as app,
        chromium() as browser,
    ):
        seconds = [taken async for taken in returns(app, browser, kills=KILLS)]
    assert len(seconds) == KILLS
    print("seen again after", [f"{taken:.1f} s" for taken in seconds])
