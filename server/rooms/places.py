"""Which room a person belongs in. The server decides; a page only asks."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Participation, Session
from server.rooms.models import Placement, Room, RoomKind


async def place(db: Db, *, participation: Participation, session: Session) -> Room:
    """The room of a participation in a session: where it is placed, else the main room.

    Runs in a write transaction; the main room is made by the first who comes.
    """
    return await known_place(
        db, participation=participation, session=session
    ) or await open_main_room(db, session)


async def known_place(db: Db, *, participation: Participation, session: Session) -> Room | None:
    """The room of a participation in a session, if it has been made already."""
    assert participation.event_id == session.event_id
    seat = Seat(session.id, participation.id)
    return (await known_places(db, [seat])).get(seat)


class Seat(NamedTuple):
    """Somebody in a session, by the ids of both."""

    session_id: UUID
    participation_id: UUID


async def known_places(db: Db, seats: Collection[Seat]) -> dict[Seat, Room]:
    """The rooms of many people that have been made already, in two queries at most."""
    sessions = {seat.session_id for seat in seats}
    people = {seat.participation_id for seat in seats}
    placed = (
        select(Placement, Room)
        .join(Room, col(Room.id) == col(Placement.room_id))
        .where(col(Placement.session_id).in_(sessions), col(Placement.participation_id).in_(people))
    )
    known = {
        Seat(placement.session_id, placement.participation_id): room
        for placement, room in await db.exec(placed)
    }
    elsewhere = {seat.session_id for seat in seats if seat not in known}
    main = await _main_rooms(db, elsewhere) if elsewhere else {}
    found = {seat: known.get(seat) or main.get(seat.session_id) for seat in seats}
    return {seat: room for seat, room in found.items() if room is not None}


async def open_main_room(db: Db, session: Session) -> Room:
    """The main room of a session, made when nobody has been there yet.

    The session row is locked, so that two firsts do not make two rooms.
    """
    await db.exec(select(Session.id).where(col(Session.id) == session.id).with_for_update())
    room = await main_room(db, session)
    if room is None:
        room = Room(event_id=session.event_id, session_id=session.id, kind=RoomKind.MAIN)
        db.add(room)
        await db.flush()
    return room


async def main_room(db: Db, session: Session) -> Room | None:
    """The main room of a session, if somebody has been there."""
    return (await _main_rooms(db, [session.id])).get(session.id)


async def _main_rooms(db: Db, session_ids: Collection[UUID]) -> dict[UUID | None, Room]:
    rooms = select(Room).where(col(Room.session_id).in_(session_ids), Room.kind == RoomKind.MAIN)
    return {room.session_id: room for room in await db.exec(rooms)}
