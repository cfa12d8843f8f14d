"""What the tests of publishing do: change a draft, let it hold, find who is concerned."""

from uuid import UUID

from server.core.db import Database
from server.mentoring.models import (
    Mentor,
    Team,
)
from server.mentoring.plans import actions as plans
from server.mentoring.plans import publishing as plan_publishing
from tests.server.mentoring.planned import (
    BEGINS,
    draft,
    put,
    slots_of,
    visits_now,
)
from tests.support.training import Held


async def publish(
    database: Database, held: Held, *, number: int = 2, v: int | None = None, despite: int = 0
) -> None:
    async with database.writing() as db:
        kept = await plans.held(db, held.event, number)
        await plan_publishing.publish(
            db,
            kept,
            v=kept.plan.v if v is None else v,
            despite=despite,
            actor=held.organizer.account_id,
            now=BEGINS,
        )


async def swapped(database: Database, held: Held) -> tuple[Team, Team, Mentor, Mentor]:
    """A draft in which two mentors of a slot have changed their teams."""
    number = await draft(database, held)
    slot = slots_of(held)[0]
    one, other, *_ = sorted(v for v in await visits_now(database, held) if v.slot_id == slot)
    async with database.writing() as db:
        kept = await plans.held(db, held.event, number)
        wanted = put(one._replace(team_id=other.team_id), was=one.team_id)
        await plans.put(db, kept, wanted, actor=held.organizer.account_id, now=BEGINS)
    teams = {team.id: team for team in held.teams}
    mentors = {mentor.id: mentor for mentor in held.mentors}
    return (
        teams[one.team_id],
        teams[other.team_id],
        mentors[one.mentor_id],
        mentors[other.mentor_id],
    )


async def accounts_of(database: Database, held: Held, who: list[Team | Mentor]) -> set[UUID]:
    """The accounts of those who sit in teams, and of mentors."""
    people = set()
    for one in who:
        if isinstance(one, Team):
            people |= {person.account_id for person in held.members[one.id]}
        else:
            async with database.reading() as db:
                participation = await db.get_one(type(held.organizer), one.participation_id)
            people.add(participation.account_id)
    return people
