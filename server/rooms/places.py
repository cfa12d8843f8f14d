"""Which room a person belongs in. The server decides; a page only asks."""

from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Participation, Session
from server.rooms.models import Room, RoomKind


async def place(db: Db, *, participation: Participation, session: Session) -> Room:
    """The room of a participation in a session: so far the session's main room.

    Runs in a write transaction; the room is made by the first who comes. The session row is
    locked, so that two firsts do not make two rooms.
    """
    room = await known_place(db, participation=participation, session=session)
    if room:
        return room
    await db.exec(select(Session.id).where(col(Session.id) == session.id).with_for_update())
    room = await main_room(db, session)
    if room is None:
        room = Room(event_id=session.event_id, session_id=session.id, kind=RoomKind.MAIN)
        db.add(room)
        await db.flush()
    return room


async def known_place(db: Db, *, participation: Participation, session: Session) -> Room | None:
    """The room of a participation in a session, if it has been made already."""
    assert participation.event_id == session.event_id
    return await main_room(db, session)


async def main_room(db: Db, session: Session) -> Room | None:
    """The main room of a session, if somebody has been there."""
    rooms = select(Room).where(Room.session_id == session.id, Room.kind == RoomKind.MAIN)
    return (await db.exec(rooms)).one_or_none()
