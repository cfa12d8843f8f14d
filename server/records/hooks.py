"""What the media engine tells about who came and went: who may not be there is taken out, the
rest is evidence of attendance.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from livekit.protocol.models import ParticipantInfo
from livekit.protocol.webhook import WebhookEvent
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.records import actions, queries
from server.records.actions import Presence
from server.records.models import Via
from server.rooms import hooks as rooms
from server.rooms.engine import ForgedWebhook
from server.web.services import services


async def receive(request: Request) -> Response:
    """POST /hooks/media"""
    try:
        event = await rooms.heard(request)
    except ForgedWebhook:
        return PlainTextResponse("not signed by our media engine", 401)
    if take := TAKEN.get(event.event):
        await take(request, event, clock.now())
    return PlainTextResponse("")


async def _joined(request: Request, event: WebhookEvent, now: datetime) -> None:
    async with services(request).database.writing() as db:
        stale = await rooms.is_stale(db, event)
        if not stale and (stay := await _stay(db, event)):
            await actions.joined(db, stay, at=_joined_at(event, now))
    if stale:
        await rooms.remove(request, event)


async def _left(request: Request, event: WebhookEvent, now: datetime) -> None:
    """The end of a stay. One that was never told to begin may be a stale join's: it counts not."""
    async with services(request).database.writing() as db:
        stay = await _stay(db, event)
        if stay and (await queries.is_known(db, stay.key) or not await rooms.is_stale(db, event)):
            joined_at = _joined_at(event, now)
            await actions.left(db, stay, joined_at=joined_at, at=_told_at(event, now))


async def _emptied(request: Request, event: WebhookEvent, now: datetime) -> None:
    async with services(request).database.writing() as db:
        await actions.room_emptied(db, event.room.name, at=_told_at(event, now))


async def _stay(db: Db, event: WebhookEvent) -> Presence | None:
    """The stay of a participant; None where it is nobody of ours, or in no session."""
    sid, room = event.participant.sid, event.room.name
    found = await queries.somebody(db, identity=event.participant.identity, room=room)
    return Presence(*found, via=Via.MEDIA, key=sid) if found and sid else None


def _told_at(event: WebhookEvent, now: datetime) -> datetime:
    """When it happened, in whole seconds; an engine whose clock is ahead does not lead us on."""
    return min(datetime.fromtimestamp(event.created_at, UTC), now) if event.created_at else now


def _joined_at(event: WebhookEvent, now: datetime) -> datetime:
    """When the participant joined, as exactly as the engine says it."""
    seconds = _seconds(event.participant)
    return min(datetime.fromtimestamp(seconds, UTC), now) if seconds else _told_at(event, now)


def _seconds(participant: ParticipantInfo) -> float:
    return participant.joined_at_ms / 1000 or participant.joined_at


# What is taken of an engine's news; our own tells nothing else (`server/media.py`).
TAKEN: Final[Mapping[str, Callable[[Request, WebhookEvent, datetime], Awaitable[None]]]] = {
    "participant_joined": _joined,
    "participant_left": _left,
    "participant_connection_aborted": _left,
    "room_finished": _emptied,
}

routes = [Route("/hooks/media", receive, methods=["POST"])]
