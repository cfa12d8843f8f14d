"""The rows of a plan: what its visits are in the tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlmodel import col

from server.core.db import Db
from server.mentoring import queries
from server.mentoring.plans.models import Assignment, Plan
from server.mentoring.plans.rules import Visit


async def replace(db: Db, plan: Plan, wanted: dict[Visit, bool]) -> None:
    """Let the draft's rows be these. What comes may stand where something goes, so that goes
    first.
    """
    there = {
        Visit(row.slot_id, row.team_id, row.mentor_id): row
        for row in await queries.assignments_of(db, plan)
    }
    for visit, row in there.items():
        if visit not in wanted:
            await db.delete(row)
    await db.flush()
    db.add_all(assignment(plan, v, on) for v, on in wanted.items() if v not in there)
    await db.flush()


async def replace_all(
    db: Db,
    plan: Plan,
    wanted: dict[Visit, bool],
    *,
    actor: UUID,
    now: datetime,
    going_on: bool = False,
) -> None:
    """The same, saved; what the draft said before can be had back.

    Args:
        going_on: this follows on what replaced all before; what it replaced can be had back.
    """
    if not going_on:
        plan.before = [
            [str(row.slot_id), str(row.team_id), str(row.mentor_id), "locked" * row.locked]
            for row in await queries.assignments_of(db, plan)
        ]
    await replace(db, plan, wanted)
    plan.before_v = plan.v + 1
    await saved(db, plan, actor=actor, now=now)


def before(plan: Plan) -> dict[Visit, bool] | None:
    """What can be had back, locked or not; None: nothing, or something was changed since."""
    if plan.before is None or plan.before_v != plan.v:
        return None
    return {
        Visit(UUID(slot), UUID(team), UUID(mentor)): bool(locked)
        for slot, team, mentor, locked in plan.before
    }


async def take_out(db: Db, plan: Plan, visit: Visit) -> None:
    await db.exec(delete(Assignment).where(col(Assignment.plan_id) == plan.id, *is_(visit)))


def is_(visit: Visit) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Assignment.slot_id) == visit.slot_id,
        col(Assignment.team_id) == visit.team_id,
        col(Assignment.mentor_id) == visit.mentor_id,
    )


def assignment(plan: Plan, visit: Visit, locked: bool = False) -> Assignment:
    return Assignment(plan_id=plan.id, locked=locked, **visit._asdict())


async def saved(db: Db, plan: Plan, *, actor: UUID, now: datetime) -> None:
    plan.v, plan.saved_at, plan.saved_by = plan.v + 1, now, actor
    db.add(plan)
    await db.flush()
