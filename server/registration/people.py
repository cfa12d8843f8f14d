"""The people of an event as its organizers see them: found, counted and described.

Everybody is read in one light query and searched here, so that both databases find the same.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import load_only
from sqlmodel import col, select

from server.accounts.models import Account, MailAddress
from server.core.db import Db
from server.events.models import Event, Participation, ParticipationRole, Role, Session
from server.events.roles import SHOWN
from server.registration.models import Registration, RegistrationChange, RegistrationState
from server.registration.search import folded, matches


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody's registration at an event. `turn`: on the waitlist, from 1; else 0."""

    registration: UUID
    participation: UUID
    account: UUID
    name: str
    reading: str
    addresses: tuple[str, ...]
    state: RegistrationState
    turn: int
    words: str
    unverified_until: datetime | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's place in a session."""

    registration: UUID
    session: Session
    state: RegistrationState


@dataclass(frozen=True, slots=True)
class Change:
    """When a registration last changed and through whom: the application, itself, or a name."""

    at: datetime
    actor: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class Details:
    """What stands beside people in the list: roles and seats by participation, last changes by
    registration.
    """

    roles: dict[UUID, list[Role]]
    seats: dict[UUID, list[Seat]]
    changes: dict[UUID, Change]


async def of_event(db: Db, event: Event) -> list[Person]:
    """Everybody who is or was registered: who asks comes first, then the newest change."""
    found = (
        select(Registration, Account, MailAddress.address)
        .options(load_only(Account.name, Account.reading))  # type: ignore[arg-type]  # columns
        .join(Participation, col(Participation.id) == col(Registration.participation_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .join(MailAddress, col(MailAddress.account_id) == col(Account.id), isouter=True)
        .where(Registration.event_id == event.id, col(Registration.session_id).is_(None))
        .order_by(col(MailAddress.id))
    )
    rows: dict[UUID, tuple[Registration, Account]] = {}
    addresses: defaultdict[UUID, list[str]] = defaultdict(list)
    for registration, account, address in await db.exec(found):
        rows[registration.id] = (registration, account)
        addresses[registration.id] += [address] if address else []
    turns = _turns([registration for registration, _ in rows.values()])
    people = [
        Person(
            registration=registration.id,
            participation=registration.participation_id,
            account=account.id,
            name=account.name,
            reading=account.reading,
            addresses=tuple(addresses[registration.id]),
            state=registration.state,
            turn=turns.get(registration.id, 0),
            words=registration.words,
            unverified_until=registration.unverified_until,
            created_at=registration.created_at,
            changed_at=registration.changed_at,
        )
        for registration, account in rows.values()
    ]
    newest_first = sorted(people, key=lambda each: each.changed_at, reverse=True)
    return sorted(newest_first, key=lambda each: each.state is not RegistrationState.ASKED)


def searched(people: Sequence[Person], query: str) -> list[Person]:
    """Those whose name, reading or mail address has the query in it."""
    wanted = folded(query)
    return [each for each in people if matches(wanted, (each.name, each.reading, *each.addresses))]


def counted(people: Sequence[Person]) -> Counter[RegistrationState]:
    """How many stand in each state."""
    return Counter(each.state for each in people)


async def details(db: Db, people: Sequence[Person]) -> Details:
    """Roles, seats and last changes of people, in as many queries for one as for all."""
    participations = [each.participation for each in people]
    return Details(
        roles=await _roles(db, participations),
        seats=await seats_of(db, participations),
        changes=await _changes(db, [each.registration for each in people]),
    )


async def seats_of(db: Db, participations: Collection[UUID]) -> dict[UUID, list[Seat]]:
    """The places of people in sessions, in the order of times; given back ones too."""
    found = (
        select(Registration, Session)
        .join(Session, col(Session.id) == col(Registration.session_id))
        .where(col(Registration.participation_id).in_(participations))
        .order_by(col(Session.starts_at), col(Session.number))
    )
    seats: dict[UUID, list[Seat]] = {id_: [] for id_ in participations}
    for registration, session in await db.exec(found):
        seat = Seat(registration.id, session, registration.state)
        seats[registration.participation_id].append(seat)
    return seats


async def _roles(db: Db, participations: Collection[UUID]) -> dict[UUID, list[Role]]:
    found = select(ParticipationRole).where(
        col(ParticipationRole.participation_id).in_(participations)
    )
    held: dict[UUID, list[Role]] = {id_: [] for id_ in participations}
    for row in await db.exec(found):
        held[row.participation_id].append(row.role)
    return {id_: sorted(roles, key=SHOWN.index) for id_, roles in held.items()}


async def _changes(db: Db, registrations: Collection[UUID]) -> dict[UUID, Change]:
    found = (
        select(
            RegistrationChange.registration_id,
            RegistrationChange.at,
            RegistrationChange.actor_id,
            Account.name,
        )
        .join(Account, col(Account.id) == col(RegistrationChange.actor_id), isouter=True)
        .where(col(RegistrationChange.registration_id).in_(registrations))
        .order_by(col(RegistrationChange.id))
    )
    return {
        registration: Change(at, actor, name or "")  # the last one stays
        for registration, at, actor, name in await db.exec(found)
    }


def _turns(registrations: Sequence[Registration]) -> dict[UUID, int]:
    waiting = [each for each in registrations if each.state is RegistrationState.WAITING]
    waiting.sort(key=lambda each: each.place or 0)
    return {each.id: turn for turn, each in enumerate(waiting, start=1)}
