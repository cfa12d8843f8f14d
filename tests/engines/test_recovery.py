"""After the engine's process was killed, livekit-client comes back by itself.

Each person has a browser process of their own, as in life: two pages of one browser that reopen
the same fake camera at the same instant leave one of them without pictures.
"""

import os
from typing import Any
from uuid import uuid4

import pytest

from tests.engines.pages import Guest, guests, meet
from tests.engines.target import OwnEngine, target
from tests.support.browser import chromium
from tests.support.waiting import until

pytestmark = pytest.mark.skipif("LIVEKIT_URL" in os.environ, reason="kills the engine's process")


async def test_after_a_kill_pictures_and_sound_come_again_without_a_click() -> None:
    async with (
        target() as engine,
        chromium() as first,
        chromium() as second,
        guests(first, "ai") as (ai,),
        guests(second, "bo") as (bo,),
    ):
        assert isinstance(engine, OwnEngine)
        await meet([ai, bo], engine, f"recovery-{uuid4().hex[:8]}")
        before = [await guest.seen() for guest in (ai, bo)]
        await engine.kill()
        await engine.start()
        await until(lambda: _meets_anew(ai, bo, before[0]))
        await until(lambda: _meets_anew(bo, ai, before[1]))
        assert [(await guest.seen())["disconnected"] for guest in (ai, bo)] == [[], []]


async def _meets_anew(guest: Guest, other: Guest, before: dict[str, Any]) -> bool:
    """The page opened a new line, and gets the other on a new connection."""
    new_line = (await guest.seen())["sockets"] > before["sockets"]
    return new_line and await guest.gets(other)
