"""Reads of attendance: who is expected in a session, and what the sources saw."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import (
    Event,
    EventState,
    Participation,
    ParticipationRole,
    Role,
    Session,
)
from server.events.queries import shown_roles
from server.records.models import Attendance, ClosedBy, Via
from server.registration.models import Registration, RegistrationState
from server.registration.queries import at as registered_at
from server.rooms.models import Room

REOPENS_WITHIN: Final = timedelta(minutes=15)  # so long an engine that was silent is asked again


class Person(NamedTuple):
    """Somebody who is expected in a session, or was there."""

    participation_id: UUID
    account_id: UUID
    name: str
    reading: str
    role: Role


class Somebody(NamedTuple):
    """A participant of the media engine as one of ours, in a session's room."""

    event_id: UUID
    session_id: UUID
    room_id: UUID
    participation_id: UUID


async def somebody(db: Db, *, identity: str, room: str) -> Somebody | None:
    """Who is meant by an identity in a room of the media engine; None: nobody, or no session.

    A team's room belongs to no session: there it is the one in which the person was last sent to
    the room, which the live channel's stays tell.
    """
    try:
        person, place = UUID(identity), UUID(room)
    except ValueError:
        return None
    found = (
        select(Room)
        .join(Participation, col(Participation.event_id) == col(Room.event_id))
        .where(Room.id == place, Participation.id == person)
    )
    known = (await db.exec(found)).one_or_none()
    if known is None:
        return None
    session_id = known.session_id or await _last_session(db, person, place)
    return Somebody(known.event_id, session_id, place, person) if session_id else None


async def _last_session(db: Db, person: UUID, room_id: UUID) -> UUID | None:
    stays = select(Attendance.session_id).where(
        Attendance.participation_id == person, Attendance.room_id == room_id
    )
    return (await db.exec(stays.order_by(col(Attendance.joined_at).desc()).limit(1))).first()


async def is_known(db: Db, key: str) -> bool:
    """Whether something was said of this stay."""
    found = select(Attendance.id).where(Attendance.source_key == key)
    return (await db.exec(found)).one_or_none() is not None


async def rooms_on_media(db: Db, *, now: datetime) -> list[UUID]:
    """Rooms in which people are by the media engine, or were until it fell silent just now."""
    silent = and_(
        col(Attendance.closed_by) == ClosedBy.LAST_SEEN,
        col(Attendance.left_at) > now - REOPENS_WITHIN,
    )
    found = select(Attendance.room_id).where(
        col(Attendance.via) == Via.MEDIA, or_(col(Attendance.left_at).is_(None), silent)
    )
    return list((await db.exec(found.distinct())).all())


async def stays(db: Db, session: Session) -> list[Attendance]:
    """All that the sources saw in a session."""
    found = select(Attendance).where(Attendance.session_id == session.id)
    return list((await db.exec(found)).all())


async def stays_of(
    db: Db, account_id: UUID, now: datetime
) -> list[tuple[Attendance, Session, Event]]:
    """All that the sources saw of an account in sessions that are over, the last event first."""
    found = (
        select(Attendance, Session, Event)
        .join(Participation, col(Participation.id) == col(Attendance.participation_id))
        .join(Session, col(Session.id) == col(Attendance.session_id))
        .join(Event, col(Event.id) == col(Session.event_id))
        .where(
            Participation.account_id == account_id,
            Event.state == EventState.PUBLISHED,
            col(Session.ends_at) <= now,
        )
        .order_by(col(Event.starts_at).desc(), col(Event.id))
    )
    return list((await db.exec(found)).all())


async def people(db: Db, session: Session) -> list[Person]:
    """Who has a seat or a role in a session, and whoever was there; sorted by reading."""
    found = (
        select(Participation.id, Account.id, Account.name, Account.reading)
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(
            Participation.event_id == session.event_id,
            or_(
                col(Participation.id).in_(_seated(session)),
                col(Participation.id).in_(_with_role(session)),
                col(Participation.id).in_(
                    select(Attendance.participation_id).where(Attendance.session_id == session.id)
                ),
            ),
        )
    )
    rows = (await db.exec(found)).all()
    roles = await shown_roles(db, [row[0] for row in rows])
    everybody = [Person(*row, role=roles[row[0]]) for row in rows]
    return sorted(everybody, key=lambda person: (person.reading or person.name, person.name))


def _seated(session: Session) -> SelectOfScalar[UUID]:
    """Who holds a seat: of the session where it is by seat, else of the event."""
    own_seats = session.id if session.by_seat else None
    return select(Registration.participation_id).where(
        Registration.event_id == session.event_id,
        registered_at(own_seats),
        col(Registration.state) == RegistrationState.SEATED,
    )


def _with_role(session: Session) -> SelectOfScalar[UUID]:
    """Who comes by a role; where it is by seat, a participant comes by the seat alone."""
    found = select(ParticipationRole.participation_id)
    if session.by_seat:
        found = found.where(col(ParticipationRole.role) != Role.PARTICIPANT)
    return found
