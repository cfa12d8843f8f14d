"""Pure decisions about an event's day."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from server.events.models import Session

DOOR_STAYS_OPEN: Final = timedelta(minutes=15)  # after the end, so that nobody is cut off


class Door(StrEnum):
    """Whether one can walk into a session."""

    EARLY = "early"
    OPEN = "open"
    CLOSED = "closed"


class Phase(StrEnum):
    """Where a session stands in the day."""

    NEXT = "next"
    NOW = "now"
    FINISHED = "finished"
    CANCELLED = "cancelled"


def door(session: Session, now: datetime) -> Door:
    """The state of a session's door: open from `doors_at` until a quarter after the end.

    A cancelled session has no way in.
    """
    if session.cancelled_at is not None:
        return Door.CLOSED
    if now < session.doors_at:
        return Door.EARLY
    return Door.OPEN if now < session.ends_at + DOOR_STAYS_OPEN else Door.CLOSED


def phase(session: Session, now: datetime) -> Phase:
    """Whether the session is to come, running or over, or will not be at all."""
    if session.cancelled_at is not None:
        return Phase.CANCELLED
    if now < session.starts_at:
        return Phase.NEXT
    return Phase.NOW if now < session.ends_at else Phase.FINISHED
