"""The media process dies while people talk. `make drill NAME=media-kills` does it ten times."""

import asyncio
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.load.media_kills import returns
from tests.support.app import App, running_app
from tests.support.browser import CHROMIUM_SHELL, chromium
from tests.support.camera import small_camera
from tests.support.people import person
from tests.support.waiting import until

KILLS = 2
OUTAGE_SECONDS = 16.0  # the library gives up after twelve


@pytest.mark.only_embedded
async def test_everybody_sees_each_other_again_without_a_click(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    async with running_app(tmp_path, database_url=database_url, redis_url=redis_url) as app:
        seen_again = returns(app, kills=KILLS, program=CHROMIUM_SHELL, camera=small_camera())
        seconds = [taken async for taken in seen_again]
    assert len(seconds) == KILLS
    print("seen again after", [f"{taken:.1f} s" for taken in seconds])


async def test_an_outage_longer_than_the_patience_of_the_library(tmp_path: Path) -> None:
    async with (
        running_app(tmp_path) as app,
        chromium(camera=small_camera()) as first,
        chromium(camera=small_camera()) as second,
        person(app, first, "mentor") as one,
        person(app, second, "organizer") as other,
    ):
        await one.enter(mic=True)
        await other.enter()
        await keep_dead(app, seconds=OUTAGE_SECONDS)
        back_at = time.time()
        await until(partial(other.sees, 1, frames=10, since=back_at))
        await until(partial(one.sees, 1, frames=10, since=back_at))
        assert await one.mic()
        assert not await other.mic()


async def keep_dead(app: App, *, seconds: float) -> None:
    """Kill the media process each time the supervisor has started it."""
    until_then = time.monotonic() + seconds
    while time.monotonic() < until_then:
        with suppress(LookupError, ProcessLookupError):
            app.kill("media")
        await asyncio.sleep(0.2)
