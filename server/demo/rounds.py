"""The rounds of the training that is announced, and the plan of who visits whom."""

from datetime import datetime, timedelta
from typing import Final

from server.core.db import Db
from server.events.models import Event, Session
from server.mentoring import queries
from server.mentoring.models import Round, Slot
from server.mentoring.plans import rules
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.schedule import rounds as schedule

BEGINS: Final = timedelta(minutes=15)  # after its session
SLOTS: Final = 3
LENGTH: Final = 13 * 60
TRAVEL: Final = 2 * 60


async def fill(db: Db, event: Event, now: datetime) -> None:
    """A round in each session for rounds, with a published plan; those there move with the days."""
    sessions = await schedule.sessions_of(db, event)
    known = await queries.rounds_of(db, event.id)
    for round_, session in zip(known, sessions, strict=False):
        _within(round_, session)
        db.add(round_)
    if known:
        return
    for number, session in enumerate(sessions, start=1):
        round_ = Round(
            event_id=event.id,
            session_id=session.id,
            number=number,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        _within(round_, session)
        db.add(round_)
        await db.flush()
        db.add_all(
            Slot(round_id=round_.id, number=n + 1, offset=n * (LENGTH + TRAVEL), length=LENGTH)
            for n in range(SLOTS)
        )
    await db.flush()
    await _publish(db, event, now)


def _within(round_: Round, session: Session) -> None:
    round_.starts_at = session.starts_at + BEGINS
    round_.ends_at = round_.starts_at + timedelta(seconds=SLOTS * (LENGTH + TRAVEL) - TRAVEL)


async def _publish(db: Db, event: Event, now: datetime) -> None:
    """A plan filled by the simple rule; what does not fit stays open, for an organizer to see."""
    plan = Plan(
        event_id=event.id,
        number=1,
        state=PlanState.PUBLISHED,
        created_at=now,
        saved_at=now,
        published_at=now,
    )
    db.add(plan)
    await db.flush()
    visits = rules.fill(await queries.board_of(db, event.id), fixed=[])
    db.add_all(Assignment(plan_id=plan.id, **visit._asdict()) for visit in visits)
    await db.flush()
