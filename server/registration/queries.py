"""Reads of registrations."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.accounts.models import Account, MailAddress
from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Event, Participation, Session
from server.registration.models import Registration, RegistrationChange, RegistrationState


def at(session_id: UUID | None) -> ColumnElement[bool]:
    """That a registration is at this session, or (None) at its event."""
    if session_id is None:
        return col(Registration.session_id).is_(None)
    return col(Registration.session_id) == session_id


async def of_participation(
    db: Db, participation_id: UUID, session_id: UUID | None
) -> Registration | None:
    """A participation's registration at its event (None) or at a session."""
    found = select(Registration).where(
        Registration.participation_id == participation_id, at(session_id)
    )
    return (await db.exec(found)).one_or_none()


async def all_of_participation(db: Db, participation_id: UUID) -> list[Registration]:
    """A participation's registrations: the event's first, then the sessions'."""
    found = select(Registration).where(Registration.participation_id == participation_id)
    rows = (await db.exec(found.order_by(col(Registration.created_at)))).all()
    return sorted(rows, key=lambda row: row.session_id is not None)


async def by_id(db: Db, registration_id: UUID, *, event: Event) -> Registration:
    """A registration of this event.

    Raises:
        NotFound: there is none, or it is another event's.
    """
    found = select(Registration).where(
        Registration.id == registration_id, Registration.event_id == event.id
    )
    registration = (await db.exec(found)).one_or_none()
    if registration is None:
        raise NotFound(registration=registration_id)
    return registration


async def ensure_of_event(db: Db, ids: Collection[UUID], *, event: Event) -> None:
    """Raise unless all these registrations are the event's.

    Raises:
        NotFound: one is not.
    """
    found = select(func.count()).where(
        col(Registration.id).in_(ids), Registration.event_id == event.id
    )
    if (await db.exec(found)).one() != len(set(ids)):
        raise NotFound


async def first_waiting(
    db: Db, event: Event, session: Session | None, limit: int | None
) -> list[Registration]:
    """Those at the head of the waitlist, in order; all of them without a limit."""
    found = (
        select(Registration)
        .where(
            Registration.event_id == event.id,
            at(session.id if session else None),
            col(Registration.state) == RegistrationState.WAITING,
        )
        .order_by(col(Registration.place))
    )
    return list((await db.exec(found if limit is None else found.limit(limit))).all())


async def position(db: Db, registration: Registration) -> int:
    """How many wait up to and with this one: its turn, from 1."""
    found = (
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.event_id == registration.event_id,
            at(registration.session_id),
            col(Registration.state) == RegistrationState.WAITING,
            col(Registration.place) <= registration.place,
        )
    )
    return (await db.exec(found)).one()


async def history(db: Db, registration_ids: Sequence[UUID]) -> list[tuple[RegistrationChange, str]]:
    """What became of registrations, the newest first, each with the name of who did it."""
    found = (
        select(RegistrationChange, Account.name)
        .join(Account, col(Account.id) == col(RegistrationChange.actor_id), isouter=True)
        .where(col(RegistrationChange.registration_id).in_(registration_ids))
        .order_by(col(RegistrationChange.id).desc())
    )
    return [(change, name or "") for change, name in (await db.exec(found)).all()]


async def last_change(db: Db, registration_id: UUID) -> RegistrationChange:
    """The newest record of a registration."""
    return (await db.exec(_changes(registration_id, newest_first=True).limit(1))).one()


async def state_at(db: Db, registration_id: UUID, revision: int) -> RegistrationState | None:
    """Where a registration stood at a revision: each change makes the next, from 1."""
    nth = _changes(registration_id, newest_first=False).offset(revision - 1).limit(1)
    change = (await db.exec(nth)).one_or_none()
    return change.after if change else None


def _changes(registration_id: UUID, *, newest_first: bool) -> SelectOfScalar[RegistrationChange]:
    found = select(RegistrationChange).where(RegistrationChange.registration_id == registration_id)
    made = col(RegistrationChange.id)  # while the deciding row was held; `at` was read before
    return found.order_by(made.desc() if newest_first else made)


async def account_of(db: Db, participation_id: UUID) -> UUID:
    """The account of a participation."""
    found = select(Participation.account_id).where(Participation.id == participation_id)
    return (await db.exec(found)).one()


async def seated_accounts(
    db: Db, event: Event, session: Session | None, *, before: datetime | None = None
) -> list[UUID]:
    """The accounts that hold a proven seat at the event, or at a session that is by seat.

    `before`: only those who had registered by then.
    """
    own_seats = session is not None and session.by_seat
    found = (
        select(Participation.account_id)
        .join(Registration, col(Registration.participation_id) == col(Participation.id))
        .where(
            Registration.event_id == event.id,
            at(session.id if session and own_seats else None),
            col(Registration.state) == RegistrationState.SEATED,
            col(Registration.unverified_until).is_(None),
        )
    )
    if before is not None:
        found = found.where(col(Registration.created_at) < before)
    return list((await db.exec(found)).all())


async def seated(
    db: Db, session_ids: Collection[UUID], participation_ids: Collection[UUID]
) -> set[tuple[UUID, UUID]]:
    """Who of these has a seat in which of the sessions: pairs of session and participation."""
    found = select(Registration.session_id, Registration.participation_id).where(
        col(Registration.session_id).in_(session_ids),
        col(Registration.participation_id).in_(participation_ids),
        col(Registration.state) == RegistrationState.SEATED,
    )
    return {(session, who) for session, who in (await db.exec(found)).all() if session}


async def proven(db: Db, limit: int = 200) -> list[Registration]:
    """Registrations that wait for a proof of their address which has come by now."""
    found = (
        select(Registration)
        .join(Participation, col(Participation.id) == col(Registration.participation_id))
        .join(MailAddress, col(MailAddress.account_id) == col(Participation.account_id))
        .where(
            col(Registration.unverified_until).is_not(None),
            col(MailAddress.verified_at).is_not(None),
        )
        .distinct()
        .limit(limit)
    )
    return list((await db.exec(found)).all())
