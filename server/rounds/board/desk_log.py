"""What organizers and the room concerned are told of in a round: one event in each's stream."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from server.core.db import Db
from server.live import log
from server.live.log import News
from server.rooms.chat import room_stream


def staff_stream(session_id: UUID) -> str:
    """The stream that the organizers of a session read."""
    return f"session-staff:{session_id}"


async def tell(
    db: Db,
    what: str,
    payload: Mapping[str, Any],
    *,
    session_id: UUID,
    room_id: UUID | None,
    actor: UUID | None,
    now: datetime,
) -> None:
    """Tell the organizers, and the room if it has been made."""
    streams = [staff_stream(session_id), *([room_stream(room_id)] if room_id else [])]
    news = [News(stream, what, dict(payload)) for stream in streams]
    await log.append_all(db, news, now=now, actor=actor)
