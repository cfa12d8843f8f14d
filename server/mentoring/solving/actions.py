"""A search for the best plan, from being asked for to its end, in the caller's transaction.

Organizers ask and cancel; the worker begins, keeps what is found and ends. A draft's plan is
written over only while it is what the search itself left.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.mentoring import queries
from server.mentoring.matching.solved import Solved
from server.mentoring.plans import actions as plans
from server.mentoring.plans import rows as plan_rows
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.models import Plan, PlanState, Solving, SolvingState
from server.mentoring.plans.planning import Planning
from server.mentoring.plans.rules import Visit
from server.mentoring.solving import weights, wire
from server.mentoring.solving.weights import Level

ACTIVE: Final = (SolvingState.ASKED, SolvingState.RUNNING)
SILENT_AFTER: Final = timedelta(seconds=15)


class SolvingRuns(DomainError):
    """Somebody has asked for a search already, and it is not over."""

    code = "solving_runs"


async def ask(db: Db, draft: Planning, *, near: bool, actor: UUID, now: datetime) -> Solving:
    """Ask for the best plan of a draft; a worker begins soon.

    Raises:
        SolvingRuns: one is being looked for.
    """
    active = select(Solving.id).where(
        Solving.plan_id == draft.plan.id, col(Solving.state).in_(ACTIVE)
    )
    if (await db.exec(active)).first() is not None:
        raise SolvingRuns
    solving = Solving(
        plan_id=draft.plan.id, near=near, asked_by=actor, asked_at=now, plan_v=draft.plan.v
    )
    db.add(solving)
    await db.flush()
    return solving


async def cancel(db: Db, plan: Plan, *, now: datetime) -> None:
    """End the search, if there is one. What it has found until now stays."""
    await db.exec(
        update(Solving)
        .where(col(Solving.plan_id) == plan.id, col(Solving.state).in_(ACTIVE))
        .values(state=SolvingState.CANCELLED, ended_at=now)
    )


async def take(db: Db, draft: Planning, solving: Solving, *, actor: UUID, now: datetime) -> None:
    """Let the draft say what was found while somebody changed it. What was can be had back."""
    found = [v for v in wire.to_visits(solving.visits or []) if plans.is_possible(draft, v)]
    begun = [v for v in draft.held if v.slot_id in draft.fixed]
    await plans.take(db, draft, [*begun, *found], v=draft.plan.v, actor=actor, now=now)
    solving.plan_v = draft.plan.v
    db.add(solving)


async def weigh(
    db: Db,
    draft: Planning,
    levels: Mapping[str, Level],
    *,
    before: Mapping[str, Level],
    actor: UUID,
    now: datetime,
) -> None:
    """How much each reason counts from now on. The visits stay until a search is asked for.

    Raises:
        PlanChanged: somebody else has weighed the reasons since `before` was looked at.
    """
    plan = draft.plan
    if weights.levels(plan) != before:
        raise PlanChanged
    can_go_back = plan_rows.before(plan) is not None
    plan.weights = weights.points(levels)
    await plan_rows.saved(db, plan, actor=actor, now=now)
    if can_go_back:
        plan.before_v = plan.v


async def is_due(db: Db, *, now: datetime) -> bool:
    """Whether a search waits for a worker, or has lost its own."""
    silent = (col(Solving.state) == SolvingState.RUNNING) & (
        col(Solving.beat_at) < now - SILENT_AFTER
    )
    found = select(Solving.id).where((col(Solving.state) == SolvingState.ASKED) | silent).limit(1)
    return (await db.exec(found)).first() is not None


async def begin(db: Db, *, but: Collection[UUID], most: int, now: datetime) -> list[Solving]:
    """What was asked for and waits, the eldest first, now in the hands of the caller."""
    waiting = select(Solving).where(
        Solving.state == SolvingState.ASKED, col(Solving.id).not_in(but)
    )
    eldest = waiting.order_by(col(Solving.asked_at)).limit(most)
    found = list((await db.exec(eldest.with_for_update(skip_locked=True))).all())
    for solving in found:
        solving.state, solving.beat_at = SolvingState.RUNNING, now
        db.add(solving)
    return found


async def beat(db: Db, solving_id: UUID, *, gap: float | None, now: datetime) -> bool:
    """A sign of life, with the gap that the solver tells of; whether it is still wanted."""
    found = await db.exec(
        update(Solving)
        .where(col(Solving.id) == solving_id, col(Solving.state) == SolvingState.RUNNING)
        .values(beat_at=now, told_gap=gap)
    )
    return bool(found.rowcount)


async def keep(db: Db, solving_id: UUID, solved: Solved, *, points: int, now: datetime) -> bool:
    """Keep a plan that was found, in the draft too; whether the search is still wanted."""
    plan_id = (await db.exec(select(Solving.plan_id).where(Solving.id == solving_id))).first()
    plan = await _held(db, plan_id) if plan_id else None
    solving = await _running(db, solving_id)
    if plan is None or solving is None:
        return False
    if plan.state is PlanState.DRAFT and plan.v == solving.plan_v:
        locks = {
            Visit(row.slot_id, row.team_id, row.mentor_id): row.locked
            for row in await queries.assignments_of(db, plan)
        }
        wanted = {visit: locks.get(visit, False) for visit in solved.visits}
        going_on = solving.visits is not None
        actor = solving.asked_by
        await plan_rows.replace_all(db, plan, wanted, actor=actor, now=now, going_on=going_on)
        solving.plan_v = plan.v
    solving.visits = wire.visits(solved.visits)
    solving.points, solving.gap = points, solved.gap
    solving.uncovered, solving.fewest = solved.uncovered, solved.fewest
    solving.in_time, solving.beat_at = solved.in_time, now
    db.add(solving)
    return True


async def end(db: Db, solving_id: UUID, state: SolvingState, *, now: datetime) -> None:
    """A search that runs has come to its end."""
    await db.exec(
        update(Solving)
        .where(col(Solving.id) == solving_id, col(Solving.state) == SolvingState.RUNNING)
        .values(state=state, ended_at=now)
    )


async def give_up_silent(db: Db, *, now: datetime) -> None:
    """Searches that give no sign of life any more have come to their end: their worker is gone."""
    await db.exec(
        update(Solving)
        .where(
            col(Solving.state) == SolvingState.RUNNING, col(Solving.beat_at) < now - SILENT_AFTER
        )
        .values(state=SolvingState.BROKEN, ended_at=now)
    )


async def _held(db: Db, plan_id: UUID) -> Plan | None:
    found = select(Plan).where(Plan.id == plan_id).with_for_update()
    return (await db.exec(found.execution_options(populate_existing=True))).one_or_none()


async def _running(db: Db, solving_id: UUID) -> Solving | None:
    found = select(Solving).where(Solving.id == solving_id).with_for_update()
    solving = (await db.exec(found.execution_options(populate_existing=True))).one_or_none()
    return solving if solving and solving.state is SolvingState.RUNNING else None
