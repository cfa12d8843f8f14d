"""The seat of a person in a session: the lease that one page holds over the live channel."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.events.models import Participation, Session
from server.live import log
from server.rooms import lease
from server.rooms.lease import Devices
from server.rooms.models import Room, RoomKind, SeatState
from server.rooms.places import place

TAKEN = "seat.taken"
REVOKED = "seat.revoked"


class SeatElsewhere(DomainError):
    """Another page holds the seat; the person is asked whether to use it here."""

    code = "seat_elsewhere"


class Holder(NamedTuple):
    """A page that holds, or believes to hold, a person's seat in a session."""

    participation_id: UUID
    session_id: UUID
    connection_id: UUID


@dataclass(frozen=True, slots=True)
class Taken:
    """A seat as a page has just taken it."""

    room_id: UUID
    devices: Devices
    returning: bool
    person_seq: int  # of the person's stream: what it said up to here is settled by this taking


def person_stream(participation_id: UUID) -> str:
    """The stream that only this person reads."""
    return f"person:{participation_id}"


async def take(
    db: Db,
    *,
    participation: Participation,
    session: Session,
    login_id: UUID,
    connection_id: UUID,
    line_id: UUID,
    here: bool,
    now: datetime,
) -> Taken:
    """Take the seat for a page, over the socket `line_id`.

    Taking it from another page raises the epoch, so that the media token of the former page is
    worth nothing, and tells that page through the person's stream.

    Raises:
        SeatElsewhere: a living page holds the seat, and nobody has said "use here".
    """
    await _lock_participation(db, participation)
    seat = await _seat(db, participation.id, session.id)
    if not lease.may_take(seat, connection_id=connection_id, here=here, now=now):
        raise SeatElsewhere
    returning = lease.is_return(seat, login_id=login_id, now=now)
    devices = lease.devices_on_return(seat, login_id=login_id, now=now)
    room = await place(db, participation=participation, session=session)
    if seat is None:
        seat = SeatState(
            participation_id=participation.id,
            session_id=session.id,
            room_id=room.id,
            last_seen=now,
        )
    elif lease.is_held(seat, now) and seat.connection_id != connection_id:
        seat.access_epoch += 1
        await _tell(
            db,
            TAKEN,
            participation_id=participation.id,
            session_id=session.id,
            holder=connection_id,
            now=now,
        )
    seat.connection_id, seat.line_id, seat.login_id = connection_id, line_id, login_id
    seat.room_id, seat.last_seen = room.id, now
    seat.mic, seat.camera = devices
    db.add(seat)
    stream = person_stream(participation.id)
    known = (await log.heads(db, [stream])).get(stream, 0)
    return Taken(seat.room_id, devices, returning, known)


async def report(db: Db, reports: Mapping[Holder, Devices], *, now: datetime) -> set[Holder]:
    """Renew the leases of pages and remember their devices, many in one transaction.

    Returns those that hold their seat no longer; they change nothing.
    """
    lost = set()
    for holder, devices in sorted(reports.items()):  # in one order, so that no two wait in a ring
        renewed = await db.exec(
            update(SeatState)
            .where(*_held_by(*holder))
            .values(mic=devices.mic, camera=devices.camera, last_seen=now)
        )
        if not renewed.rowcount:
            lost.add(holder)
    return lost


async def release(db: Db, holder: Holder, *, line_id: UUID) -> bool:
    """Give the seat back when a socket ends. `last_seen` stays: who returns soon comes back.

    Returns whether the page held it.

    The end of a dead line is often seen after its page has come back over a new one; then the
    seat belongs to the new line, and nothing is given back.
    """
    held_over = (*_held_by(*holder), col(SeatState.line_id) == line_id)
    given = update(SeatState).where(*held_over).values(connection_id=None, line_id=None)
    return bool((await db.exec(given)).rowcount)


async def leave(db: Db, holder: Holder) -> bool:
    """Give the seat back because the person leaves: the next arrival is a first one.

    Returns whether the page held it.
    """
    given = await db.exec(
        update(SeatState)
        .where(*_held_by(*holder))
        .values(connection_id=None, line_id=None, login_id=None, mic=False, camera=False)
    )
    return bool(given.rowcount)


async def revoke(db: Db, *, participation_id: UUID, session_id: UUID, now: datetime) -> None:
    """Take access away: older media tokens are refused, and the page is told to go."""
    await db.exec(
        update(SeatState)
        .where(
            col(SeatState.participation_id) == participation_id,
            col(SeatState.session_id) == session_id,
        )
        .values(connection_id=None, line_id=None, access_epoch=SeatState.access_epoch + 1)
    )
    await _tell(
        db,
        REVOKED,
        participation_id=participation_id,
        session_id=session_id,
        holder=None,
        now=now,
    )


async def held_by(db: Db, holder: Holder) -> SeatState | None:
    """The seat, if this page holds it."""
    held = select(SeatState).where(*_held_by(*holder))
    return (await db.exec(held)).one_or_none()


async def is_welcome(db: Db, *, identity: str, room: str, epoch: str) -> bool:
    """Whether somebody may be in a room at the media engine with a token of this epoch.

    People of ours are welcome where their seat stands, and in its session's main room: at the end
    of a round they return before the server may have noticed. Others are none of our business.
    """
    try:
        person, place_id = UUID(identity), UUID(room)
    except ValueError:
        return True
    seats = (await db.exec(select(SeatState).where(SeatState.participation_id == person))).all()
    main = select(Room.session_id).where(Room.id == place_id, Room.kind == RoomKind.MAIN)
    returning_to = (await db.exec(main)).one_or_none()
    here = [s for s in seats if s.room_id == place_id or s.session_id == returning_to]
    return not seats or any(epoch == str(held.access_epoch) for held in here)


async def held_by_each(db: Db, holders: Collection[Holder]) -> dict[Holder, SeatState]:
    """The seats of those pages that hold one, in one query."""
    pages = {holder.connection_id for holder in holders}
    found = select(SeatState).where(col(SeatState.connection_id).in_(pages))
    held = {
        Holder(row.participation_id, row.session_id, row.connection_id): row
        for row in await db.exec(found)
        if row.connection_id
    }
    return {holder: held[holder] for holder in holders if holder in held}


def _held_by(
    participation_id: UUID, session_id: UUID, connection_id: UUID
) -> tuple[ColumnElement[bool], ...]:
    return (
        col(SeatState.participation_id) == participation_id,
        col(SeatState.session_id) == session_id,
        col(SeatState.connection_id) == connection_id,
    )


async def _seat(db: Db, participation_id: UUID, session_id: UUID) -> SeatState | None:
    found = select(SeatState).where(
        SeatState.participation_id == participation_id, SeatState.session_id == session_id
    )
    return (await db.exec(found)).one_or_none()


async def _lock_participation(db: Db, participation: Participation) -> None:
    """Two pages of one person take the seat one after the other."""
    row = select(Participation.id).where(col(Participation.id) == participation.id)
    await db.exec(row.with_for_update())


async def _tell(
    db: Db,
    what: str,
    *,
    participation_id: UUID,
    session_id: UUID,
    holder: UUID | None,
    now: datetime,
) -> None:
    payload = {"session": str(session_id), "connection": str(holder) if holder else None}
    stream = person_stream(participation_id)
    await log.append(db, stream=stream, type=what, payload=payload, now=now)
