"""Drafts: cells change places, what is locked stays, of two organizers the second is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from server.core.db import Database
from server.mentoring import queries
from server.mentoring.models import RoundState
from server.mentoring.plans import actions as plans
from server.mentoring.plans import rules
from server.mentoring.plans.actions import (
    PlanChanged,
    Put,
    VisitChanged,
    VisitLocked,
    VisitPast,
)
from server.mentoring.plans.models import Plan, PlanState
from server.mentoring.plans.rules import Visit
from tests.server.mentoring.planned import (
    BEGINS,
    changed,
    draft,
    planning,
    put,
    slots_of,
    visit,
    visits_now,
)
from tests.support.training import Held


async def do_put(database: Database, held: Held, wanted: Put) -> None:
    async with database.writing() as db:
        kept = await plans.held(db, held.event, 2)
        await plans.put(db, kept, wanted, actor=held.organizer.account_id, now=BEGINS)


async def do_lock(database: Database, held: Held, meant: Visit, *, on: bool = True) -> None:
    async with database.writing() as db:
        kept = await plans.held(db, held.event, 2)
        await plans.lock(db, kept, meant, on=on, actor=held.organizer.account_id, now=BEGINS)


async def do_fill(database: Database, held: Held, *, anew: bool) -> int:
    async with database.writing() as db:
        kept = await plans.held(db, held.event, 2)
        actor = held.organizer.account_id
        return await plans.fill(db, kept, anew=anew, actor=actor, now=BEGINS)


async def test_a_draft_is_a_copy_of_what_is_published_and_there_is_one(
    database: Database, held: Held
) -> None:
    assert await draft(database, held) == 2
    assert await draft(database, held) == 2
    published = await visits_now(database, held, PlanState.PUBLISHED)
    assert len(published) == 12
    assert await visits_now(database, held) == published


async def test_control_the_database_holds_one_draft_alone(database: Database, held: Held) -> None:
    await draft(database, held)
    with pytest.raises(IntegrityError):
        async with database.writing() as db:
            db.add(Plan(event_id=held.event.id, number=9, created_at=BEGINS, saved_at=BEGINS))


async def test_a_team_comes_into_an_empty_cell(database: Database, held: Held) -> None:
    await draft(database, held, [visit(held, 0, 0, 0)])
    wanted = visit(held, 1, 1, 1)
    await do_put(database, held, put(wanted))
    assert await visits_now(database, held) == {visit(held, 0, 0, 0), wanted}


async def test_a_team_that_is_visited_in_the_round_changes_places(
    database: Database, held: Held
) -> None:
    stays = visit(held, 0, 2, 0)  # in the second round
    await draft(database, held, [visit(held, 0, 0, 0), visit(held, 1, 1, 1), stays])
    await do_put(database, held, put(visit(held, 0, 0, 1), was=held.teams[0].id))
    assert await visits_now(database, held) == {
        visit(held, 0, 0, 1),
        visit(held, 1, 1, 0),
        stays,
    }
    await do_put(database, held, put(visit(held, 1, 1, 1), was=held.teams[0].id))  # and back
    assert await visits_now(database, held) == {
        visit(held, 0, 0, 0),
        visit(held, 1, 1, 1),
        stays,
    }


async def test_a_team_moves_to_an_empty_cell_of_its_round(database: Database, held: Held) -> None:
    await draft(database, held, [visit(held, 0, 0, 0)])
    await do_put(database, held, put(visit(held, 1, 0, 0)))
    assert await visits_now(database, held) == {visit(held, 1, 0, 0)}


async def test_a_cell_is_emptied(database: Database, held: Held) -> None:
    one = visit(held, 0, 0, 0)
    await draft(database, held, [one])
    gone = Put(mentor_id=one.mentor_id, slot_id=one.slot_id, team_id=None, was=one.team_id)
    await do_put(database, held, gone)
    assert await visits_now(database, held) == set()


async def test_who_saw_another_team_in_the_cell_is_told_and_nothing_changes(
    database: Database, held: Held
) -> None:
    await draft(database, held, [visit(held, 0, 0, 0)])
    for was in (None, held.teams[1].id):
        with pytest.raises(VisitChanged):
            await do_put(database, held, put(visit(held, 0, 0, 2), was=was))
    assert await visits_now(database, held) == {visit(held, 0, 0, 0)}


@pytest.mark.parametrize("what", ["mentor_id", "slot_id", "team_id"])
async def test_what_is_not_of_the_event_is_refused(
    database: Database, held: Held, what: str
) -> None:
    await draft(database, held, [])
    strange = visit(held, 0, 0, 0)._replace(**{what: UUID(int=1)})
    with pytest.raises(VisitChanged):
        await do_put(database, held, put(strange))


async def test_a_locked_visit_does_not_move(database: Database, held: Held) -> None:
    one, other = visit(held, 0, 0, 0), visit(held, 1, 1, 1)
    await draft(database, held, [one, other])
    await do_lock(database, held, one)
    with pytest.raises(VisitLocked):
        await do_put(database, held, put(visit(held, 0, 0, 2), was=one.team_id))
    with pytest.raises(VisitLocked):
        await do_put(database, held, put(visit(held, 1, 1, 0), was=other.team_id))
    await do_lock(database, held, one, on=False)
    await do_put(database, held, put(visit(held, 0, 0, 2), was=one.team_id))
    assert visit(held, 0, 0, 2) in await visits_now(database, held)


async def test_only_a_visit_that_is_there_is_locked(database: Database, held: Held) -> None:
    await draft(database, held, [])
    with pytest.raises(VisitChanged):
        await do_lock(database, held, visit(held, 0, 0, 0))


async def test_filling_adds_what_is_missing_and_keeps_the_rest(
    database: Database, held: Held
) -> None:
    one = visit(held, 2, 1, 0)
    await draft(database, held, [one])
    assert await do_fill(database, held, anew=False) == 11
    found = await visits_now(database, held)
    assert one in found
    assert rules.review((await planning(database, held, 2)).board, found).count == 0


async def test_filling_anew_keeps_what_is_locked_alone(database: Database, held: Held) -> None:
    locked, loose = visit(held, 2, 1, 5), visit(held, 2, 0, 4)
    await draft(database, held, [locked, loose])
    await do_lock(database, held, locked)
    await do_fill(database, held, anew=True)
    found = await visits_now(database, held)
    assert locked in found
    assert loose not in found
    assert (await planning(database, held, 2)).held[locked]


async def test_what_has_begun_is_what_was_published(database: Database, held: Held) -> None:
    published = await visits_now(database, held, PlanState.PUBLISHED)
    await draft(database, held, [])
    late = BEGINS + timedelta(minutes=1)
    await changed(database, held.rounds[0], state=RoundState.OPEN, opened_at=late)
    first = slots_of(held)[:2]
    now = await planning(database, held, 2)
    assert set(now.visits) == {visit for visit in published if visit.slot_id in first}
    with pytest.raises(VisitPast):
        await do_put(database, held, put(visit(held, 0, 0, 5), was=held.teams[0].id))
    await do_fill(database, held, anew=True)
    assert {v for v in (await planning(database, held, 2)).visits if v.slot_id in first} == {
        visit for visit in published if visit.slot_id in first
    }


async def test_a_draft_thrown_away_is_gone(database: Database, held: Held) -> None:
    await draft(database, held)
    async with database.writing() as db:
        await plans.discard(db, await plans.held(db, held.event, 2))
    async with database.reading() as db:
        assert await queries.plan_in(db, held.event.id, PlanState.DRAFT) is None
    assert len(await visits_now(database, held, PlanState.PUBLISHED)) == 12


async def test_what_is_published_is_not_changed_in_place(database: Database, held: Held) -> None:
    with pytest.raises(PlanChanged):
        async with database.writing() as db:
            await plans.held(db, held.event, 1)


async def do_undo(database: Database, held: Held, v: int) -> None:
    async with database.writing() as db:
        kept = await plans.held(db, held.event, 2)
        await plans.undo(db, kept, v=v, actor=held.organizer.account_id, now=BEGINS)


async def test_what_the_simple_rule_replaced_can_be_had_back(
    database: Database, held: Held
) -> None:
    before = {visit(held, 0, 0, 0), visit(held, 0, 1, 1)}
    await draft(database, held, list(before))
    kept = visit(held, 0, 1, 1)
    await do_lock(database, held, kept)
    await do_fill(database, held, anew=True)
    assert await visits_now(database, held, PlanState.DRAFT) > {kept}
    v = (await planning(database, held, 2)).plan.v
    await do_undo(database, held, v)
    after = await planning(database, held, 2)
    assert after.held == {visit(held, 0, 0, 0): False, kept: True}
    with pytest.raises(PlanChanged):
        await do_undo(database, held, after.plan.v)


async def test_what_was_changed_since_is_not_lost_by_going_back(
    database: Database, held: Held
) -> None:
    await draft(database, held, [])
    await do_fill(database, held, anew=False)
    seen = (await planning(database, held, 2)).plan.v
    some = next(iter(await visits_now(database, held, PlanState.DRAFT)))
    await do_lock(database, held, some)
    for v in (seen, seen + 1):
        with pytest.raises(PlanChanged):
            await do_undo(database, held, v)
    assert some in await visits_now(database, held, PlanState.DRAFT)


async def test_going_back_leaves_a_round_alone_that_has_begun_since(
    database: Database, held: Held
) -> None:
    await draft(database, held, [])
    await do_fill(database, held, anew=False)
    filled = await visits_now(database, held, PlanState.DRAFT)
    begun = {slot.id for slot in held.slots[held.rounds[0].id]}
    await changed(database, held.rounds[0], state=RoundState.OPEN, opened_at=BEGINS)
    await do_undo(database, held, (await planning(database, held, 2)).plan.v)
    kept = {visit for visit in filled if visit.slot_id in begun}
    assert kept
    assert await visits_now(database, held, PlanState.DRAFT) == kept
