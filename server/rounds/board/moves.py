"""What organizers do from the board with rooms and people: look in, move, say something."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.events.models import Participation, Session
from server.live import log
from server.live.log import News
from server.mentoring import queries
from server.mentoring.models import Round, RoundForm
from server.mentoring.schedule import timetable
from server.records import actions as records
from server.rooms import moving
from server.rooms.chat import cleaned, room_stream
from server.rooms.models import PlacedBy, Room, RoomKind
from server.rounds import help as calls
from server.rounds.actions import TOLD, Act, RoundNotReady, session_stream, team_rooms

LONGEST: Final = 300  # characters of a message


class NoSuchRooms(DomainError):
    """Some of the room numbers are none of this round."""

    code = "no_such_rooms"


async def rooms_of(db: Db, round_: Round) -> dict[int, Room]:
    """The rooms of a round by their numbers; those of teams are made where they are not there."""
    if round_.form is RoundForm.TEAMS:
        teams = await queries.teams_of(db, round_.event_id)
        rooms = await team_rooms(db, teams)
        return {team.number or 0: rooms[team.id] for team in teams}
    found = select(Room).where(Room.session_id == round_.session_id, Room.kind == RoomKind.GROUP)
    return {room.number or 0: room for room in await db.exec(found)}


async def visit(db: Db, round_: Round, number: int, *, name: str, knock: str, act: Act) -> None:
    """An organizer looks into a room, which hears a knock first; an open call is taken.

    Args:
        knock: what the room is told, in words.

    Raises:
        RoundNotReady: the round is not open.
        NotFound: the round has no such room.
        HelpByAnother: another organizer is on the way to the call.
    """
    assert act.actor is not None
    if round_.state not in timetable.RUNNING:
        raise RoundNotReady
    room = await _room(db, round_, number)
    open_call = await calls.open_in(db, room.id)
    if open_call is not None and open_call.taken_by is None:
        await calls.take(
            db,
            open_call.id,
            session_id=round_.session_id,
            actor=act.actor,
            name=name,
            now=act.now,
        )
    await _place(db, round_, {act.actor: room}, PlacedBy.VISIT, act)
    said = {"text": knock, "name": name}
    stream = room_stream(room.id)
    await log.append(db, stream=stream, type=TOLD, payload=said, now=act.now, actor=act.actor)


async def leave(db: Db, round_: Round, act: Act) -> None:
    """The organizer goes back to the main room."""
    assert act.actor is not None
    await _back(db, round_, act.actor, act)


async def reassign(db: Db, round_: Round, person: UUID, number: int | None, act: Act) -> None:
    """Move somebody to another room of the round, or (None) to the main room.

    Raises:
        RoundNotReady: the round is not open.
        NotFound: there is no such person in the event, or no such room.
    """
    if round_.state not in timetable.RUNNING:
        raise RoundNotReady
    found = select(Participation.id).where(
        Participation.id == person, Participation.event_id == round_.event_id
    )
    if (await db.exec(found)).one_or_none() is None:
        raise NotFound(person=str(person))
    if number is None:
        await _back(db, round_, person, act)
    else:
        await _place(db, round_, {person: await _room(db, round_, number)}, PlacedBy.MOVE, act)


async def tell(
    db: Db, round_: Round, text: str, numbers: Collection[int] | None, *, name: str, act: Act
) -> None:
    """Say something to all rooms (None), or to some.

    Raises:
        EmptyLine: there is nothing to say.
        NoSuchRooms: some of the numbers are none of this round.
    """
    said = {"text": cleaned(text)[:LONGEST], "name": name}
    if numbers is None:
        streams = [session_stream(round_.session_id)]
    else:
        rooms = await rooms_of(db, round_)
        if not numbers or not set(numbers) <= rooms.keys():
            raise NoSuchRooms
        streams = [room_stream(rooms[number].id) for number in sorted(set(numbers))]
    news = [News(stream, TOLD, said) for stream in streams]
    await log.append_all(db, news, now=act.now, actor=act.actor)


async def _room(db: Db, round_: Round, number: int) -> Room:
    rooms = await rooms_of(db, round_)
    if number not in rooms:
        raise NotFound(room=number)
    return rooms[number]


async def _place(
    db: Db, round_: Round, places: Mapping[UUID, Room], cause: PlacedBy, act: Act
) -> None:
    session = await _session(db, round_)
    moved = await moving.move(db, session, places, cause=cause, now=act.now, actor=act.actor)
    await _recorded(db, session, moved, act.now)


async def _back(db: Db, round_: Round, person: UUID, act: Act) -> None:
    session = await _session(db, round_)
    moved = await moving.bring_back(db, session, now=act.now, people={person}, actor=act.actor)
    await _recorded(db, session, moved, act.now)


async def _recorded(db: Db, session: Session, moved: set[UUID], now: datetime) -> None:
    if moved:
        await records.moved(db, moved, session_id=session.id, event_id=session.event_id, at=now)


async def _session(db: Db, round_: Round) -> Session:
    return (await db.exec(select(Session).where(col(Session.id) == round_.session_id))).one()
