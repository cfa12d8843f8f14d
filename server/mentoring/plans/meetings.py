"""The visits that a person makes or gets, by the plan that holds or one that did."""

from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Event, Participation
from server.mentoring.models import Mentor, Round, Slot, Team, TeamMember, TeamState
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.schedule import timetable
from server.mentoring.schedule.timetable import Span


class Meeting(NamedTuple):
    """A visit as its reader sees it: with whom, in which round, slot and room."""

    round: Round
    slot: int
    span: Span
    team: Team
    mentor: str
    mine: bool  # the reader is the mentor


async def meetings_of(
    db: Db, event: Event, account_id: UUID, *, plan: Plan | None = None
) -> list[Meeting]:
    """The visits that an account makes or gets, by their times.

    Args:
        plan: another one than the plan that holds.
    """
    by = Plan.id == plan.id if plan else Plan.state == PlanState.PUBLISHED
    own = select(TeamMember.team_id).where(
        TeamMember.account_id == account_id, col(TeamMember.until).is_(None)
    )
    found = (
        select(Slot, Round, Team, Account)
        .select_from(Assignment)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .join(Round, col(Round.id) == col(Slot.round_id))
        .join(Team, col(Team.id) == col(Assignment.team_id))
        .join(Mentor, col(Mentor.id) == col(Assignment.mentor_id))
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(
            Plan.event_id == event.id,
            by,
            Team.state == TeamState.REGISTERED,
            (col(Account.id) == account_id) | col(Assignment.team_id).in_(own),
        )
    )
    meetings = [
        Meeting(
            round_,
            slot.number,
            timetable.span_of(round_, slot),
            team,
            mentor.name,
            mentor.id == account_id,
        )
        for slot, round_, team, mentor in (await db.exec(found)).all()
    ]
    return sorted(meetings, key=lambda meeting: meeting.span.starts_at)
