"""livekit-client in real Chromium loses its signalling connection, and more, and comes back.

Each person has a browser process of their own, as in `test_recovery.py`, and connects once with
one peer connection and once with two, as older clients do.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import permutations
from uuid import uuid4

import pytest

from tests.engines.pages import Guest, guests, meet
from tests.engines.target import Target, target
from tests.support.browser import chromium
from tests.support.camera import small_camera
from tests.support.waiting import until

_SERVER_SHUTDOWN = 3
_MANY = 20

ACCIDENTS = [
    "signal-reconnect",
    "migration",
    "disconnect-signal-on-resume",
    "node-failure",
    "full-reconnect",
]

one_or_two = pytest.mark.parametrize("single", [True, False], ids=["one", "two"])


@asynccontextmanager
async def meeting(engine: Target, *, single: bool) -> AsyncIterator[tuple[Guest, Guest]]:
    """Two people who see and hear each other, with one peer connection each or with two."""
    async with AsyncExitStack() as stack:
        people = []
        for identity in ("ai", "bo"):
            browser = await stack.enter_async_context(chromium(camera=small_camera()))
            people += await stack.enter_async_context(guests(browser, identity))
        room = f"reconnect-{uuid4().hex[:8]}"
        await meet(people, engine, room, options={"singlePeerConnection": single})
        ai, bo = people
        yield ai, bo


async def reconnected(guest: Guest, *, more_than: int) -> bool:
    return bool((await guest.seen())["reconnected"] > more_than)


async def muted(guest: Guest, other: Guest, expected: bool) -> bool:
    return await guest.do("isMuted", other.identity) is expected


async def goes_on(*people: Guest) -> None:
    """Wait until each decodes many more frames of each other, of the same track or a new one."""
    for viewer, shown in permutations(people, 2):
        before = await viewer.frames_of(shown)
        await until(partial(_went_on, viewer, shown, before))


async def _went_on(viewer: Guest, shown: Guest, before: int) -> bool:
    now = await viewer.frames_of(shown)
    return now >= _MANY and abs(now - before) >= _MANY


@one_or_two
async def test_a_lost_signalling_connection_is_resumed_on_the_same_media(single: bool) -> None:
    async with target() as engine, meeting(engine, single=single) as (ai, bo):
        await ai.do("setMicrophone", False)
        await until(partial(muted, bo, ai, True))
        before, sid = await ai.seen(), await ai.do("sid")
        assert before["connections"] == (1 if single else 2)
        await ai.do("loseSignalling")
        await until(partial(reconnected, ai, more_than=0))
        after = await ai.seen()
        assert after["sockets"] == before["sockets"] + 1
        assert after["connections"] == before["connections"]
        assert (after["resuming"], after["reconnecting"]) == (1, 0)
        assert await ai.do("sid") == sid
        await goes_on(ai, bo)
        assert await muted(bo, ai, True)
        await ai.do("setMicrophone", True)
        await until(partial(muted, bo, ai, False))
        assert not await bo.saw("ParticipantDisconnected:ai:")


@pytest.mark.parametrize(
    ("single", "scenarios"), [(True, ACCIDENTS), (False, ["node-failure"])], ids=["one", "two"]
)
async def test_every_simulated_accident_ends_in_a_meeting_again(
    single: bool, scenarios: list[str]
) -> None:
    async with target() as engine, meeting(engine, single=single) as (ai, bo):
        await ai.do("setMicrophone", False)
        await until(partial(muted, bo, ai, True))
        for scenario in scenarios:
            before = (await ai.seen())["reconnected"]
            await ai.do("simulate", scenario)
            await until(partial(reconnected, ai, more_than=before))
            await goes_on(ai, bo)
            await until(partial(muted, bo, ai, True))
        assert (await ai.seen())["disconnected"] == []
        await ai.do("simulate", "server-leave")
        await until(partial(left, ai))
        await until(lambda: bo.saw("ParticipantDisconnected:ai:"))


async def left(guest: Guest) -> bool:
    return bool((await guest.seen())["disconnected"] == [_SERVER_SHUTDOWN])
