"""Events reach the application signed, in order, and again when it did not take them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiohttp import web
from livekit.api import TokenVerifier, WebhookReceiver
from livekit.protocol.webhook import WebhookEvent

from realtime.signal.limits import Limits
from tests.realtime.signal.house import KEY, ROOM, SECRET, House, house
from tests.support.waiting import until


class Listener:
    """An application's hook on a free port. Refuses the first `refusals` posts with 503."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.raw: list[tuple[str, str]] = []
        self.events: list[WebhookEvent] = []

    async def take(self, request: web.Request) -> web.Response:
        body, signature = await request.text(), request.headers["Authorization"]
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503)
        self.raw.append((body, signature))
        self.events.append(received(body, signature))
        return web.Response()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/hook", self.take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            yield f"http://127.0.0.1:{port}/hook"
        finally:
            await runner.cleanup()


def received(body: str, signature: str) -> WebhookEvent:
    return WebhookReceiver(TokenVerifier(KEY, SECRET)).receive(body, signature)


@asynccontextmanager
async def telling(listener: Listener) -> AsyncIterator[House]:
    """An engine that tells the listener, and lets an empty room go at once."""
    async with (
        listener.listening() as url,
        house(webhook_url=url, limits=Limits(empty_room_kept=0.0)) as den,
    ):
        yield den


async def test_a_visit_is_told_from_beginning_to_end() -> None:
    listener = Listener()
    async with telling(listener) as den:
        async with den.peer("ai", publishes=True):
            await until(lambda: _told(listener, 4))
        await until(lambda: _told(listener, 8))
    events = [event.event for event in listener.events]
    assert events[0] == "room_started"
    assert sorted(events[1:-2]) == [
        "participant_joined",
        *["track_published"] * 2,
        *["track_unpublished"] * 2,
    ]
    assert events[-2:] == ["participant_left", "room_finished"]
    joined = next(e for e in listener.events if e.event == "participant_joined")
    assert (joined.room.name, joined.participant.identity) == (ROOM, "ai")
    assert joined.participant.sid.startswith("PA_")
    assert len({event.id for event in listener.events}) == len(events)


async def test_what_was_refused_comes_again_in_the_same_order() -> None:
    patient, troubled = Listener(), Listener(refusals=3)
    for listener in (patient, troubled):
        async with telling(listener) as den:
            async with den.peer("ai"):
                await until(partial(_told, listener, 2))
            await until(partial(_told, listener, 4))
    orders = [[event.event for event in each.events] for each in (patient, troubled)]
    assert orders[0] == orders[1]
    assert orders[0] == ["room_started", "participant_joined", "participant_left", "room_finished"]


async def test_a_changed_body_is_found_out() -> None:
    listener = Listener()
    async with telling(listener) as den, den.peer("ai"):
        await until(lambda: _told(listener, 1))
    body, signature = listener.raw[0]
    assert received(body, signature).event == "room_started"
    with pytest.raises(Exception, match="hash mismatch"):
        received(body.replace(ROOM, "lair"), signature)


async def _told(listener: Listener, count: int) -> bool:
    return len(listener.events) >= count
