"""What the media engine tells us: webhooks, signed with our key."""

import structlog
from livekit.protocol.webhook import WebhookEvent
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.rooms import seat
from server.rooms.engine import EPOCH, ForgedWebhook, media_engine
from server.web.services import services

log = structlog.get_logger()


async def receive(request: Request) -> Response:
    """POST /hooks/media"""
    try:
        event = media_engine(request).webhook(await request.body(), request.headers)
    except ForgedWebhook:
        return PlainTextResponse("not signed by our media engine", 401)
    if event.event == "participant_joined":
        await _remove_stale(request, event)
    return PlainTextResponse("")


async def _remove_stale(request: Request, event: WebhookEvent) -> None:
    """Take out who came in with a token from before access was taken away."""
    async with services(request).database.reading() as db:
        epoch = await seat.epoch_of(db, identity=event.participant.identity, room=event.room.name)
    if epoch is None or event.participant.attributes.get(EPOCH, "") == str(epoch):
        return
    log.info("stale join removed", room=event.room.name, participant=event.participant.sid)
    await media_engine(request).remove(room=event.room.name, identity=event.participant.identity)


routes = [Route("/hooks/media", receive, methods=["POST"])]
