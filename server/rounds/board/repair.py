"""Repair by hand: another mentor makes one visit; everything else of the plan stays."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.events.models import Topic
from server.mentoring import queries
from server.mentoring.models import Mentor, Team
from server.mentoring.plans.models import Assignment, PlanState
from server.mentoring.plans.rules import Board, Visit
from server.rounds.actions import Act, team_rooms
from server.rounds.board import desk_log
from server.rounds.board.amend import (
    REPLACED,
    MentorCame,
    VisitChanged,
    amend,
    held_plan,
    is_in,
    slot_to_come,
)


class MentorNotFree(DomainError):
    """The mentor chosen cannot make this visit (any more)."""

    code = "mentor_not_free"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the organizer asks for: in this slot `mentor_id` comes to the team, not `instead_of`."""

    round_id: UUID
    slot_id: UUID
    team_id: UUID
    instead_of: UUID
    mentor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of both mentors, as they are told."""

    former: str
    new: str


async def free_mentors(db: Db, event_id: UUID, slot_id: UUID, team_id: UUID) -> list[Mentor]:
    """Who could make a visit instead: those with the team's topic first, then the least busy."""
    board = await queries.board_of(db, event_id)
    plan = await queries.plan_in(db, event_id, PlanState.PUBLISHED)
    taken = await queries.assignments_of(db, plan)
    topic = await _topic_of(db, team_id)
    load = Counter(each.mentor_id for each in taken)
    free = [
        mentor
        for mentor in await queries.mentors_of(db, event_id)
        if _fits(board, taken, mentor.id, slot_id, team_id)
    ]
    return sorted(free, key=lambda m: (topic not in m.fields, load[m.id]))


async def replace(db: Db, wish: Wish, names: Names, act: Act) -> set[UUID]:
    """Another mentor makes the visit; both move, and everybody concerned is told.

    The round's and the plan's rows are held, so that two organizers come one after the other.
    Answers the participations that were moved.

    Raises:
        RoundNotReady: the round does not run, or the slot is over.
        VisitChanged: the visit is not there any more, or another mentor's.
        MentorCame: the mentor is in the room.
        MentorNotFree: the chosen one is due elsewhere, busy, in conflict, or has enough visits.
    """
    round_ = await queries.held_round(db, wish.round_id)
    slot = await slot_to_come(db, round_, wish.slot_id, act.now)
    plan = await held_plan(db, round_.event_id)
    if plan is None:
        raise VisitChanged
    taken = await queries.assignments_of(db, plan)
    visit = next((v for v in taken if (v.slot_id, v.team_id) == (slot.id, wish.team_id)), None)
    if visit is None or visit.mentor_id != wish.instead_of:
        raise VisitChanged
    team = (await db.exec(select(Team).where(Team.id == wish.team_id))).one()
    room = (await team_rooms(db, [team]))[team.id]
    former, new = await _mentor(db, visit.mentor_id), await _mentor(db, wish.mentor_id)
    if await is_in(db, former, round_, room, act.now):
        raise MentorCame
    board = await queries.board_of(db, round_.event_id)
    if not _fits(board, taken, new.id, slot.id, team.id):
        raise MentorNotFree
    others = {v for v in queries.visits_from(taken) if (v.slot_id, v.team_id) != (slot.id, team.id)}
    moved = await amend(db, round_, plan, {*others, Visit(slot.id, team.id, new.id)}, act)
    await desk_log.tell(
        db,
        REPLACED,
        {"number": team.number, "slot": slot.number, "former": names.former, "name": names.new},
        session_id=round_.session_id,
        room_id=room.id,
        actor=act.actor,
        now=act.now,
    )
    return moved


def _fits(board: Board, taken: list[Assignment], mentor: UUID, slot: UUID, team: UUID) -> bool:
    """Accepted, free in the slot, with capacity left, and no reason not to meet the team."""
    return (
        mentor in board.capacity
        and all((each.slot_id, each.mentor_id) != (slot, mentor) for each in taken)
        and (mentor, slot) not in board.busy
        and (mentor, team) not in board.apart
        and sum(each.mentor_id == mentor for each in taken) < board.capacity[mentor]
    )


async def _mentor(db: Db, mentor_id: UUID) -> Mentor:
    mentor = (await db.exec(select(Mentor).where(Mentor.id == mentor_id))).one_or_none()
    if mentor is None:
        raise MentorNotFree
    return mentor


async def _topic_of(db: Db, team_id: UUID) -> int | None:
    found = select(Topic.number).join(Team, col(Team.topic_id) == col(Topic.id))
    return (await db.exec(found.where(Team.id == team_id))).one_or_none()
