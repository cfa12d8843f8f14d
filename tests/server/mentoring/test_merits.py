"""What a mentor and a team are worth to each other, by what both have said, now and before."""

import pytest

from server.accounts.models import Account
from server.core.db import Database
from server.events.models import Participation
from server.mentoring import queries
from server.mentoring.matching.worth import Reason
from server.mentoring.models import Apart, Conflict, ConflictSource, Team
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.planning import planning_of
from server.mentoring.solving.merits import Merits, hash_of, merits_of
from server.organizations.models import Organization
from tests.server.mentoring.planned import BEGINS, changed, training, visits_now
from tests.support.training import Held, Sizes

ONE = Sizes(teams=2, members=1, mentors=2)
PUBLISHED = PlanState.PUBLISHED


@pytest.fixture
async def held(database: Database) -> Held:
    return await training(database, ONE)


async def merits(database: Database, held: Held) -> Merits:
    async with database.reading() as db:
        plan = await queries.plan_in(db, held.event.id, PUBLISHED)
        assert plan is not None
        return await merits_of(db, await planning_of(db, held.event, plan))


async def the_year_before(database: Database, held: Held) -> tuple[Held, Organization]:
    """Another training, in which the first mentor has met the first team's organization."""
    before = await training(database, ONE, slug="before")
    visits = await visits_now(database, before, PUBLISHED)
    met = next(v.team_id for v in visits if v.mentor_id == before.mentors[0].id)
    before.teams.sort(key=lambda team: team.id != met)  # the one whom it has met first
    async with database.writing() as db:
        organization = Organization(name="見本の会", created_at=BEGINS)
        db.add(organization)
        await db.flush()
        for team in (held.teams[0], before.teams[0]):
            (await db.get_one(Team, team.id)).organization_id = organization.id
        now = await db.get_one(Participation, held.mentors[0].participation_id)
        then = await db.get_one(Participation, before.mentors[0].participation_id)
        then.account_id = (await db.get_one(Account, now.account_id)).id
    return before, organization


async def test_a_region_counts_for_all_that_lie_in_it(database: Database, held: Held) -> None:
    await changed(database, held.teams[0], region="見本県 見本町")
    await changed(database, held.teams[1], region="他県 見本町")
    await changed(database, held.mentors[0], regions=["見本県", ""])
    found = (await merits(database, held)).earned
    mentor = held.mentors[0].id
    assert Reason.REGION in found[mentor, held.teams[0].id]
    assert Reason.REGION not in found[mentor, held.teams[1].id]


async def test_without_a_common_language_there_are_no_points_for_it(
    database: Database, held: Held
) -> None:
    await changed(database, held.teams[0], languages=["en", "vi"])
    await changed(database, held.mentors[0], languages=["ja", "en"])
    found = (await merits(database, held)).earned
    both = [Reason.LANGUAGE in found[m.id, held.teams[0].id] for m in held.mentors]
    assert both == [True, False]  # who has said nothing speaks Japanese


async def test_who_has_met_before_is_known_again(database: Database, held: Held) -> None:
    await the_year_before(database, held)
    found = (await merits(database, held)).earned
    pairs = [(m.id, t.id) for m in held.mentors for t in held.teams]
    assert [pair for pair in pairs if Reason.MET in found[pair]] == pairs[:1]


async def test_what_was_said_against_an_organization_before_still_holds(
    database: Database, held: Held
) -> None:
    before, organization = await the_year_before(database, held)
    async with database.writing() as db:
        mentor_id, source = before.mentors[0].id, ConflictSource.MENTOR
        team_id = before.teams[0].id  # of the team then, so of its organization
        db.add(Conflict(mentor_id=mentor_id, team_id=team_id, source=source, at=BEGINS))
    found = await merits(database, held)
    pair = held.mentors[0].id, held.teams[0].id
    assert found.apart == {pair: Apart.FORMER}
    async with database.reading() as db:
        assert (await queries.board_of(db, held.event.id)).apart == {pair}
    await changed(database, held.mentors[0], organization_id=organization.id)
    assert (await merits(database, held)).apart == {pair: Apart.ORGANIZATION}


async def test_what_was_asked_for_is_named_whatever_is_locked(
    database: Database, held: Held
) -> None:
    async def named() -> str:
        async with database.reading() as db:
            plan = await queries.plan_in(db, held.event.id, PUBLISHED)
            assert plan is not None
            planning = await planning_of(db, held.event, plan)
            return hash_of((await merits_of(db, planning)).task(planning))

    first = await named()
    assert await named() == first
    await changed(database, held.mentors[0], capacity=1)
    assert await named() != first
