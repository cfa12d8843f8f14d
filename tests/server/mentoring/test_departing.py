"""Who takes part no more is in no visit to come; what was held stays."""

import pytest

from server.core.db import Database
from server.mentoring.mentors import actions as mentors
from server.mentoring.mentors.actions import MentorDeparting
from server.mentoring.plans import actions as plans
from server.mentoring.plans.mails import VISITS
from server.mentoring.plans.models import PlanState
from server.mentoring.teams import actions as teams
from tests.server.mentoring.planned import (
    BEGINS,
    changed,
    draft,
    mailed,
    planning,
    put,
    training,
    visit,
    visits_now,
)
from tests.support.training import Held, Sizes


@pytest.fixture
async def held(database: Database) -> Held:
    """Two mentors are due, the third is free."""
    sizes = Sizes(teams=6, members=2, mentors=3, rounds=2, slots=2, due=2)
    return await training(database, sizes)


async def cancel(database: Database, held: Held, team: int) -> None:
    async with database.writing() as db:
        gone, actor = await db.get_one(type(held.teams[team]), held.teams[team].id), held.organizer
        await teams.cancel(db, held.event, gone, reason="", actor=actor.account_id, now=BEGINS)


async def test_a_cancelled_team_leaves_the_plan_and_its_mentors_are_told(
    database: Database, held: Held
) -> None:
    number = await draft(database, held)
    before = await visits_now(database, held, PlanState.PUBLISHED)
    theirs = {each for each in before if each.team_id == held.teams[0].id}
    await cancel(database, held, 0)
    assert theirs
    assert await visits_now(database, held, PlanState.PUBLISHED) == before - theirs
    assert await visits_now(database, held) == before - theirs
    of = {mentor.id: mentor.participation_id for mentor in held.mentors}
    async with database.reading() as db:
        concerned = {
            (await db.get_one(type(held.organizer), of[each.mentor_id])).account_id
            for each in theirs
        }
    assert await mailed(database, VISITS) == concerned
    async with database.writing() as db:  # where they were due, another team has place
        kept = await plans.held(db, held.event, number)
        gone = next(iter(theirs))
        other = gone._replace(team_id=next(iter(before - theirs)).team_id)
        await plans.put(db, kept, put(other), actor=held.organizer.account_id, now=BEGINS)
    assert other in (await planning(database, held, number)).held


async def test_what_has_begun_stays(database: Database, held: Held) -> None:
    before = await visits_now(database, held, PlanState.PUBLISHED)
    theirs = {each for each in before if each.team_id == held.teams[0].id}
    begun = held.slots[held.rounds[0].id]
    await changed(database, *begun, begun=True)
    await cancel(database, held, 0)
    kept = {each for each in theirs if each.slot_id in {slot.id for slot in begun}}
    assert kept
    assert await visits_now(database, held, PlanState.PUBLISHED) == (before - theirs) | kept


async def test_a_mentor_who_leaves_is_in_no_draft(database: Database, held: Held) -> None:
    meant = visit(held, 2, 0, 5)
    before = await visits_now(database, held, PlanState.PUBLISHED)
    crossing = {each for each in before if each[:2] == meant[:2]}
    await draft(database, held, [*(before - crossing), meant])
    actor = held.organizer.account_id
    async with database.writing() as db:
        for number in (2, 0):
            gone = await db.get_one(type(held.mentors[number]), held.mentors[number].id)
            if number:
                await mentors.take_back(db, held.event, gone, actor=actor, now=BEGINS)
                continue
            with pytest.raises(MentorDeparting):
                await mentors.take_back(db, held.event, gone, actor=actor, now=BEGINS)
    assert await visits_now(database, held) == before - crossing
