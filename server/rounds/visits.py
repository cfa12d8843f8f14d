"""The visits of a round as a person in it sees them: a team its mentors, a mentor the teams."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Participation
from server.mentoring.models import Mentor, Round, Slot, Team
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.schedule import timetable
from server.rounds.models import Lateness


class Visit(NamedTuple):
    """A visit with its time and both sides. `arrives_at`: the mentor has said to come later."""

    assignment_id: UUID
    number: int  # of the slot
    starts_at: datetime
    ends_at: datetime
    team_id: UUID
    team_number: int
    team_name: str
    room_id: UUID | None
    mentor_person: UUID
    mentor_name: str
    arrives_at: datetime | None
    on_the_way: bool

    def as_json(self) -> dict[str, Any]:
        """For a page; moments in ISO 8601, UTC."""
        return {
            "assignment": str(self.assignment_id),
            "slot": self.number,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "team": {"number": self.team_number, "name": self.team_name},
            "room": str(self.room_id) if self.room_id else None,
            "mentor": {"participation": str(self.mentor_person), "name": self.mentor_name},
            "arrives_at": self.arrives_at.isoformat() if self.arrives_at else None,
            "on_the_way": self.on_the_way,
        }


async def to_room(db: Db, round_: Round, room_id: UUID) -> list[Visit]:
    """The visits of a round to a team's room, in order."""
    return await _visits(db, round_, col(Team.room_id) == room_id)


async def of_mentor(db: Db, round_: Round, person: UUID) -> list[Visit]:
    """The visits of a round that a mentor makes, in order."""
    return await _visits(db, round_, col(Mentor.participation_id) == person)


async def all_of(db: Db, round_: Round) -> list[Visit]:
    """All visits of a round by the plan that holds, in the order of slots and teams."""
    return await _visits(db, round_)


async def _visits(db: Db, round_: Round, *which: ColumnElement[bool]) -> list[Visit]:
    found = (
        select(Assignment, Slot, Team, Mentor)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .join(Team, col(Team.id) == col(Assignment.team_id))
        .join(Mentor, col(Mentor.id) == col(Assignment.mentor_id))
        .where(Slot.round_id == round_.id, Plan.state == PlanState.PUBLISHED, *which)
        .order_by(col(Slot.number), col(Team.number))
    )
    rows = (await db.exec(found)).all()
    names, said = await _names(db, round_.event_id), await _said(db, round_)
    return [
        Visit(
            assignment.id,
            slot.number,
            *timetable.span_of(round_, slot),
            team.id,
            team.number or 0,
            team.name,
            team.room_id,
            mentor.participation_id,
            names[mentor.id],
            said.get((slot.id, mentor.id)),
            (slot.id, mentor.id) in said and said[slot.id, mentor.id] is None,
        )
        for assignment, slot, team, mentor in rows
    ]


async def _names(db: Db, event_id: UUID) -> dict[UUID, str]:
    """The names of an event's mentors."""
    found = (
        select(Mentor.id, Account.name)
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(Mentor.event_id == event_id)
    )
    return dict((await db.exec(found)).all())


async def _said(db: Db, round_: Round) -> dict[tuple[UUID, UUID], datetime | None]:
    """When mentors said that they come, by slot and mentor; None: they are on the way."""
    found = (
        select(Lateness)
        .join(Slot, col(Slot.id) == col(Lateness.slot_id))
        .where(Slot.round_id == round_.id)
    )
    return {(each.slot_id, each.mentor_id): each.arrives_at for each in await db.exec(found)}
