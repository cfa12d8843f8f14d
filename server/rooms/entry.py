"""Who may enter a session's room, and with which rights."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts import queries as accounts
from server.core.db import Db
from server.core.errors import DomainError, Forbidden
from server.events import queries
from server.events.models import Event, Participation, Role, Session
from server.events.roles import Capability, MediaGrants, can, media_grants
from server.events.rules import Door, door
from server.registration import queries as registration
from server.registration.models import RegistrationState


class NotYours(Forbidden):
    """The person has no place in this event."""

    code = "not_yours"


class AddressUnproven(Forbidden):
    """The account has not proven its mail address yet."""

    code = "address_unproven"


class SeatNeeded(Forbidden):
    """The session is for those who took a seat in it."""

    code = "seat_needed"


class DoorEarly(DomainError):
    """The door is not open yet."""

    code = "door_early"


class DoorClosed(DomainError):
    """The session is over."""

    code = "door_closed"


class SessionCancelled(DomainError):
    """The session will not be."""

    code = "session_cancelled"


@dataclass(frozen=True, slots=True)
class Entry:
    """A person at the door of a session's room."""

    event: Event
    session: Session
    participation: Participation
    roles: frozenset[Role]

    @property
    def grants(self) -> MediaGrants:
        """What the person may do with media inside."""
        return media_grants(self.roles, self.session.kind)


async def at_door(db: Db, *, slug: str, number: int, account_id: UUID) -> Entry:
    """The person at the door of a session's room.

    Raises:
        NotFound: there is no such published event or session.
        NotYours: the account does not take part in the event, or may not enter rooms.
        AddressUnproven: the account has no proven mail address.
        SeatNeeded: one takes a seat of one's own in this session, and this person has none.
        SessionCancelled: it was called off, so nobody comes in at any time.
    """
    event, session, participation = await queries.standing(
        db, slug=slug, number=number, account_id=account_id
    )
    if session.cancelled_at is not None:
        raise SessionCancelled
    if participation is None:
        raise NotYours
    roles = await queries.roles_of(db, participation.id)
    if not can(roles, Capability.ROOM_JOIN):
        raise NotYours
    if not await accounts.is_verified(db, account_id):
        raise AddressUnproven
    if session.by_seat and roles == {Role.PARTICIPANT}:
        await _ensure_seat(db, participation, session)
    return Entry(event, session, participation, roles)


async def _ensure_seat(db: Db, participation: Participation, session: Session) -> None:
    own = await registration.of_participation(db, participation.id, session.id)
    if own is None or own.state is not RegistrationState.SEATED:
        raise SeatNeeded


def ensure_open(entry: Entry, now: datetime) -> None:
    """Let the person in when the door is open; who moderates may come before.

    Raises:
        DoorEarly: the door opens later.
        DoorClosed: the session is over.
    """
    state = door(entry.session, now)
    if state is Door.EARLY and not can(entry.roles, Capability.ROOM_MODERATE):
        raise DoorEarly
    if state is Door.CLOSED:
        raise DoorClosed
