"""Moving people between the rooms of a session: where they belong, their seats, and their pages.

A move holds for everyone named, here or not. Who is here is told by `seat.moved` in the person's
stream; the page then joins the new room, with its devices as they are, and leaves the old one.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Session
from server.live import log
from server.live.log import News
from server.rooms.models import PlacedBy, Placement, Room, SeatState
from server.rooms.places import open_main_room
from server.rooms.seat import person_stream

MOVED = "seat.moved"


async def move(
    db: Db,
    session: Session,
    rooms: Mapping[UUID, Room],
    *,
    cause: PlacedBy,
    now: datetime,
    actor: UUID | None = None,
) -> set[UUID]:
    """Place participations in rooms; those whose room changes are told. Answers who they are."""
    former = await _placed(db, session, rooms)
    changed = {person for person, room in rooms.items() if former.get(person) != room.id}
    if not changed:
        return set()
    rows = [
        {
            "session_id": session.id,
            "participation_id": person,
            "room_id": rooms[person].id,
            "cause": cause,
            "at": now,
        }
        for person in sorted(changed)
    ]
    new = _insert(db).values(rows)
    keys = ["session_id", "participation_id"]
    moved = {name: new.excluded[name] for name in ("room_id", "cause", "at")}
    await db.exec(new.on_conflict_do_update(index_elements=keys, set_=moved))
    await _tell(db, session, {person: rooms[person] for person in changed}, now=now, actor=actor)
    return changed


async def bring_back(
    db: Db,
    session: Session,
    *,
    now: datetime,
    people: Collection[UUID] | None = None,
    actor: UUID | None = None,
) -> set[UUID]:
    """Back to the session's main room: these people, or (None) everybody who is elsewhere."""
    found = select(Placement.participation_id).where(Placement.session_id == session.id)
    if people is not None:
        found = found.where(col(Placement.participation_id).in_(people))
    elsewhere = set((await db.exec(found)).all())
    if not elsewhere:
        return set()
    gone = delete(Placement).where(
        col(Placement.session_id) == session.id, col(Placement.participation_id).in_(elsewhere)
    )
    await db.exec(gone)
    main = await open_main_room(db, session)
    await _tell(db, session, dict.fromkeys(elsewhere, main), now=now, actor=actor)
    return elsewhere


async def people_in(db: Db, session: Session, room_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Who is placed in each of the rooms."""
    placed: dict[UUID, set[UUID]] = {room: set() for room in room_ids}
    found = select(Placement).where(
        Placement.session_id == session.id, col(Placement.room_id).in_(room_ids)
    )
    for row in await db.exec(found):
        placed[row.room_id].add(row.participation_id)
    return placed


async def _placed(db: Db, session: Session, people: Iterable[UUID]) -> dict[UUID, UUID]:
    found = select(Placement).where(
        Placement.session_id == session.id, col(Placement.participation_id).in_(list(people))
    )
    return {row.participation_id: row.room_id for row in await db.exec(found)}


async def _tell(
    db: Db,
    session: Session,
    rooms: Mapping[UUID, Room],
    *,
    now: datetime,
    actor: UUID | None,
) -> None:
    """The seats of these people stand in the new rooms, and their pages hear of it."""
    seats = SeatState.__table__  # type: ignore[attr-defined]
    moved = (
        update(seats)
        .where(seats.c.session_id == session.id, seats.c.participation_id == bindparam("person"))
        .values(room_id=bindparam("room"))
    )
    connection = await db.connection()
    await connection.execute(
        moved, [{"person": person, "room": room.id} for person, room in sorted_by_id(rooms)]
    )
    news = [
        News(person_stream(person), MOVED, told(session, room)) for person, room in rooms.items()
    ]
    await log.append_all(db, news, now=now, actor=actor)


def told(session: Session, room: Room) -> dict[str, Any]:
    """What a page hears of a move."""
    return {
        "session": str(session.id),
        "room": str(room.id),
        "kind": room.kind,
        "number": room.number,
        "name": room.name,
    }


def sorted_by_id(rooms: Mapping[UUID, Room]) -> list[tuple[UUID, Room]]:
    """In one order, so that no two transactions wait in a ring."""
    return sorted(rooms.items(), key=lambda item: item[0])


def _insert(db: Db) -> Any:
    postgres = db.get_bind().dialect.name == "postgresql"
    return (postgresql.insert if postgres else sqlite.insert)(Placement)
