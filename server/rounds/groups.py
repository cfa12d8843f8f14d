"""Rounds without teams: random groups, mixed so that nobody meets twice, and rooms to choose."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Participation, ParticipationRole, Role, Session
from server.mentoring.models import Round
from server.mentoring.schedule import grouping
from server.mentoring.schedule.grouping import Pair
from server.records.models import Attendance
from server.rooms import lease, moving
from server.rooms.models import PlacedBy, Placement, Room, RoomKind, SeatState


async def seat_groups(db: Db, round_: Round, session: Session, *, now: datetime) -> set[UUID]:
    """Send everybody who is here, save organizers, to random groups; who was moved.

    Who was in a group together in an earlier round of the event is kept apart while that is
    possible.
    """
    people = await _here(db, session.id, now)
    groups = grouping.mixed(
        people,
        round_.group_size,
        seed=round_.id.int & 0xFFFFFFFF,
        met=await _met(db, round_.event_id),
    )
    rooms = await _open(db, round_, len(groups))
    places = {person: room for room, group in zip(rooms, groups, strict=True) for person in group}
    return await moving.move(db, session, places, cause=PlacedBy.ROUND, now=now)


async def seat_latecomers(db: Db, round_: Round, session: Session, *, now: datetime) -> set[UUID]:
    """Send who came after the opening to the smallest groups, one after the other."""
    late = sorted(await waiting(db, session.id, now=now))
    if not late:
        return set()
    rooms = await rooms_of(db, round_)
    inside = await moving.people_in(db, session, [room.id for room in rooms])
    sizes = {room.id: len(people) for room, people in zip(rooms, inside.values(), strict=True)}
    places = {}
    for person in late if rooms else ():
        room = min(rooms, key=lambda room: (sizes[room.id], room.number or 0))
        sizes[room.id] += 1
        places[person] = room
    return await moving.move(db, session, places, cause=PlacedBy.ROUND, now=now)


async def waiting(db: Db, session_id: UUID, *, now: datetime) -> set[UUID]:
    """Who is in the session and was sent nowhere."""
    return await _here(db, session_id, now) - await _placed(db, session_id)


async def open_choice(db: Db, round_: Round, session: Session, *, now: datetime) -> Sequence[Room]:
    """As many rooms as groups of the wanted size would need, for people to choose from."""
    people = await _here(db, session.id, now)
    count = max(2, len(grouping.sizes(len(people), round_.group_size)))
    return await _open(db, round_, count)


async def choose(
    db: Db, round_: Round, session: Session, person: UUID, number: int, *, now: datetime
) -> set[UUID]:
    """Somebody goes to a room of the round by their own choice; who was moved.

    Raises:
        NotFound: the round has no room of this number.
    """
    room = next((r for r in await rooms_of(db, round_) if r.number == number), None)
    if room is None:
        raise NotFound(room=number)
    return await moving.move(db, session, {person: room}, cause=PlacedBy.CHOICE, now=now)


async def rooms_of(db: Db, round_: Round) -> list[Room]:
    """The rooms of a round without teams, by number."""
    found = select(Room).where(Room.kind == RoomKind.GROUP, Room.name == _name(round_))
    return list((await db.exec(found.order_by(col(Room.number)))).all())


async def _open(db: Db, round_: Round, count: int) -> Sequence[Room]:
    """So many rooms of the round; those that are there already are used again."""
    rooms = await rooms_of(db, round_)
    for number in range(len(rooms) + 1, count + 1):
        room = Room(
            event_id=round_.event_id, kind=RoomKind.GROUP, number=number, name=_name(round_)
        )
        db.add(room)
        rooms.append(room)
    await db.flush()
    return rooms[:count]


def _name(round_: Round) -> str:
    """A group's room belongs to one round; people see its number only."""
    return str(round_.id)


async def _here(db: Db, session_id: UUID, now: datetime) -> set[UUID]:
    """Who is in the session by a living page, save organizers."""
    organizers = select(ParticipationRole.participation_id).where(
        col(ParticipationRole.role) == Role.ORGANIZER
    )
    seats = (
        select(SeatState.participation_id)
        .join(Participation, col(Participation.id) == col(SeatState.participation_id))
        .where(
            SeatState.session_id == session_id,
            col(SeatState.connection_id).is_not(None),
            col(SeatState.last_seen) > now - lease.LEASE,
            col(SeatState.participation_id).not_in(organizers),
        )
    )
    return set((await db.exec(seats)).all())


async def _placed(db: Db, session_id: UUID) -> set[UUID]:
    found = select(Placement.participation_id).where(Placement.session_id == session_id)
    return set((await db.exec(found)).all())


async def _met(db: Db, event_id: UUID) -> Counter[Pair]:
    """Who was in a group's room together in earlier rounds of the event."""
    found = (
        select(Attendance.room_id, Attendance.participation_id)
        .join(Room, col(Room.id) == col(Attendance.room_id))
        .where(Room.event_id == event_id, Room.kind == RoomKind.GROUP)
        .distinct()
    )
    groups: dict[UUID, set[UUID]] = defaultdict(set)
    for room, person in (await db.exec(found)).all():
        groups[room].add(person)
    return grouping.met_in(_together(groups.values()))


def _together(groups: Collection[set[UUID]]) -> list[list[UUID]]:
    return [sorted(group) for group in groups]
