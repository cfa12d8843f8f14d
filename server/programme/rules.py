"""Pure decisions of the public pages: what a visitor is told, and which way leads in."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.events.models import Event, Role, Session
from server.events.rules import Door, door
from server.registration.models import Registration, RegistrationState
from server.registration.rules import Opening, opening
from server.registration.seats import Seats


class Standing(StrEnum):
    """Where a visitor stands at an event."""

    NONE = "none"
    ASKED = "asked"
    SEATED = "seated"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Way(StrEnum):
    """The way that an event offers to who has no place there."""

    REGISTER = "register"
    WAITLIST = "waitlist"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    ENDED = "ended"


def standing(roles: Collection[Role], own: Registration | None) -> Standing:
    """Where a visitor stands; a role at the event is a place there, with or without a form."""
    if roles:
        return Standing.SEATED
    return Standing(own.state) if own else Standing.NONE


def way(event: Event, seats: Seats, now: datetime) -> Way:
    """What who has no place can do. Where organizers decide, one asks though all is full."""
    if event.ends_at <= now:
        return Way.ENDED
    state = opening(event, now)
    if state is Opening.NOT_YET:
        return Way.NOT_YET
    if state is Opening.CLOSED:
        return Way.CLOSED
    return Way.WAITLIST if seats.full and not event.approval else Way.REGISTER


def is_lit(event: Event, now: datetime) -> bool:
    """Whether the hearth of an event burns: on its days, and while one can register."""
    if event.ends_at <= now:
        return False
    zone = ZoneInfo(event.zone)
    begun = event.starts_at.astimezone(zone).date() <= now.astimezone(zone).date()
    return begun or opening(event, now) is Opening.OPEN


def offers(standing: Standing, way: Way) -> bool:
    """Whether a visitor is offered to register."""
    unplaced = standing in (Standing.NONE, Standing.CANCELLED)
    return unplaced and way in (Way.REGISTER, Way.WAITLIST)


def is_mine(session: Session, standing: Standing, own: Registration | None) -> bool:
    """Whether the visitor has a seat in a session: an own one, or as one of the event."""
    if standing is not Standing.SEATED:
        return False
    return not session.by_seat or (own is not None and own.state is RegistrationState.SEATED)


def may_enter(
    session: Session, roles: Collection[Role], own: Registration | None, now: datetime
) -> bool:
    """Whether the door of a session is open, and open to the visitor."""
    if not roles or door(session, now) is not Door.OPEN:
        return False
    only_participant = set(roles) == {Role.PARTICIPANT}
    seated = own is not None and own.state is RegistrationState.SEATED
    return seated or not (session.by_seat and only_participant)


def together(seats: Collection[Seats]) -> Seats:
    """The seats of several sessions as one number; without a bound where one has none."""
    capacities = [each.capacity for each in seats]
    bound = None if None in capacities else sum(each or 0 for each in capacities)
    full = sum(each.seated - each.capacity for each in seats if _over(each) and each.capacity)
    return Seats(
        bound,
        sum(each.seated for each in seats) - full,
        sum(each.waiting for each in seats),
        sum(each.asked for each in seats),
    )


def _over(seats: Seats) -> bool:
    return seats.capacity is not None and seats.seated > seats.capacity
