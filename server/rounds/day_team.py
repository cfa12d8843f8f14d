"""Who waits for a mentor in a team's room, and the earlier notes that this mentor may read."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, or_, select

from server.accounts import audit
from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Participation
from server.mentoring import queries
from server.mentoring.models import Mentor, Round, Slot, Team
from server.rooms import present
from server.rounds.models import Note, NoteReaders


class Waiting(NamedTuple):
    """A team in its room: each seat's state in order, how many are there, and who leads."""

    seats: list[str]
    here: int
    lead: str


class Earlier(NamedTuple):
    """A note of an earlier visit, as its reader sees it."""

    note: Note
    author: str
    round_: int
    slot: int


async def waiting(db: Db, team: Team, *, now: datetime) -> Waiting:
    """Who of a team is in its room."""
    members = (await queries.members_of(db, [team.id])).get(team.id, [])
    found = select(Participation.account_id, Participation.id).where(
        Participation.event_id == team.event_id,
        col(Participation.account_id).in_([m.account_id for m in members if m.account_id]),
    )
    people = dict((await db.exec(found)).all())
    rooms = [team.room_id] if team.room_id else []
    there = {each.participation_id for each in await present.people(db, rooms, now=now)}
    here = [m.account_id is not None and people.get(m.account_id) in there for m in members]
    lead = next((m.name for m in members if m.is_lead), "")
    return Waiting(["here" if each else "open" for each in here], sum(here), lead)


async def earlier_notes(db: Db, mentor: Mentor, team: Team) -> list[Earlier]:
    """The notes on a team that a mentor may read, the newest first: one's own, and those that
    their authors let the team's other mentors read.
    """
    found = (
        select(Note, Account.name, Round.number, Slot.number)
        .join(Participation, col(Participation.id) == col(Note.author_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .join(Slot, col(Slot.id) == col(Note.slot_id))
        .join(Round, col(Round.id) == col(Slot.round_id))
        .where(
            Note.team_id == team.id,
            Note.body != "",
            or_(
                col(Note.author_id) == mentor.participation_id,
                col(Note.readers) == NoteReaders.MENTORS,
            ),
        )
        .order_by(col(Round.number).desc(), col(Slot.number).desc())
    )
    return [Earlier(*row) for row in (await db.exec(found)).all()]


async def note_reading(
    db: Db, notes: list[Earlier], *, mentor: Mentor, reader: UUID, now: datetime
) -> None:
    """Keep that somebody has read notes of others.

    Args:
        reader: the account.
    """
    for each in notes:
        if each.note.author_id != mentor.participation_id:
            await audit.note(
                db,
                actor=reader,
                verb="note.read",
                object=audit.about("note", each.note.id),
                now=now,
                team=str(each.note.team_id),
            )
