"""What becomes of a round, one verb each, in the caller's write transaction.

The round's row is held, so whoever comes second sees what the first has done. What happened is
told in the session's stream, and to each person who moves in the person's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.events.models import Session
from server.live import log
from server.live.models import StreamEvent
from server.mentoring import queries
from server.mentoring.models import Round, RoundForm, RoundState, Slot, Team
from server.mentoring.schedule import timetable
from server.records import actions as records
from server.rooms import moving
from server.rooms.models import PlacedBy, Room, RoomKind
from server.rooms.places import open_main_room
from server.rounds import groups, merging

OPENED: Final = "round.opened"
CHANGED: Final = "round.changed"  # its end or its slots
WARNED: Final = "round.warned"
RETURNING: Final = "round.returning"
CLOSED: Final = "round.closed"
TOLD: Final = "room.told"

_RUNNING: Final = timetable.RUNNING


class RoundNotReady(DomainError):
    """The round is not in a state in which this can be done."""

    code = "round_not_ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who acts, and when; `actor` is a participation, None the clock."""

    actor: UUID | None
    now: datetime


def session_stream(session_id: UUID) -> str:
    """The stream that everybody in a session reads."""
    return f"session:{session_id}"


async def open_round(db: Db, round_id: UUID, act: Act) -> Round:
    """Open the rooms: everybody is sent to theirs, mentors to their first visit.

    Raises:
        RoundNotReady: it is open or over, or another round of the session is open.
    """
    round_ = await _held(db, round_id, RoundState.PLANNED)
    await _ensure_alone(db, round_)
    length = round_.ends_at - round_.starts_at
    await _start(db, round_, act.now + length, act)
    return round_


async def reopen(db: Db, round_id: UUID, by: timedelta, act: Act) -> Round:
    """Open a round again for so long, after it was closed.

    Raises:
        RoundNotReady: it is not closed, or another round of the session is open.
    """
    round_ = await _held(db, round_id, RoundState.CLOSED)
    await _ensure_alone(db, round_)
    await _start(db, round_, act.now + by, act)
    return round_


async def extend(db: Db, round_id: UUID, by: timedelta, act: Act) -> Round:
    """Let a round last longer: the slot that runs gets longer, those to come are later.

    Raises:
        RoundNotReady: it does not run.
    """
    round_ = await _held(db, round_id, *_RUNNING)
    if round_.state is RoundState.RETURNING:
        await _stop_return(db, round_)
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    round_.ends_at, changed = timetable.lengthened(round_, slots, act.now, by)
    for slot in slots:
        slot.offset, slot.length = changed.get(slot.number, (slot.offset, slot.length))
        db.add(slot)
    round_.warned = timetable.warnings_past(round_.warn_at, round_.ends_at - act.now)
    await _tell(db, round_, CHANGED, act)
    return round_


async def ask_back(db: Db, round_id: UUID, act: Act) -> Round:
    """Bring everybody back soon, by hand; can be stopped until then.

    Raises:
        RoundNotReady: it is not open, or ends by itself sooner.
    """
    round_ = await _held(db, round_id, RoundState.OPEN)
    end = act.now + timedelta(seconds=round_.return_seconds)
    if end >= round_.ends_at:
        raise RoundNotReady
    round_.state, round_.former_end, round_.ends_at = RoundState.RETURNING, round_.ends_at, end
    round_.warned = len(round_.warn_at)  # the return is the warning
    await _tell(db, round_, RETURNING, act)
    return round_


async def stop_return(db: Db, round_id: UUID, act: Act) -> Round:
    """Let the round go on to the end that it had.

    Raises:
        RoundNotReady: nobody was being brought back, or it is too late.
    """
    round_ = await _held(db, round_id, RoundState.RETURNING)
    await _stop_return(db, round_)
    round_.warned = timetable.warnings_past(round_.warn_at, round_.ends_at - act.now)
    await _tell(db, round_, CHANGED, act)
    return round_


async def close_due(db: Db, round_id: UUID, now: datetime) -> Round | None:
    """Close a round whose end has come; None when it was closed or extended meanwhile."""
    round_ = await queries.held_round(db, round_id)
    if round_.state not in _RUNNING or round_.ends_at > now:
        return None
    round_.state, round_.closed_at, round_.former_end = RoundState.CLOSED, now, None
    session = await _session(db, round_)
    await _moved(db, session, await moving.bring_back(db, session, now=now), now)
    await _tell(db, round_, CLOSED, Act(actor=None, now=now))
    return round_


async def begin_slots(db: Db, round_id: UUID, now: datetime) -> list[Slot]:
    """Send mentors to the visits of slots that should have begun; which slots those were.

    Who has no visit in the slot goes back to the main room. Of slots that were missed altogether
    (no process lived) only the last one moves anybody.
    """
    round_ = await queries.held_round(db, round_id)
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    due = timetable.due(round_, slots, now)
    for slot in due:
        slot.begun = True
        db.add(slot)
    if due:
        await send_mentors(db, round_, due[-1], now)
        await _tell(db, round_, CHANGED, Act(actor=None, now=now))
    return due


async def warn_due(db: Db, round_id: UUID, now: datetime) -> int | None:
    """Tell that a round ends soon, once for each warning; seconds before the end, or None."""
    round_ = await queries.held_round(db, round_id)
    told = timetable.warning_due(round_, now)
    if told is None:
        return None
    round_.warned = told
    seconds = sorted(round_.warn_at, reverse=True)[told - 1]
    act = Act(actor=None, now=now)
    await _tell(db, round_, WARNED, act, {"seconds": seconds})
    return seconds


async def seat_latecomers(db: Db, round_id: UUID, now: datetime) -> set[UUID]:
    """Send who came to a round of groups after its opening to one of them; who they are."""
    round_ = await queries.held_round(db, round_id)
    if round_.state not in _RUNNING or round_.form is not RoundForm.GROUPS:
        return set()
    session = await _session(db, round_)
    sent = await groups.seat_latecomers(db, round_, session, now=now)
    await _moved(db, session, sent, now)
    return sent


async def bring_home(db: Db, round_id: UUID, now: datetime) -> set[UUID]:
    """Send teams that were with another one for a slot back to their rooms once it is over."""
    round_ = await queries.held_round(db, round_id)
    if round_.state not in _RUNNING or round_.form is not RoundForm.TEAMS:
        return set()
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    if not await merging.over(db, round_, slots, now):
        return set()
    session = await _session(db, round_)
    rooms = await team_rooms(db, await queries.teams_of(db, round_.event_id))
    sent = await merging.bring_home(db, round_, session, slots, rooms, now=now)
    await _moved(db, session, sent, now)
    return sent


async def choose(db: Db, round_id: UUID, person: UUID, number: int, now: datetime) -> None:
    """Somebody goes to a room of the round by their own choice.

    Raises:
        RoundNotReady: the round does not run, or people do not choose in it.
        NotFound: it has no room of this number.
    """
    round_ = await _held(db, round_id, *_RUNNING)
    if round_.form is not RoundForm.CHOICE:
        raise RoundNotReady
    session = await _session(db, round_)
    sent = await groups.choose(db, round_, session, person, number, now=now)
    await _moved(db, session, sent, now)


async def send_mentors(db: Db, round_: Round, slot: Slot, now: datetime) -> None:
    """Place the mentors of an event where they belong in a slot."""
    session = await _session(db, round_)
    visits = await queries.visits_in(db, slot, round_.event_id)
    rooms = await team_rooms(db, [team for _, _, team in visits])
    places = {mentor.participation_id: rooms[team.id] for _, mentor, team in visits}
    everyone = {mentor.participation_id for mentor in await queries.mentors_of(db, round_.event_id)}
    sent = await moving.move(db, session, places, cause=PlacedBy.ROUND, now=now)
    free = everyone - places.keys()
    back = await moving.bring_back(db, session, now=now, people=free)
    await _moved(db, session, sent | back, now)


async def team_rooms(db: Db, teams: list[Team]) -> dict[UUID, Room]:
    """The rooms of teams, made for those that have none yet."""
    wanted = [team.room_id for team in teams if team.room_id is not None]
    found = (await db.exec(select(Room).where(col(Room.id).in_(wanted)))).all()
    by_id = {room.id: room for room in found}
    rooms = {}
    for team in teams:
        room = by_id.get(team.room_id) if team.room_id else None
        if room is None:
            room = Room(
                event_id=team.event_id, kind=RoomKind.TEAM, number=team.number, name=team.name
            )
            db.add(room)
            await db.flush()
            team.room_id = room.id
            db.add(team)
        rooms[team.id] = room
    return rooms


async def _start(db: Db, round_: Round, ends_at: datetime, act: Act) -> None:
    round_.state, round_.opened_at, round_.ends_at = RoundState.OPEN, act.now, ends_at
    round_.closed_at = None
    round_.warned = timetable.warnings_past(round_.warn_at, ends_at - act.now)
    for slot in (await queries.slots_of(db, [round_.id]))[round_.id]:
        slot.begun = False
        db.add(slot)
    await open_main_room(db, await _session(db, round_))  # where everybody returns to
    await _tell(db, round_, OPENED, act)
    session = await _session(db, round_)
    if round_.form is RoundForm.TEAMS:
        await _seat_teams(db, round_, act)
        await db.flush()
        await begin_slots(db, round_.id, act.now)
    elif round_.form is RoundForm.GROUPS:
        sent = await groups.seat_groups(db, round_, session, now=act.now)
        await _moved(db, session, sent, act.now)
    else:
        await groups.open_choice(db, round_, session, now=act.now)


async def _seat_teams(db: Db, round_: Round, act: Act) -> None:
    session = await _session(db, round_)
    teams = await queries.teams_of(db, round_.event_id)
    rooms = await team_rooms(db, teams)
    people = await queries.participations_by_team(db, round_.event_id)
    places: Mapping[UUID, Room] = {
        person: rooms[team.id] for team in teams for person in people[team.id]
    }
    sent = await moving.move(
        db, session, places, cause=PlacedBy.ROUND, now=act.now, actor=act.actor
    )
    await _moved(db, session, sent, act.now)


async def _moved(db: Db, session: Session, people: set[UUID], now: datetime) -> None:
    """Let the record follow those who were moved."""
    if people:
        await records.moved(db, people, session_id=session.id, event_id=session.event_id, at=now)


async def _stop_return(db: Db, round_: Round) -> None:
    assert round_.former_end is not None
    round_.state, round_.ends_at, round_.former_end = RoundState.OPEN, round_.former_end, None


async def _held(db: Db, round_id: UUID, *states: RoundState) -> Round:
    round_ = await queries.held_round(db, round_id)
    if round_.state not in states:
        raise RoundNotReady
    return round_


async def _ensure_alone(db: Db, round_: Round) -> None:
    """One round of a session runs at a time: a person is in one place."""
    others = select(Round.id).where(
        Round.session_id == round_.session_id,
        col(Round.id) != round_.id,
        col(Round.state).in_(_RUNNING),
    )
    if (await db.exec(others)).first() is not None:
        raise RoundNotReady


async def _session(db: Db, round_: Round) -> Session:
    return (await db.exec(select(Session).where(Session.id == round_.session_id))).one()


async def _tell(
    db: Db, round_: Round, what: str, act: Act, more: Mapping[str, Any] | None = None
) -> StreamEvent:
    """Keep the round's change, and tell it to everybody in its session."""
    round_.v += 1
    db.add(round_)
    await db.flush()
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    return await log.append(
        db,
        stream=session_stream(round_.session_id),
        type=what,
        payload={**state_of(round_, slots), **(more or {})},
        now=act.now,
        actor=act.actor,
    )


def state_of(round_: Round, slots: list[Slot]) -> dict[str, Any]:
    """A round as pages need it. Moments in ISO 8601, UTC."""
    spans = [(slot.number, timetable.span_of(round_, slot)) for slot in slots]
    return {
        "round": str(round_.id),
        "number": round_.number,
        "state": round_.state,
        "form": round_.form,
        "starts_at": timetable.begins_at(round_).isoformat(),
        "ends_at": round_.ends_at.isoformat(),
        "slots": [
            {"number": n, "starts_at": s.starts_at.isoformat(), "ends_at": s.ends_at.isoformat()}
            for n, s in spans
        ],
    }
