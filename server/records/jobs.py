"""Jobs of records."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import structlog
from aiohttp import ClientError
from livekit.api import TwirpError

from server.core import clock
from server.records import actions, queries
from server.rooms.engine import MediaEngine

log = structlog.get_logger()


async def look(context: dict[Any, Any]) -> None:
    """Ask the media engine who is still there, then end the stays that nothing tells of.

    Safe to run twice. While the engine does not answer, stays end where they were last seen, and
    go on once it says that they do.
    """
    database = context["database"]
    async with database.reading() as db:
        rooms = await queries.rooms_on_media(db, now=clock.now())
    keys = await _present(context["media"], rooms) if rooms else []
    now = clock.now()
    async with database.writing() as db:
        await actions.seen(db, keys, at=now)
        closed = await actions.close_unseen(db, now=now)
    if closed:
        log.info("stays ended where they were last seen", stays=closed)


async def _present(engine: MediaEngine, rooms: Collection[UUID]) -> list[str]:
    try:
        people = await engine.participants(rooms=rooms)
    except (ClientError, TimeoutError, TwirpError) as error:
        log.warning("media engine does not say who is there", error=type(error).__name__)
        return []
    return [person.sid for person in people]
