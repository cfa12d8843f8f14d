"""What the media engine tells us: webhooks, signed with our key."""

import structlog
from livekit.protocol.webhook import WebhookEvent
from starlette.requests import Request

from server.core.db import Db
from server.rooms import seat
from server.rooms.engine import EPOCH, media_engine

log = structlog.get_logger()


async def heard(request: Request) -> WebhookEvent:
    """The event that a webhook call tells.

    Raises:
        ForgedWebhook: it is not signed by our media engine.
    """
    return media_engine(request).webhook(await request.body(), request.headers)


async def is_stale(db: Db, event: WebhookEvent) -> bool:
    """Whether somebody of ours came by a token from before access was taken away, or a move."""
    return not await seat.is_welcome(
        db,
        identity=event.participant.identity,
        room=event.room.name,
        epoch=event.participant.attributes.get(EPOCH, ""),
    )


async def remove(request: Request, event: WebhookEvent) -> None:
    """Take the person out of the room again."""
    log.info("stale join removed", room=event.room.name, participant=event.participant.sid)
    await media_engine(request).remove(room=event.room.name, identity=event.participant.identity)
