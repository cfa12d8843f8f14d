"""What the two sources say about who is where. Doubled and late news change nothing."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, literal, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.core.columns import UtcDateTime
from server.core.db import Db
from server.core.ids import new_id
from server.events.models import Session
from server.records.models import Attendance, ClosedBy, Via
from server.records.rules import EVIDENCE_LASTS
from server.rooms.models import SeatState
from server.rooms.seat import Holder


class Presence(NamedTuple):
    """One unbroken stay of a person in a room, as one source knows it."""

    event_id: UUID
    session_id: UUID
    room_id: UUID
    participation_id: UUID
    via: Via
    key: str  # the same for all that is said of this stay, and of no other


async def joined(db: Db, stay: Presence, *, at: datetime) -> None:
    """The stay began. Said twice, or after its end, it changes nothing but an earlier beginning."""
    new = _insert(db).values(**_values(stay), joined_at=at, seen_at=at)
    await db.exec(
        new.on_conflict_do_update(
            index_elements=["source_key"],
            set_={"joined_at": _earlier(db, new.excluded.joined_at, Attendance.joined_at)},
        )
    )


async def left(db: Db, stay: Presence, *, joined_at: datetime, at: datetime) -> None:
    """The stay ended. Its beginning need not be known; the first end that was said stands."""
    end = max(joined_at, at)
    new = _insert(db).values(
        **_values(stay), joined_at=joined_at, seen_at=end, left_at=end, closed_by=ClosedBy.LEFT
    )
    over = _later(db, end)
    at_the_end = {"seen_at": over, "left_at": over, "closed_by": ClosedBy.LEFT}
    await db.exec(
        new.on_conflict_do_update(
            index_elements=["source_key"], set_=at_the_end, where=_end_unsaid()
        )
    )


async def room_emptied(db: Db, room: str, *, at: datetime) -> None:
    """The media engine has closed a room: who was there by it is there no longer."""
    try:
        room_id = UUID(room)
    except ValueError:
        return  # none of ours
    inside = col(Attendance.room_id) == room_id, col(Attendance.via) == Via.MEDIA
    await _close(db, (*inside, col(Attendance.left_at).is_(None)), at=at)


async def seen(db: Db, keys: Collection[str], *, at: datetime) -> None:
    """The stays with these keys go on. One that was closed for want of evidence opens again."""
    await db.exec(
        update(Attendance)
        .where(col(Attendance.source_key).in_(keys), col(Attendance.seen_at) < at, _end_unsaid())
        .values(seen_at=at, left_at=None, closed_by=None)
    )


async def took_seat(db: Db, holder: Holder, *, room_id: UUID, event_id: UUID, at: datetime) -> None:
    """A page has taken a person's seat: a stay begins, and what was open ends where last seen.

    So another page that loses the seat by this loses its stay too.
    """
    await _close(db, _open_live(holder), at=None)
    key = f"{holder.connection_id}/{at.isoformat()}"
    stay = Presence(event_id, holder.session_id, room_id, holder.participation_id, Via.LIVE, key)
    await joined(db, stay, at=at)


async def gave_seat(db: Db, holder: Holder, *, at: datetime) -> None:
    """The page that held the seat has given it back."""
    await _close(db, _open_live(holder), at=at)


async def moved(
    db: Db, people: Collection[UUID], *, session_id: UUID, event_id: UUID, at: datetime
) -> None:
    """People were moved to other rooms: the stays of those who are here go on there.

    To be called after their seats stand in the new rooms.
    """
    here = select(SeatState).where(
        col(SeatState.session_id) == session_id,
        col(SeatState.participation_id).in_(people),
        col(SeatState.connection_id).is_not(None),
    )
    found = select(Attendance.participation_id, Attendance.room_id).where(
        col(Attendance.session_id) == session_id,
        col(Attendance.participation_id).in_(people),
        col(Attendance.via) == Via.LIVE,
        col(Attendance.left_at).is_(None),
    )
    seats = {seat.participation_id: seat for seat in await db.exec(here)}
    elsewhere = {
        person
        for person, room in (await db.exec(found)).all()
        if person not in seats or seats[person].room_id != room
    }
    over = (
        col(Attendance.session_id) == session_id,
        col(Attendance.participation_id).in_(elsewhere),
        col(Attendance.via) == Via.LIVE,
        col(Attendance.left_at).is_(None),
    )
    await _close(db, over, at=at)
    stays = [
        Presence(
            event_id,
            session_id,
            seat.room_id,
            person,
            Via.LIVE,
            f"{seat.connection_id}/{at.isoformat()}",
        )
        for person, seat in seats.items()
        if person in elsewhere
    ]
    if stays:
        rows = [{**_values(stay), "joined_at": at, "seen_at": at} for stay in stays]
        await db.exec(_insert(db).values(rows).on_conflict_do_nothing())


async def held_seats(db: Db, holders: Collection[Holder], *, at: datetime) -> None:
    """Pages that hold seats reported: their stays go on. Two statements, however many.

    Evidence is renewed once it is 15 s old, so that not each report of 5 s writes. Where the stay
    was closed for want of reports, a new one begins.
    """
    found = select(Attendance).where(
        col(Attendance.participation_id).in_({holder.participation_id for holder in holders}),
        col(Attendance.left_at).is_(None),
        col(Attendance.via) == Via.LIVE,
    )
    stays = {(row.participation_id, row.session_id): row for row in await db.exec(found)}
    stale = [
        stays[holder[:2]].id
        for holder in holders
        if holder[:2] in stays and at - stays[holder[:2]].seen_at >= EVIDENCE_LASTS / 3
    ]
    if stale:
        await db.exec(update(Attendance).where(col(Attendance.id).in_(stale)).values(seen_at=at))
    if lost := [holder for holder in holders if holder[:2] not in stays]:
        await _begin_again(db, lost, at=at)


async def close_unseen(db: Db, *, now: datetime) -> int:
    """End the stays that nothing has told of for 45 s where they were last seen; how many.

    Rows on which somebody writes are passed over: they are being told of.
    """
    unseen = select(Attendance.id).where(
        col(Attendance.left_at).is_(None), col(Attendance.seen_at) < now - EVIDENCE_LASTS
    )
    found = (await db.exec(unseen.with_for_update(skip_locked=True))).all()
    return await _close(db, (col(Attendance.id).in_(found),), at=None) if found else 0


async def _begin_again(db: Db, holders: Collection[Holder], *, at: datetime) -> None:
    pages = {holder.connection_id for holder in holders}
    seats = (
        select(SeatState, Session.event_id)
        .join(Session, col(Session.id) == col(SeatState.session_id))
        .where(col(SeatState.connection_id).in_(pages))
    )
    for seat, event_id in (await db.exec(seats)).all():
        assert seat.connection_id is not None
        holder = Holder(seat.participation_id, seat.session_id, seat.connection_id)
        if holder in holders:
            await took_seat(db, holder, room_id=seat.room_id, event_id=event_id, at=at)


def _open_live(holder: Holder) -> tuple[Any, ...]:
    """A seat is held by one page, so a person has at most one such stay in a session."""
    return (
        col(Attendance.participation_id) == holder.participation_id,
        col(Attendance.session_id) == holder.session_id,
        col(Attendance.via) == Via.LIVE,
        col(Attendance.left_at).is_(None),
    )


async def _close(db: Db, which: tuple[Any, ...], *, at: datetime | None) -> int:
    """Close stays at a moment at which they were said to end, or (None) where last seen."""
    how: dict[str, Any] = (
        {"left_at": Attendance.seen_at, "closed_by": ClosedBy.LAST_SEEN}
        if at is None
        else {"left_at": _later(db, at), "seen_at": _later(db, at), "closed_by": ClosedBy.LEFT}
    )
    return (await db.exec(update(Attendance).where(*which).values(**how))).rowcount


def _end_unsaid() -> Any:
    """No source has said that the stay ended; at most its evidence ran out."""
    closed = col(Attendance.closed_by)
    return or_(closed.is_(None), closed == ClosedBy.LAST_SEEN)


def _earlier(db: Db, one: Any, other: Any) -> Any:
    return (func.least if _is_postgres(db) else func.min)(one, other)


def _later(db: Db, end: datetime) -> Any:
    """An end is never before its beginning: news of it may be in whole seconds."""
    later = func.greatest if _is_postgres(db) else func.max
    return later(col(Attendance.joined_at), literal(end, UtcDateTime()))


def _values(stay: Presence) -> dict[str, Any]:
    *ids, key = stay
    return {"id": new_id(), **dict(zip(Presence._fields, ids, strict=False)), "source_key": key}


def _insert(db: Db) -> Any:
    return (postgresql.insert if _is_postgres(db) else sqlite.insert)(Attendance)


def _is_postgres(db: Db) -> bool:
    return db.get_bind().dialect.name == "postgresql"
