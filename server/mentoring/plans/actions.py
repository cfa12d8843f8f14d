"""What organizers do with plans, one verb each, in the caller's write transaction.

The draft's row is held, so of two organizers one comes second and is told what the first has done.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.events.models import Event
from server.mentoring import queries
from server.mentoring.plans import rows as plan_rows
from server.mentoring.plans import rules
from server.mentoring.plans.models import Assignment, Plan, PlanState, Solving
from server.mentoring.plans.planning import Planning, plan_of, planning_of
from server.mentoring.plans.rules import Visit


class PlanChanged(DomainError):
    """The plan is not the draft that the page showed any more."""

    code = "plan_changed"


class VisitChanged(DomainError):
    """Somebody else changed this cell after the page was made."""

    code = "visit_changed"


class VisitLocked(DomainError):
    """A visit is locked, so nothing moves it."""

    code = "visit_locked"


class VisitPast(DomainError):
    """The slot's round has begun."""

    code = "visit_past"


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A team for a cell of the grid (None: nobody), and the team that the page showed there."""

    mentor_id: UUID
    slot_id: UUID
    team_id: UUID | None
    was: UUID | None


async def begin(db: Db, event: Event, *, actor: UUID, now: datetime) -> Plan:
    """The draft; made after the published plan where there is none."""
    await db.exec(select(Event.id).where(Event.id == event.id).with_for_update())
    known = await queries.plan_in(db, event.id, PlanState.DRAFT)
    if known is not None:
        return known
    newest = select(func.max(Plan.number)).where(Plan.event_id == event.id)
    number = ((await db.exec(newest)).one() or 0) + 1
    plan = Plan(event_id=event.id, number=number, created_at=now, saved_at=now, saved_by=actor)
    db.add(plan)
    await db.flush()
    published = await queries.plan_in(db, event.id, PlanState.PUBLISHED)
    for row in await queries.assignments_of(db, published):
        visit = Visit(row.slot_id, row.team_id, row.mentor_id)
        db.add(plan_rows.assignment(plan, visit, row.locked))
    plan.weights = dict(published.weights) if published else {}
    await db.flush()
    return plan


async def held(db: Db, event: Event, number: int) -> Planning:
    """The draft of a number. It and the published plan are nobody else's until the transaction
    ends.

    Raises:
        PlanChanged: it was published or thrown away meanwhile.
        NotFound: there never was one.
    """
    plan = await plan_of(db, event, number)
    current = select(Plan).where(Plan.event_id == event.id, Plan.state != PlanState.FORMER)
    rows = (
        current.order_by(col(Plan.id)).with_for_update().execution_options(populate_existing=True)
    )
    kept = {row.id: row for row in await db.exec(rows)}.get(plan.id)
    if kept is None or kept.state is not PlanState.DRAFT:
        raise PlanChanged
    return await planning_of(db, event, kept)


async def put(db: Db, draft: Planning, wanted: Put, *, actor: UUID, now: datetime) -> None:
    """Give a cell to a team. The team's other visit of the round goes to whom the cell had.

    Raises:
        VisitChanged: the cell does not hold what the page showed.
        VisitLocked: one of the visits that would move is locked.
        VisitPast: the round has begun.
    """
    _ensure_open(draft, wanted.slot_id)
    here = _at(draft, wanted.mentor_id, wanted.slot_id)
    if (here.team_id if here else None) != wanted.was:
        raise VisitChanged
    if wanted.team_id == wanted.was:
        return
    there = _in_round(draft, wanted.team_id, wanted.slot_id)
    moving = [visit for visit in (here, there) if visit is not None]
    if any(draft.held[visit] for visit in moving):
        raise VisitLocked
    for visit in moving:
        await plan_rows.take_out(db, draft.plan, visit)
    if wanted.team_id is not None:
        visit = Visit(wanted.slot_id, wanted.team_id, wanted.mentor_id)
        db.add(plan_rows.assignment(draft.plan, visit))
    if here is not None and there is not None:
        back = Visit(there.slot_id, here.team_id, there.mentor_id)
        if not _visited(draft, back.team_id, back.slot_id, but=here):
            db.add(plan_rows.assignment(draft.plan, back))
    await plan_rows.saved(db, draft.plan, actor=actor, now=now)


async def lock(
    db: Db, draft: Planning, visit: Visit, *, on: bool, actor: UUID, now: datetime
) -> None:
    """Lock a visit, so that it stays where it is, or let it go.

    Raises:
        VisitChanged: there is no such visit.
        VisitPast: its round has begun.
    """
    _ensure_open(draft, visit.slot_id)
    found = select(Assignment).where(Assignment.plan_id == draft.plan.id, *plan_rows.is_(visit))
    assignment = (await db.exec(found)).one_or_none()
    if assignment is None:
        raise VisitChanged
    assignment.locked = on
    db.add(assignment)
    await plan_rows.saved(db, draft.plan, actor=actor, now=now)


async def fill(db: Db, draft: Planning, *, anew: bool, actor: UUID, now: datetime) -> int:
    """Give visits to teams without by the simple rule; how many came. `anew`: only what is locked
    stays as it is, all other visits to come are made again.
    """
    kept = [v for v, locked in draft.held.items() if locked or not anew or v.slot_id in draft.fixed]
    visits = rules.fill(draft.open_board, kept)
    await plan_rows.replace_all(db, draft.plan, _with_locks(draft, visits), actor=actor, now=now)
    return len(visits) - len(kept)


async def take(
    db: Db, draft: Planning, visits: list[Visit], *, v: int, actor: UUID, now: datetime
) -> None:
    """Let the draft say these visits, as a file brought them.

    Raises:
        PlanChanged: the draft is not the one that they were compared with.
    """
    if draft.plan.v != v:
        raise PlanChanged
    await plan_rows.replace_all(db, draft.plan, _with_locks(draft, visits), actor=actor, now=now)


async def undo(db: Db, draft: Planning, *, v: int, actor: UUID, now: datetime) -> None:
    """Let the draft be as it was before a file or the simple rule changed it. Rounds that have
    begun stay as they are, and who has gone meanwhile does not come back.

    Raises:
        PlanChanged: something else was changed since.
    """
    before = plan_rows.before(draft.plan)
    if before is None or draft.plan.v != v:
        raise PlanChanged
    begun = {visit: locked for visit, locked in draft.held.items() if visit.slot_id in draft.fixed}
    back = {visit: locked for visit, locked in before.items() if is_possible(draft, visit)}
    await plan_rows.replace(db, draft.plan, begun | back)
    await plan_rows.saved(db, draft.plan, actor=actor, now=now)


def is_possible(draft: Planning, visit: Visit) -> bool:
    return (
        visit.slot_id in draft.board.slots
        and visit.slot_id not in draft.fixed
        and visit.team_id in draft.teams
        and visit.mentor_id in draft.people
    )


async def discard(db: Db, draft: Planning) -> None:
    """Throw the draft away."""
    await db.exec(delete(Assignment).where(col(Assignment.plan_id) == draft.plan.id))
    await db.exec(delete(Solving).where(col(Solving.plan_id) == draft.plan.id))
    await db.delete(draft.plan)
    await db.flush()


def _with_locks(draft: Planning, visits: list[Visit]) -> dict[Visit, bool]:
    """Visits, locked where they were."""
    return {visit: draft.held.get(visit, False) for visit in visits}


def _ensure_open(draft: Planning, slot_id: UUID) -> None:
    if slot_id in draft.fixed:
        raise VisitPast
    if slot_id not in draft.board.slots:
        raise VisitChanged


def _at(draft: Planning, mentor_id: UUID, slot_id: UUID) -> Visit | None:
    if mentor_id not in draft.people:
        raise VisitChanged
    same = (v for v in draft.held if (v.mentor_id, v.slot_id) == (mentor_id, slot_id))
    return next(same, None)


def _in_round(draft: Planning, team_id: UUID | None, slot_id: UUID) -> Visit | None:
    """The visit that a team has in the round of a slot; the first, if it has several."""
    if team_id is None:
        return None
    if team_id not in draft.teams:
        raise VisitChanged
    order = list(draft.board.slots)
    slots = {v.slot_id: v for v in draft.held if v.team_id == team_id}
    own = [s for s in order if s in slots and draft.board.slots[s] == draft.board.slots[slot_id]]
    first = slot_id if slot_id in own else next(iter(own), None)
    return None if first is None else slots[first]


def _visited(draft: Planning, team_id: UUID, slot_id: UUID, *, but: Visit) -> bool:
    """Whether a team has another visit in a slot: there is place for one."""
    return any((v.team_id, v.slot_id) == (team_id, slot_id) for v in draft.held if v != but)
