"""The native client (the Python SDK, libwebrtc inside) meets livekit-client in Chromium."""

import os
from functools import partial
from uuid import uuid4

import pytest
from livekit.api import ListParticipantsRequest
from livekit.protocol.models import ParticipantInfo

from tests.engines.native import Native, native
from tests.engines.pages import guests
from tests.engines.target import Target, target
from tests.engines.wire import wire_to
from tests.support.browser import chromium
from tests.support.waiting import until

pytestmark = pytest.mark.skipif(
    os.environ.get("LIVEKIT_URL", "").startswith(("wss", "https")),
    reason="the wire that is cut carries no TLS",
)


async def known(engine: Target, room: str, identity: str) -> ParticipantInfo:
    """What the engine says about a participant."""
    async with engine.api() as api:
        people = await api.room.list_participants(ListParticipantsRequest(room=room))
    return next(person for person in people.participants if person.identity == identity)


async def happened(person: Native, event: str) -> bool:
    return event in person.events


@pytest.mark.parametrize("single", [True, False], ids=["one", "two"])
async def test_both_see_and_hear_each_other_and_again_after_a_cut(single: bool) -> None:
    room = f"native-{uuid4().hex[:8]}"
    async with (
        target() as engine,
        wire_to(engine.url) as wire,
        chromium() as browser,
        guests(browser, "bo") as (bo,),
        native("nao") as nao,
    ):
        await bo.join(engine, room)
        await bo.do("publish")
        await nao.join(wire.url, engine.token("nao", room), single=single)
        await nao.publish()
        await until(partial(nao.sees_and_hears, "bo"))
        await until(partial(bo.sees_and_hears, nao))
        before = await known(engine, room, "nao")
        assert wire.connections == 1
        wire.cut()
        await until(partial(happened, nao, "reconnected"))
        assert nao.events == ["reconnecting", "reconnected"]
        after = await known(engine, room, "nao")
        assert (after.sid, [t.sid for t in after.tracks]) == (
            before.sid,
            [t.sid for t in before.tracks],
        )
        nao.frames.clear()
        nao.loud.clear()
        seen = await bo.frames_of(nao)
        await until(partial(nao.sees_and_hears, "bo"))
        await until(partial(bo.sees_and_hears, nao, more_than=seen + 30))
        assert not await bo.saw("ParticipantDisconnected:nao:")
