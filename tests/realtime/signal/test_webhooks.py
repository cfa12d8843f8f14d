"""Events reach the application signed, in order, and again when it did not take them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiohttp import web
from livekit.api import CreateRoomRequest, DeleteRoomRequest, TokenVerifier, WebhookReceiver
from livekit.protocol.webhook import WebhookEvent

from realtime.signal.limits import Limits
from tests.realtime.signal.house import KEY, ROOM, SECRET, House, house, joined
from tests.support.waiting import until


class Listener:
    """An application's hook on a free port. Answers the first posts with `statuses`, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.raw: list[tuple[str, str]] = []
        self.events: list[WebhookEvent] = []

    async def take(self, request: web.Request) -> web.Response:
        assert request.content_type == "application/webhook+json"
        body, signature = await request.text(), request.headers["Authorization"]
        self.raw.append((body, signature))
        if self.statuses:
            status = self.statuses.pop(0)
            return web.Response(status=status, headers={"Location": "/elsewhere"})
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


VISIT = ["room_started", "participant_joined", "participant_left", "room_finished"]


def received(body: str, signature: str) -> WebhookEvent:
    return WebhookReceiver(TokenVerifier(KEY, SECRET)).receive(body, signature)


@asynccontextmanager
async def telling(listener: Listener) -> AsyncIterator[House]:
    """An engine that tells the listener, and lets an empty room go at once."""
    async with (
        listener.listening() as url,
        house(webhook_url=url, limits=Limits(departure_timeout=0)) as den,
    ):
        yield den


async def test_a_visit_is_told_from_beginning_to_end() -> None:
    listener = Listener()
    async with telling(listener) as den:
        async with den.peer("ai", publishes=True):
            await until(lambda: _told(listener, 4))
        await until(lambda: _told(listener, 8))
    events = [event.event for event in listener.events]
    assert events == [
        "room_started",
        "participant_joined",
        *["track_published"] * 2,
        *["track_unpublished"] * 2,
        "participant_left",
        "room_finished",
    ]
    joined = next(e for e in listener.events if e.event == "participant_joined")
    assert (joined.room.name, joined.participant.identity) == (ROOM, "ai")
    assert joined.participant.sid.startswith("PA_")
    assert len({event.id for event in listener.events}) == len(events)


async def test_only_the_events_that_were_asked_for_are_told() -> None:
    listener = Listener()
    asked = frozenset({"participant_joined", "room_finished"})
    async with (
        listener.listening() as url,
        house(webhook_url=url, webhook_events=asked, limits=Limits(departure_timeout=0)) as den,
    ):
        async with den.peer("ai", publishes=True):
            await until(partial(_told, listener, 1))
        await until(partial(_told, listener, 2))
    assert [event.event for event in listener.events] == ["participant_joined", "room_finished"]


async def test_what_was_not_taken_comes_again_the_same_and_in_order() -> None:
    listener = Listener(503, 429, 500)
    async with telling(listener) as den:
        async with den.peer("ai"):
            await until(partial(_told, listener, 2))
        await until(partial(_told, listener, 4))
    assert [event.event for event in listener.events] == VISIT
    attempts = [received(*raw) for raw in listener.raw[:4]]
    assert attempts == [listener.events[0]] * 4
    assert listener.events[0].created_at > 0
    assert {event.num_dropped for event in listener.events} == {0}


@pytest.mark.parametrize("status", [400, 401, 302])
async def test_what_was_refused_is_dropped_and_the_next_event_says_so(status: int) -> None:
    listener = Listener(status, status)
    async with telling(listener) as den:
        async with den.peer("ai"):
            await until(partial(_tried, listener, 2))
        await until(partial(_told, listener, 2))
        hooks = den.engine.webhooks
        assert (hooks.dropped, hooks.delivered) == (2, 2)
    told = [(event.event, event.num_dropped) for event in listener.events]
    assert told == [("participant_left", 2), ("room_finished", 0)]


async def test_who_never_got_media_did_not_arrive_and_did_not_leave() -> None:
    listener = Listener()
    async with telling(listener) as den:
        async with joined(den, "ai"):
            pass
        await until(partial(_told, listener, 3))
    assert [event.event for event in listener.events] == [
        "room_started",
        "participant_connection_aborted",
        "room_finished",
    ]


async def test_a_deleted_room_is_told_to_its_end() -> None:
    listener = Listener()
    async with telling(listener) as den, den.peer("ai"):
        await until(partial(_told, listener, 2))
        async with den.api() as api:
            await api.room.delete_room(DeleteRoomRequest(room=ROOM))
        await until(partial(_told, listener, 4))
    assert [event.event for event in listener.events] == VISIT
    assert {event.room.sid for event in listener.events} == {listener.events[0].room.sid}


async def test_a_room_made_as_wished_is_told_of_as_wished() -> None:
    listener = Listener()
    async with telling(listener) as den, den.api() as api:
        await api.room.create_room(CreateRoomRequest(name=ROOM, metadata="sun"))
        await until(partial(_told, listener, 1))
    assert listener.events[0].room.metadata == "sun"


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


async def _tried(listener: Listener, count: int) -> bool:
    return len(listener.raw) >= count
