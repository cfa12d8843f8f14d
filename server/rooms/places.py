"""Which room a person belongs in. The server decides; a page only asks."""

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
    placed = (
        select(Room)
        .join(Placement, col(Placement.room_id) == col(Room.id))
        .where(Placement.session_id == session.id, Placement.participation_id == participation.id)
    )
    return (await db.exec(placed)).one_or_none() or await main_room(db, session)


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
    rooms = select(Room).where(Room.session_id == session.id, Room.kind == RoomKind.MAIN)
    return (await db.exec(rooms)).one_or_none()
