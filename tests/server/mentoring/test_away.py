"""A mentor who cannot come any more: out of what is to come, and back again."""

from collections.abc import AsyncIterator

import pytest

from server.core import clock
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.models import Availability
from server.mentoring.plans.models import PlanState, SolvingState
from server.mentoring.solving import queries
from server.mentoring.solving.solvers import Solvers
from tests.server.mentoring.planned import Desk, at_desk, planning, visits_now
from tests.support.training import Sizes
from tests.support.waiting import until
from tests.support.web import Site

SIZES = Sizes(teams=6, members=2, mentors=4, due=3, rounds=2, slots=2)


@pytest.fixture
async def desk(site: Site) -> AsyncIterator[Desk]:
    async with at_desk(site, SIZES) as found:
        yield found


async def free(desk: Desk, site: Site) -> set[bool]:
    """What is said of the first mentor's slots."""
    async with site.database.reading() as db:
        return set((await mentor_queries.free_in(db, desk.held.mentors[0])).values())


async def test_who_cannot_come_leaves_a_draft_that_changes_little(desk: Desk, site: Site) -> None:
    held, mentor = desk.held, desk.held.mentors[0]
    before = await visits_now(site.database, held, PlanState.PUBLISHED)
    lost = {v for v in before if v.mentor_id == mentor.id}
    assert lost
    assert await desk.send(f"mentors/{mentor.id}/away") == 303
    assert desk.last.headers["location"].endswith("/plans/2/assignment?done=away")
    assert await free(desk, site) == {False}
    async with Solvers(site.database) as solvers:
        await solvers.look()
        plan = (await planning(site.database, held, 2)).plan

        async def over() -> bool:
            async with site.database.reading() as db:
                found = await queries.newest(db, plan, now=clock.now())
            return found is not None and found.solving.state is SolvingState.DONE

        await until(over)
    after = await visits_now(site.database, held)
    assert not {v for v in after if v.mentor_id == mentor.id}
    assert {(v.team_id, v.slot_id) for v in before - lost} <= {
        (v.team_id, v.slot_id) for v in after
    }
    assert before - after == lost  # nobody else has moved
    assert "これからの枠から外してあります。" in (await desk.look(f"mentors/{mentor.id}")).text


async def test_who_can_come_again_is_free_where_one_was_before(desk: Desk, site: Site) -> None:
    mentor = desk.held.mentors[0]
    never = desk.held.slots[desk.held.rounds[1].id][1]
    async with site.database.writing() as db:
        db.add(Availability(mentor_id=mentor.id, slot_id=never.id, free=False))
    assert await desk.send(f"mentors/{mentor.id}/away") == 303
    assert await desk.send(f"mentors/{mentor.id}/back") == 303
    async with site.database.reading() as db:
        said = await mentor_queries.free_in(db, mentor)
    assert {slot for slot, is_free in said.items() if not is_free} == {never.id}
    assert "この先、来られなくなった…" in (await desk.look(f"mentors/{mentor.id}")).text
