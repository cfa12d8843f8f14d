"""The visits of a round that runs become others, and people follow: what repairs have in common."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.events.models import Session
from server.mentoring import queries
from server.mentoring.models import Mentor, Round, Slot, Team
from server.mentoring.plans import rows as plan_rows
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.plans.rules import Visit
from server.mentoring.schedule import timetable
from server.records import actions as records
from server.rooms import lease, moving
from server.rooms.models import PlacedBy, Placement, Room, SeatState
from server.rounds import merging
from server.rounds.actions import Act, RoundNotReady, team_rooms

REPLACED: Final = "mentor.replaced"


class VisitChanged(DomainError):
    """The visit is not what the organizer saw: somebody has replaced its mentor meanwhile."""

    code = "visit_changed"


class MentorCame(DomainError):
    """The mentor is in the room by now, so nobody is replaced."""

    code = "mentor_came"


async def held_plan(db: Db, event_id: UUID) -> Plan | None:
    """The plan that holds, nobody else's until the transaction ends."""
    found = select(Plan).where(Plan.event_id == event_id, Plan.state == PlanState.PUBLISHED)
    held = found.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(held)).one_or_none()


async def amend(db: Db, round_: Round, plan: Plan, after: Collection[Visit], act: Act) -> set[UUID]:
    """Let the plan that holds say these visits in all rounds. The mentors of the slot that runs go
    where they are due now; those of slots to come are sent when these begin.

    Answers the participations that were moved.
    """
    rows = await queries.assignments_of(db, plan)
    locks = {_visit(row): row.locked for row in rows}
    await plan_rows.replace(db, plan, {visit: locks.get(visit, False) for visit in after})
    plan.v += 1
    db.add(plan)
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    slot = timetable.slot_at(round_, slots, act.now)
    if slot is None or not slot.begun:
        return set()
    was = {v.mentor_id: v.team_id for v in locks if v.slot_id == slot.id}
    now = {v.mentor_id: v.team_id for v in after if v.slot_id == slot.id}
    return await _follow(db, round_, was, now, act)


async def merge(db: Db, round_: Round, team: Team, room: Room, act: Act) -> set[UUID]:
    """A team goes to the room of another one, whose mentor is there, until the slot is over."""
    session = (await db.exec(select(Session).where(Session.id == round_.session_id))).one()
    sent = await merging.join(db, round_, session, team, room, actor=act.actor, now=act.now)
    await records.moved(db, sent, session_id=session.id, event_id=session.event_id, at=act.now)
    return sent


def _visit(row: Assignment) -> Visit:
    return Visit(row.slot_id, row.team_id, row.mentor_id)


async def _follow(
    db: Db, round_: Round, was: Mapping[UUID, UUID], now: Mapping[UUID, UUID], act: Act
) -> set[UUID]:
    """Mentors whose team is another one go there; who has none any more goes back, unless placed
    elsewhere meanwhile.
    """
    changed = {m for m in was.keys() | now.keys() if was.get(m) != now.get(m)}
    teams = await db.exec(select(Team).where(col(Team.id).in_({*was.values(), *now.values()})))
    rooms = await team_rooms(db, list(teams.all()))
    found = await db.exec(select(Mentor).where(col(Mentor.id).in_(changed)))
    person = {mentor.id: mentor.participation_id for mentor in found}
    session = (await db.exec(select(Session).where(Session.id == round_.session_id))).one()
    gone = {person[m]: rooms[was[m]] for m in sorted(changed) if m not in now}
    back = await moving.bring_back(
        db, session, now=act.now, people=await _still_in(db, session, gone), actor=act.actor
    )
    sent = await moving.move(
        db,
        session,
        {person[m]: rooms[now[m]] for m in sorted(changed) if m in now},
        cause=PlacedBy.ROUND,
        now=act.now,
        actor=act.actor,
    )
    await records.moved(
        db, back | sent, session_id=session.id, event_id=session.event_id, at=act.now
    )
    return back | sent


async def _still_in(db: Db, session: Session, rooms: Mapping[UUID, Room]) -> set[UUID]:
    found = select(Placement).where(
        Placement.session_id == session.id, col(Placement.participation_id).in_(rooms)
    )
    return {
        row.participation_id
        for row in await db.exec(found)
        if rooms[row.participation_id].id == row.room_id
    }


async def slot_to_come(db: Db, round_: Round, slot_id: UUID, now: datetime) -> Slot:
    """The slot, if it runs or is to come in a round that runs."""
    slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    slot = next((slot for slot in slots if slot.id == slot_id), None)
    if slot is None or round_.state not in timetable.RUNNING:
        raise RoundNotReady
    if timetable.span_of(round_, slot).ends_at <= now:
        raise RoundNotReady
    return slot


async def is_in(db: Db, mentor: Mentor, round_: Round, room: Room, now: datetime) -> bool:
    found = select(SeatState).where(
        SeatState.participation_id == mentor.participation_id,
        SeatState.session_id == round_.session_id,
        SeatState.room_id == room.id,
    )
    seat = (await db.exec(found)).one_or_none()
    return seat is not None and lease.is_held(seat, now)
