"""Who may enter a session's room, and with which rights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from server.accounts import queries as accounts
from server.core.db import Db
from server.core.errors import DomainError, Forbidden
from server.events import queries
from server.events.models import Event, Participation, Role, Session
from server.events.roles import Capability, MediaGrants, can, media_grants
from server.events.rules import Door, door
from server.registration import queries as registration


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
    if participation is None:
        raise SessionCancelled if session.cancelled_at is not None else NotYours
    (here,) = await _known(db, [Entry(event, session, participation, frozenset())])
    if here.refused is not None:
        raise here.refused
    return here.entry


async def still_welcome(db: Db, entries: Sequence[Entry]) -> list[Entry | None]:
    """People who were at the doors of rooms before, as they stand now; None for whom `at_door`
    would refuse. A few queries, however many they are.
    """
    sessions = await queries.published_sessions(db, {each.session.id for each in entries})
    there = [
        Entry(*sessions[each.session.id], each.participation, frozenset())
        for each in entries
        if each.session.id in sessions
    ]
    welcome = {
        (known.entry.session.id, known.entry.participation.id): known.entry
        for known in await _known(db, there)
        if known.refused is None
    }
    return [welcome.get((each.session.id, each.participation.id)) for each in entries]


class _Known(NamedTuple):
    """Somebody at a door with the roles that they have, and why they may not enter, if so."""

    entry: Entry
    refused: type[DomainError] | None


async def _known(db: Db, at_doors: Sequence[Entry]) -> list[_Known]:
    people = {each.participation.id for each in at_doors}
    roles = await queries.roles_of_each(db, people)
    proven = await accounts.verified(db, {each.participation.account_id for each in at_doors})
    by_seat = {each.session.id for each in at_doors if each.session.by_seat}
    seated = await registration.seated(db, by_seat, people) if by_seat else set()
    found = []
    for each in at_doors:
        here = replace(each, roles=roles[each.participation.id])
        has_seat = (here.session.id, here.participation.id) in seated
        is_proven = here.participation.account_id in proven
        found.append(_Known(here, _refusal(here, proven=is_proven, seated=has_seat)))
    return found


def _refusal(here: Entry, *, proven: bool, seated: bool) -> type[DomainError] | None:
    if here.session.cancelled_at is not None:
        return SessionCancelled
    if not can(here.roles, Capability.ROOM_JOIN):
        return NotYours
    if not proven:
        return AddressUnproven
    if here.session.by_seat and here.roles == {Role.PARTICIPANT} and not seated:
        return SeatNeeded
    return None


def ensure_open(entry: Entry, now: datetime) -> None:
    """Let the person in when the door is open; who moderates may come before.

    Raises:
        DoorEarly: the door opens later.
        DoorClosed: the session is over.
    """
    refused = _closed(entry, now)
    if refused is not None:
        raise refused


def is_open(entry: Entry, now: datetime) -> bool:
    """Whether the door is open to this person."""
    return _closed(entry, now) is None


def _closed(entry: Entry, now: datetime) -> type[DomainError] | None:
    state = door(entry.session, now)
    if state is Door.EARLY and not can(entry.roles, Capability.ROOM_MODERATE):
        return DoorEarly
    return DoorClosed if state is Door.CLOSED else None
