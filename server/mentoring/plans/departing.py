"""Who takes part no more makes and gets no visit that has not begun, neither by the plan that holds
nor in the draft. What was held stays, for the records.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select

from server.core.db import Db
from server.mentoring.models import Mentor, Slot, Team
from server.mentoring.plans import mails
from server.mentoring.plans.models import Assignment, Plan, PlanState


async def of_team(db: Db, gone: Team, *, now: datetime) -> None:
    """Take a team out of the event's plans. Mentors who would have come are owed a mail."""
    for plan, mentors in await _taken_out(db, gone.event_id, col(Assignment.team_id) == gone.id):
        if plan.state is PlanState.PUBLISHED:
            await mails.owe(db, plan, [], mentors, now=now)


async def of_mentor(db: Db, gone: Mentor) -> None:
    """Take a mentor, whom the plan that holds does not send anywhere, out of the draft."""
    await _taken_out(db, gone.event_id, col(Assignment.mentor_id) == gone.id)


async def _taken_out(
    db: Db, event_id: UUID, whose: ColumnElement[bool]
) -> list[tuple[Plan, set[UUID]]]:
    """Delete the visits; the plans that had some, held until the transaction ends, each with the
    mentors of those.
    """
    current = col(Plan.state).in_([PlanState.DRAFT, PlanState.PUBLISHED])
    plans = select(Plan).where(Plan.event_id == event_id, current).order_by(col(Plan.id))
    held = plans.with_for_update().execution_options(populate_existing=True)
    to_come = select(Slot.id).where(col(Slot.begun).is_(False))
    changed = []
    for plan in (await db.exec(held)).all():
        visits = col(Assignment.plan_id) == plan.id, whose, col(Assignment.slot_id).in_(to_come)
        mentors = set((await db.exec(select(Assignment.mentor_id).where(*visits))).all())
        if mentors:
            await db.exec(delete(Assignment).where(*visits))
            plan.v += 1
            db.add(plan)
            changed.append((plan, mentors))
    return changed
