"""Who reads a mentor's note: its author, organizers, and other mentors where it says so."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Participation
from server.mentoring.models import Mentor, Round, Slot, Team
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.rounds.models import Note, NoteReaders


class Written(NamedTuple):
    """A note with where it was written, and by whom."""

    note: Note
    round_number: int
    slot_number: int
    team_number: int
    team_name: str
    author: str


async def all_notes(db: Db, event_id: UUID) -> list[Written]:
    """Every note of an event that says anything, for organizers; by team and time."""
    return await _written(db, col(Note.event_id) == event_id)


async def earlier_notes(db: Db, team_id: UUID, person: UUID) -> list[Written]:
    """The notes on a team that a mentor who visits it may read; nobody else may ask.

    Nothing for who does not visit the team by the plan that holds.
    """
    own = col(Note.author_id) == person
    shared = col(Note.readers) == NoteReaders.MENTORS
    visiting = col(Note.team_id).in_(_teams_of(person))
    return await _written(db, col(Note.team_id) == team_id, visiting, or_(own, shared))


def _teams_of(person: UUID) -> SelectOfScalar[UUID]:
    return (
        select(Assignment.team_id)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Mentor, col(Mentor.id) == col(Assignment.mentor_id))
        .where(Mentor.participation_id == person, Plan.state == PlanState.PUBLISHED)
    )


async def _written(db: Db, *which: ColumnElement[bool]) -> list[Written]:
    found = (
        select(Note, Slot, Team, Account.name)
        .join(Slot, col(Slot.id) == col(Note.slot_id))
        .join(Round, col(Round.id) == col(Slot.round_id))
        .join(Team, col(Team.id) == col(Note.team_id))
        .join(Participation, col(Participation.id) == col(Note.author_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(col(Note.body) != "", *which)
        .order_by(col(Team.number), col(Round.number), col(Slot.number))
    )
    rows = (await db.exec(found)).all()
    numbers = await _numbers(db, {slot.round_id for _, slot, _, _ in rows})
    return [
        Written(note, numbers[slot.round_id], slot.number, team.number or 0, team.name, author)
        for note, slot, team, author in rows
    ]


async def _numbers(db: Db, round_ids: Collection[UUID]) -> dict[UUID, int]:
    found = select(Round.id, Round.number).where(col(Round.id).in_(round_ids))
    return dict((await db.exec(found)).all())
