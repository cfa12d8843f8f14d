"""The search for the best plan: one at a time, kept step by step, and nothing lost when it ends."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from server.core import clock
from server.core.db import Database
from server.mentoring.matching.solved import Solved
from server.mentoring.matching.solver import best
from server.mentoring.plans import actions as plans
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.models import Plan, Solving, SolvingState
from server.mentoring.plans.rules import Visit
from server.mentoring.solving import actions as solvings
from server.mentoring.solving import queries
from server.mentoring.solving.actions import SolvingRuns
from server.mentoring.solving.weights import USUAL, Level
from tests.server.mentoring.planned import (
    draft,
    planning,
    put,
    visit,
    visits_now,
)
from tests.server.mentoring.searches import act, ask, begun, kept, solving_now, task_of
from tests.support.training import Held


async def test_of_two_organizers_the_second_is_told_and_nothing_is_lost(
    database: Database, held: Held
) -> None:
    await draft(database, held)
    first = await ask(database, held)
    with pytest.raises(SolvingRuns):
        await ask(database, held)
    await begun(database)
    with pytest.raises(SolvingRuns):
        await ask(database, held)
    async with database.writing() as db:
        await solvings.end(db, first, SolvingState.DONE, now=clock.now())
    await ask(database, held)


async def test_control_the_database_holds_one_search_for_a_draft_alone(
    database: Database, held: Held
) -> None:
    await draft(database, held)
    first = await solving_now(database, await ask(database, held))
    second = Solving(**first.model_dump(exclude={"id", "state"}), state=SolvingState.RUNNING)
    with pytest.raises(IntegrityError):
        async with database.writing() as db:
            db.add(second)


async def test_a_draft_that_somebody_changed_is_not_written_over(
    database: Database, held: Held
) -> None:
    await draft(database, held, [])
    solving_id = await ask(database, held)
    await begun(database)
    found = best(await task_of(database, held))
    mine = visit(held, 0, 0, 3)
    await act(database, held, plans.put, put(mine))
    assert await kept(database, solving_id, found)
    assert await visits_now(database, held) == {mine}
    async with database.writing() as db:
        await solvings.end(db, solving_id, SolvingState.DONE, now=clock.now())
    solving = await solving_now(database, solving_id)
    async with database.reading() as db:
        plan = await db.get_one(Plan, solving.plan_id)
        search = await queries.newest(db, plan, now=clock.now())
    assert search
    assert search.waits(plan, {mine})
    await act(database, held, solvings.take, solving)
    assert await visits_now(database, held) == found.visits
    await act(database, held, plans.undo, v=plan.v + 1)
    assert await visits_now(database, held) == {mine}


async def test_who_cancels_keeps_what_was_found_until_then(database: Database, held: Held) -> None:
    await draft(database, held, [])
    solving_id = await ask(database, held)
    await begun(database)
    task = await task_of(database, held)
    found = best(task)
    poor = Solved(
        visits=frozenset(sorted(found.visits)[:3]),
        points=0,
        uncovered=9,
        fewest=0,
        most=found.points,
        in_time=False,
    )
    assert await kept(database, solving_id, poor)
    assert await visits_now(database, held) == poor.visits
    async with database.writing() as db:
        plan = await db.get_one(Plan, (await solving_now(database, solving_id)).plan_id)
        await solvings.cancel(db, plan, now=clock.now())
        assert not await solvings.beat(db, solving_id, gap=None, now=clock.now())
    assert not await kept(database, solving_id, found)
    assert await visits_now(database, held) == poor.visits
    assert (await solving_now(database, solving_id)).state is SolvingState.CANCELLED
    await act(database, held, plans.undo, v=plan.v)
    assert await visits_now(database, held) == set()


async def test_later_steps_leave_what_can_be_had_back(database: Database, held: Held) -> None:
    before = [visit(held, 1, 1, 1)]
    await draft(database, held, before)
    solving_id = await ask(database, held)
    await begun(database)
    found = best(await task_of(database, held))
    for count in (2, 4, len(found.visits)):
        part = Solved(
            visits=frozenset(sorted(found.visits)[:count]),
            points=0,
            uncovered=0,
            fewest=0,
            most=0,
            in_time=True,
        )
        assert await kept(database, solving_id, part)
    plan = (await planning(database, held, 2)).plan
    await act(database, held, plans.undo, v=plan.v)
    assert await visits_now(database, held) == set(before)


async def test_a_search_whose_worker_is_gone_is_given_up_and_can_be_asked_for_again(
    database: Database, held: Held
) -> None:
    await draft(database, held)
    solving_id = await ask(database, held)
    await begun(database)
    soon = clock.now() + solvings.SILENT_AFTER - timedelta(seconds=1)
    for now, state in (
        (soon, SolvingState.RUNNING),
        (soon + timedelta(seconds=2), SolvingState.BROKEN),
    ):
        async with database.writing() as db:
            await solvings.give_up_silent(db, now=now)
        assert (await solving_now(database, solving_id)).state is state
    await ask(database, held)


async def test_a_draft_that_is_thrown_away_takes_its_search_along(
    database: Database, held: Held
) -> None:
    await draft(database, held)
    solving_id = await ask(database, held)
    await begun(database)
    found = best(await task_of(database, held))
    async with database.writing() as db:
        await plans.discard(db, await plans.held(db, held.event, 2))
    assert not await kept(database, solving_id, found)
    async with database.reading() as db:
        assert (await db.exec(select(Solving))).all() == []


async def test_weights_follow_the_draft_and_the_second_to_weigh_is_told(
    database: Database, held: Held
) -> None:
    await draft(database, held)
    usual = dict.fromkeys(USUAL, Level.USUAL)
    none = dict.fromkeys(USUAL, Level.NOT)
    await act(database, held, solvings.weigh, none, before=usual)
    task = await task_of(database, held)
    assert set(task.worth.values()) == {0}
    assert task.load == 0
    with pytest.raises(PlanChanged):
        await act(database, held, solvings.weigh, usual, before=usual)


async def test_visits_of_who_is_gone_do_not_come_back(database: Database, held: Held) -> None:
    await draft(database, held, [])
    solving_id = await ask(database, held)
    await begun(database)
    found = best(await task_of(database, held))
    await act(database, held, plans.put, put(visit(held, 0, 0, 3)))
    assert await kept(database, solving_id, found)
    strange = [str(Visit(*([held.event.id] * 3))[0])] * 3
    async with database.writing() as db:
        solving = await db.get_one(Solving, solving_id)
        solving.visits = [*(solving.visits or []), strange]
        db.add(solving)
    await act(database, held, solvings.take, solving)
    assert await visits_now(database, held) == found.visits
