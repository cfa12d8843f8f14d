"""Pure decisions about registrations."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from server.core.errors import DomainError
from server.events.models import Event, Session
from server.registration.models import Registration, RegistrationState

UNVERIFIED_HOLD: Final = timedelta(hours=24)  # a seat waits so long for the proof of an address
UNDO_WITHIN: Final = timedelta(seconds=60)  # an organizer's mails wait so long

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DAY_BEFORE: Final = "reminder_day"
HOUR_BEFORE: Final = "reminder_hour"
DOORS: Final = "reminder_doors"


class Opening(StrEnum):
    """Whether an event takes registrations."""

    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


class RegistrationNotOpen(DomainError):
    """Registration has not begun."""

    code = "registration_not_open"


class RegistrationClosed(DomainError):
    """Registration is over."""

    code = "registration_closed"


class NoSeatFree(DomainError):
    """All seats are taken; the person can only wait."""

    code = "no_seat_free"


class EventSeatFirst(DomainError):
    """A seat in a session is for those who take part in the event."""

    code = "event_seat_first"


class NotBySeat(DomainError):
    """Everyone of the event may come to this session; no seat is taken."""

    code = "not_by_seat"


class StateChanged(DomainError):
    """The registration is in another state by now."""

    code = "state_changed"


class UndoOver(DomainError):
    """The mail of what was done is on its way."""

    code = "undo_over"


class AlreadyRegistered(DomainError):
    """The person has a place, or waits for one, already."""

    code = "already_registered"


class LastOrganizer(DomainError):
    """Nobody else could work on the event."""

    code = "last_organizer"


def opening(event: Event, now: datetime) -> Opening:
    """Whether the event takes registrations at this moment."""
    if event.opens_at is not None and now < event.opens_at:
        return Opening.NOT_YET
    closes = event.closes_at or event.ends_at
    return Opening.OPEN if now < closes else Opening.CLOSED


def ensure_open(event: Event, now: datetime) -> None:
    """Raise unless people can register by themselves now.

    Raises:
        RegistrationNotOpen, RegistrationClosed
    """
    state = opening(event, now)
    if state is Opening.NOT_YET:
        raise RegistrationNotOpen
    if state is Opening.CLOSED:
        raise RegistrationClosed


def seat_or_waitlist(*, capacity: int | None, seated: int) -> RegistrationState:
    """What the next one gets where `seated` people have a seat."""
    free = capacity is None or seated < capacity
    return RegistrationState.SEATED if free else RegistrationState.WAITING


def reminders_due(first: Session, now: datetime) -> list[tuple[str, datetime]]:
    """What people are to be reminded of about the first session of a day, and since when.

    One day before (until one hour before), one hour before, and when its doors open.
    """
    if not first.starts_at - DAY <= now < first.ends_at:
        return []
    due = []
    if now < first.starts_at - HOUR:
        due.append((DAY_BEFORE, first.starts_at - DAY))
    if first.starts_at - HOUR <= now < first.starts_at:
        due.append((HOUR_BEFORE, first.starts_at - HOUR))
    if first.doors_at <= now:
        due.append((DOORS, first.doors_at))
    return due


def is_pending(registration: Registration) -> bool:
    """Whether the seat still waits for the proof of its person's mail address."""
    return registration.unverified_until is not None


def may_cancel(state: RegistrationState) -> bool:
    """Whether there is anything to cancel."""
    return state is not RegistrationState.CANCELLED
