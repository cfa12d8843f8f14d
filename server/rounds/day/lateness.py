"""What a mentor says before a visit: on the way, later, or not at all. Team and board hear it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.mentoring import queries
from server.mentoring.models import Mentor, Round, RoundState, Slot, Team
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.schedule import timetable
from server.mentoring.schedule.timetable import Span
from server.rounds.board import desk_log
from server.rounds.models import Lateness

COMING: Final = "mentor.coming"
LATE: Final = "mentor.late"


class VisitOver(DomainError):
    """The visit is over, or somebody else makes it now."""

    code = "visit_over"


class Visit(NamedTuple):
    """A visit that a mentor is to make."""

    round_: Round
    slot: Slot
    team: Team
    mentor: Mentor

    @property
    def span(self) -> Span:
        """When it is."""
        return timetable.span_of(self.round_, self.slot)


async def coming(db: Db, slot_id: UUID, mentor: Mentor, *, name: str, now: datetime) -> Visit:
    """The mentor is on the way to the visit of a slot.

    Raises:
        VisitOver: the mentor has none there, or not any more.
    """
    visit = await _visit(db, slot_id, mentor, now)
    await _keep(db, visit, None, now)
    await _tell(db, visit, COMING, {"name": name}, now)
    return visit


async def late(
    db: Db, slot_id: UUID, mentor: Mentor, *, by: timedelta | None, name: str, now: datetime
) -> Visit:
    """The mentor comes later by so much, from now or from the slot's start; None: not at all.

    Raises:
        VisitOver: the mentor has no visit there, or not any more.
    """
    visit = await _visit(db, slot_id, mentor, now)
    starts_at, ends_at = visit.span
    arrives_at = ends_at if by is None else min(max(now, starts_at) + by, ends_at)
    await _keep(db, visit, arrives_at, now)
    said = {"name": name, "arrives_at": None if by is None else arrives_at.isoformat()}
    await _tell(db, visit, LATE, said, now)
    return visit


async def of_slot(db: Db, slot_id: UUID) -> dict[UUID, Lateness]:
    """What mentors have said about a slot, by mentor."""
    found = select(Lateness).where(Lateness.slot_id == slot_id)
    return {row.mentor_id: row for row in await db.exec(found)}


async def _visit(db: Db, slot_id: UUID, mentor: Mentor, now: datetime) -> Visit:
    found = (
        select(Round, Slot, Team)
        .join(Slot, col(Slot.round_id) == col(Round.id))
        .join(Assignment, col(Assignment.slot_id) == col(Slot.id))
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Team, col(Team.id) == col(Assignment.team_id))
        .where(
            Slot.id == slot_id,
            Assignment.mentor_id == mentor.id,
            Plan.state == PlanState.PUBLISHED,
        )
    )
    row = (await db.exec(found)).one_or_none()
    visit = Visit(*row, mentor) if row else None
    if visit is None or visit.round_.state is RoundState.CLOSED or visit.span.ends_at <= now:
        raise VisitOver
    return visit


async def _keep(db: Db, visit: Visit, arrives_at: datetime | None, now: datetime) -> None:
    postgres = db.get_bind().dialect.name == "postgresql"
    new = (postgresql.insert if postgres else sqlite.insert)(Lateness).values(
        slot_id=visit.slot.id, mentor_id=visit.mentor.id, arrives_at=arrives_at, at=now
    )
    said = {"arrives_at": new.excluded.arrives_at, "at": new.excluded.at}
    await db.exec(new.on_conflict_do_update(index_elements=["slot_id", "mentor_id"], set_=said))


async def _tell(db: Db, visit: Visit, what: str, said: Mapping[str, object], now: datetime) -> None:
    payload = {"number": visit.team.number, "slot": visit.slot.number, **said}
    await desk_log.tell(
        db,
        what,
        payload,
        session_id=visit.round_.session_id,
        room_id=visit.team.room_id,
        actor=visit.mentor.participation_id,
        now=now,
    )


async def accepted(db: Db, event_id: UUID, participation_id: UUID) -> Mentor | None:
    """The mentor that a participation is, once it has said yes."""
    mentors = await queries.mentors_of(db, event_id)
    return next((each for each in mentors if each.participation_id == participation_id), None)
