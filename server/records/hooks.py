"""What the media engine tells about who came and went: who may not be there is taken out, the
rest is evidence of attendance.
"""

from datetime import UTC, datetime

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
    now = clock.now()
    match event.event:
        case "participant_joined":
            await _joined(request, event, now)
        case "participant_left" | "participant_connection_aborted":
            await _left(request, event, now)
        case "room_finished":
            async with services(request).database.writing() as db:
                await actions.room_emptied(db, event.room.name, at=_told_at(event, now))
    return PlainTextResponse("")


async def _joined(request: Request, event: WebhookEvent, now: datetime) -> None:
    if await rooms.is_stale(request, event):
        await rooms.remove(request, event)
        return
    async with services(request).database.writing() as db:
        if stay := await _stay(db, event):
            await actions.joined(db, stay, at=_joined_at(event, now))


async def _left(request: Request, event: WebhookEvent, now: datetime) -> None:
    """The end of a stay. One that was never told to begin may be a stale join's: it counts not."""
    stale = await rooms.is_stale(request, event)
    async with services(request).database.writing() as db:
        stay = await _stay(db, event)
        if stay is None or (stale and not await queries.is_known(db, stay.key)):
            return
        joined_at = _joined_at(event, now)
        await actions.left(db, stay, joined_at=joined_at, at=_told_at(event, now))


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


routes = [Route("/hooks/media", receive, methods=["POST"])]
