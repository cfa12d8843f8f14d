"""What the media engine tells us: webhooks, signed with our key."""

import structlog
from livekit.protocol.webhook import WebhookEvent
from starlette.requests import Request

from server.rooms import seat
from server.rooms.engine import EPOCH, media_engine
from server.web.services import services

log = structlog.get_logger()


async def heard(request: Request) -> WebhookEvent:
    """The event that a webhook call tells.

    Raises:
        ForgedWebhook: it is not signed by our media engine.
    """
    return media_engine(request).webhook(await request.body(), request.headers)


async def is_stale(request: Request, event: WebhookEvent) -> bool:
    """Whether somebody of ours is there with a token from before access was taken away."""
    async with services(request).database.reading() as db:
        epoch = await seat.epoch_of(db, identity=event.participant.identity, room=event.room.name)
    return epoch is not None and event.participant.attributes.get(EPOCH, "") != str(epoch)


async def remove(request: Request, event: WebhookEvent) -> None:
    """Take the person out of the room again."""
    log.info("stale join removed", room=event.room.name, participant=event.participant.sid)
    await media_engine(request).remove(room=event.room.name, identity=event.participant.identity)
