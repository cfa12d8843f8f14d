"""Records: when people were in which room."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from server.core.columns import Row, choice, moment


class Via(StrEnum):
    """What saw the person there."""

    MEDIA = "media"  # webhooks of the media engine; the key is the participant's sid
    LIVE = "live"  # the live channel; the key is the connection's id and when it took the seat


class ClosedBy(StrEnum):
    """How the end of an interval became known."""

    LEFT = "left"
    LAST_SEEN = "last_seen"  # nothing said so; the last evidence counts


class Attendance(Row, table=True):
    """An interval in which one source saw a person in a room. Raw: gaps are bridged in views."""

    event_id: UUID = Field(foreign_key="event.id")
    participation_id: UUID = Field(foreign_key="participation.id", index=True)
    session_id: UUID = Field(foreign_key="session.id", index=True)
    room_id: UUID = Field(foreign_key="room.id")
    via: Via = choice(Via)
    source_key: str = Field(unique=True)
    joined_at: datetime = moment()
    seen_at: datetime = moment()
    left_at: datetime | None = moment(default=None, index=True)
    closed_by: ClosedBy | None = choice(ClosedBy, default=None)
