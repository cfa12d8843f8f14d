"""Who waits for a mentor in a team's room, and that the mentor has read notes of others."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.accounts import audit
from server.core.db import Db
from server.events.models import Participation
from server.mentoring import queries
from server.mentoring.models import Mentor, Team
from server.rooms import present
from server.rounds.reading import Written


class Waiting(NamedTuple):
    """A team in its room: each seat's state in order, how many are there, and who leads.

    `with_you`: the mentor is in the room too.
    """

    seats: list[str]
    here: int
    lead: str
    with_you: bool


async def waiting(db: Db, mentor: Mentor, team: Team, *, now: datetime) -> Waiting:
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
    seats = ["here" if each else "open" for each in here]
    return Waiting(seats, sum(here), lead, mentor.participation_id in there)


async def note_reading(
    db: Db, notes: list[Written], *, mentor: Mentor, reader: UUID, now: datetime
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
