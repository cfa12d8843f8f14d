"""Clients that share no code meet in one room, and each gets what the other sends."""

from collections.abc import AsyncIterator
from functools import partial

import pytest_asyncio
from livekit.protocol.room import ListParticipantsRequest

from tests.engines.native import native
from tests.engines.pages import Guest, guests, meet
from tests.engines.target import Target, target
from tests.support.browser import chromium
from tests.support.firefox import firefox
from tests.support.network import outer_address
from tests.support.waiting import until


@pytest_asyncio.fixture(loop_scope="session")
async def engine() -> AsyncIterator[Target]:
    """At an address that every client dials: Firefox leaves the loopback's out."""
    with outer_address() as address:
        async with target(address) as running:
            yield running


async def test_firefox_and_chromium_see_and_hear_each_other(engine: Target, room: str) -> None:
    async with (
        chromium() as chrome,
        firefox() as fox,
        guests(chrome, "ai", "chi") as (ai, chi),
        guests(fox, "bo") as (bo,),
    ):
        await meet([ai, bo], engine, room)
        for guest in (ai, bo):
            seen = await guest.seen()
            assert (seen["sockets"], seen["reconnecting"], seen["disconnected"]) == (1, 0, [])
        # LiveKit names RED where it is agreed, we name what is inside.
        assert await mime_types(engine, room) - {"audio/red"} == {"audio/opus", "video/vp8"}
        for muting, watching in ((ai, bo), (bo, ai)):
            await muting.do("setMicrophone", False)
            await until(partial(watching.saw, f"TrackMuted:{muting.identity}:microphone"))
            await muting.do("setMicrophone", True)
            await until(partial(watching.saw, f"TrackUnmuted:{muting.identity}:microphone"))
        await bo.do("unpublishCamera")
        await until(lambda: ai.saw("TrackUnpublished:bo:camera"))
        await bo.do("publish", {"video": True, "audio": False})
        await until(lambda: ai.sees_and_hears(bo))
        await ai.do("leave")
        await until(lambda: bo.saw("ParticipantDisconnected:ai:"))
        await chi.join(engine, room)
        await chi.do("publish")
        await until(lambda: bo.sees_and_hears(chi))
        await until(lambda: chi.sees_and_hears(bo))
        await bo.do("leave")
        await until(lambda: chi.saw("ParticipantDisconnected:bo:"))


async def test_three_kinds_of_clients_see_hear_tell_and_call_each_other(
    engine: Target, room: str
) -> None:
    async with (
        chromium() as chrome,
        firefox() as fox,
        guests(chrome, "ai") as (ai,),
        guests(fox, "bo") as (bo,),
        native("nao") as nao,
    ):
        await meet([ai, bo], engine, room)
        await nao.join(engine.url, engine.token("nao", room), single=True)
        await nao.publish()
        for guest, others in ((ai, (bo, nao)), (bo, (ai, nao))):
            for other in others:
                await until(partial(guest.sees_and_hears, other))
        await until(partial(nao.sees_and_hears, "ai"))
        await until(partial(nao.sees_and_hears, "bo"))
        await nao.say("for sure", reliable=True, topic="news")
        await nao.say("maybe", reliable=False, topic="news")
        await until(partial(told, ai, "nao", {"for sure", "maybe"}))
        await until(partial(told, bo, "nao", {"for sure", "maybe"}))
        assert await ai.do("call", "nao", "hey") == "ai: HEY"
        assert await nao.call("bo", "ho") == "nao: HO"
        assert await bo.do("call", "ai", "hi") == "bo: HI"


async def told(guest: Guest, sender: str, texts: set[str]) -> bool:
    """Whether a page has got these packets of a participant."""
    return texts <= {text for who, *_, text in (await guest.seen())["data"] if who == sender}


async def mime_types(engine: Target, room: str) -> set[str]:
    """What is published in the room."""
    async with engine.api() as api:
        people = await api.room.list_participants(ListParticipantsRequest(room=room))
    return {track.mime_type.lower() for each in people.participants for track in each.tracks}
