"""Publishing: in one transaction, from the draft that was looked at; who is concerned is told."""

import pytest

from server.core.db import Database
from server.events import told
from server.live import log
from server.mentoring import queries
from server.mentoring.models import (
    Availability,
    Conflict,
    ConflictSource,
    RoundState,
    TeamState,
)
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.mails import VISITS
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.publishing import PlanConflicts, PlanSame
from tests.server.mentoring.planned import (
    BEGINS,
    changed,
    draft,
    mailed,
    planning,
    slots_of,
    visit,
    visits_now,
)
from tests.server.mentoring.publishing import accounts_of, publish, swapped
from tests.support.training import Held


async def test_the_draft_holds_and_the_former_plan_is_kept(database: Database, held: Held) -> None:
    await swapped(database, held)
    wanted = await visits_now(database, held)
    before = await visits_now(database, held, PlanState.PUBLISHED)
    despite = (await planning(database, held, 2)).hard()
    await publish(database, held, despite=despite)
    assert await visits_now(database, held, PlanState.PUBLISHED) == wanted
    async with database.reading() as db:
        assert await queries.plan_in(db, held.event.id, PlanState.DRAFT) is None
        former = await planning(database, held, 1)
        published = await queries.plan_in(db, held.event.id, PlanState.PUBLISHED)
    assert former.plan.state is PlanState.FORMER
    assert set(former.visits) == before
    assert published
    assert (published.number, published.published_at) == (2, BEGINS)


async def test_those_concerned_are_owed_a_mail_and_nobody_else(
    database: Database, held: Held
) -> None:
    concerned = await swapped(database, held)
    await publish(database, held)
    assert await mailed(database, VISITS) == await accounts_of(database, held, list(concerned))


async def test_the_stream_of_the_event_tells_it_once(database: Database, held: Held) -> None:
    await swapped(database, held)
    await publish(database, held)
    async with database.reading() as db:
        events = await log.after(db, told.stream(held.event.id), 0)
    assert [(e.type, e.payload) for e in events] == [("plan.published", {"plan": 2})]


async def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(
    database: Database, held: Held
) -> None:
    await swapped(database, held)
    v = (await planning(database, held, 2)).plan.v
    before = await visits_now(database, held, PlanState.PUBLISHED)
    for wrong in (v - 1, v + 1):
        with pytest.raises(PlanChanged):
            await publish(database, held, v=wrong)
    assert await visits_now(database, held, PlanState.PUBLISHED) == before
    assert await mailed(database, VISITS) == set()
    await publish(database, held, v=v)


async def test_what_says_the_same_is_not_published(database: Database, held: Held) -> None:
    await draft(database, held)
    with pytest.raises(PlanSame):
        await publish(database, held)


async def test_conflicts_must_be_meant_and_gaps_need_not(database: Database, held: Held) -> None:
    bad, away = visit(held, 0, 0, 0), visit(held, 1, 1, 1)
    await draft(database, held, [bad, away, visit(held, 0, 2, 1), visit(held, 0, 3, 2)])
    async with database.writing() as db:
        db.add(
            Conflict(
                mentor_id=bad.mentor_id,
                team_id=bad.team_id,
                source=ConflictSource.MENTOR,
                at=BEGINS,
            )
        )
        db.add(Availability(mentor_id=away.mentor_id, slot_id=away.slot_id, free=False))
    for despite in (0, 1, 3):
        with pytest.raises(PlanConflicts) as refused:
            await publish(database, held, despite=despite)
        assert refused.value.details == {"count": 2}
    await publish(database, held, despite=2)
    assert len(await visits_now(database, held, PlanState.PUBLISHED)) == 4


async def test_a_second_time_is_only_a_hint(database: Database, held: Held) -> None:
    await draft(database, held, [visit(held, 0, 0, 0), visit(held, 0, 2, 0)])
    await publish(database, held)
    assert len(await visits_now(database, held, PlanState.PUBLISHED)) == 2


async def test_a_round_that_has_begun_keeps_what_was_repaired_in_it(
    database: Database, held: Held
) -> None:
    """Somebody replaces a mentor in the running round while another writes the draft."""
    await draft(database, held, [])
    published = await visits_now(database, held, PlanState.PUBLISHED)
    await changed(database, held.rounds[0], state=RoundState.OPEN)
    await publish(database, held)
    first = slots_of(held)[:2]
    assert await visits_now(database, held, PlanState.PUBLISHED) == {
        visit for visit in published if visit.slot_id in first
    }


async def test_a_team_that_left_is_not_in_the_plan_any_more(database: Database, held: Held) -> None:
    await draft(database, held)
    await changed(database, held.teams[0], state=TeamState.CANCELLED)
    with pytest.raises(PlanSame):  # the published plan does not count it either
        await publish(database, held)
    kept = (await planning(database, held, 2)).visits
    await draft(database, held, kept[1:])
    await publish(database, held)
    teams = {v.team_id for v in await visits_now(database, held, PlanState.PUBLISHED)}
    assert held.teams[0].id not in teams
