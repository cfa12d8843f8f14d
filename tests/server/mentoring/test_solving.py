"""The search for the best plan: one at a time, kept step by step, and nothing lost when it ends."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from server.core import clock
from server.core.db import Database
from server.mentoring.matching.solved import Solved
from server.mentoring.matching.solver import best
from server.mentoring.matching.task import Task
from server.mentoring.plans import actions as plans
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.models import Plan, Solving, SolvingState
from server.mentoring.plans.rules import Visit
from server.mentoring.solving import actions as solvings
from server.mentoring.solving import queries
from server.mentoring.solving.actions import SolvingRuns
from server.mentoring.solving.merits import merits_of
from server.mentoring.solving.progress import gap_in
from server.mentoring.solving.solvers import Solvers
from server.mentoring.solving.weights import USUAL, Level
from server.mentoring.wishes.models import Wish, WishBy
from tests.server.mentoring.planned import (
    BEGINS,
    draft,
    planning,
    put,
    training,
    visit,
    visits_now,
)
from tests.support.training import Held, Sizes


@pytest.fixture
async def held(database: Database) -> Held:
    return await training(database)


async def ask(database: Database, held: Held, *, near: bool = False) -> UUID:
    """Ask for the best plan of the draft."""
    async with database.writing() as db:
        kept = await plans.held(db, held.event, 2)
        actor = held.organizer.account_id
        return (await solvings.ask(db, kept, near=near, actor=actor, now=clock.now())).id


async def task_of(database: Database, held: Held, *, near: bool = False) -> Task:
    """What is asked for."""
    found = await planning(database, held, 2)
    async with database.reading() as db:
        return (await merits_of(db, found)).task(found, near=near)


async def begun(database: Database) -> None:
    """A worker has taken up what was asked for."""
    async with database.writing() as db:
        assert await solvings.begin(db, but=(), most=1, now=clock.now())


async def kept(database: Database, solving_id: UUID, solved: Solved) -> bool:
    """A plan was found."""
    async with database.writing() as db:
        return await solvings.keep(db, solving_id, solved, points=solved.points, now=clock.now())


async def solving_now(database: Database, solving_id: UUID) -> Solving:
    async with database.reading() as db:
        return await db.get_one(Solving, solving_id)


async def until_over(database: Database, solving_id: UUID) -> Solving:
    """Wait for the end."""
    async with asyncio.timeout(60):
        while (now := await solving_now(database, solving_id)).state in solvings.ACTIVE:
            await asyncio.sleep(0.05)
    return now


async def act(
    database: Database,
    held: Held,
    do: Callable[..., Awaitable[object]],
    *what: object,
    **how: object,
) -> None:
    """Do something to the draft, as its organizer."""
    async with database.writing() as db:
        found = await plans.held(db, held.event, 2)
        await do(db, found, *what, actor=held.organizer.account_id, now=clock.now(), **how)


async def test_the_worker_lets_the_draft_be_the_best_plan_and_it_can_be_taken_back(
    database: Database, held: Held
) -> None:
    before = [visit(held, 0, 0, 5)]
    await draft(database, held, before)
    async with database.writing() as db:
        mentor_id, team_id = held.mentors[2].id, held.teams[4].id
        wish = Wish(mentor_id=mentor_id, team_id=team_id, by=WishBy.TEAM, weight=2, at=BEGINS)
        db.add(wish)
    task = await task_of(database, held)
    assert task.worth[held.mentors[2].id, held.teams[4].id] > max(
        points for pair, points in task.worth.items() if pair[1] != held.teams[4].id
    )
    solving_id = await ask(database, held)
    async with Solvers(database) as solvers:
        await solvers.look()
        ended = await until_over(database, solving_id)
    assert (ended.state, ended.in_time, ended.uncovered) == (SolvingState.DONE, True, 0)
    now = await visits_now(database, held)
    expected = best(task)
    assert now == expected.visits
    assert ended.points == expected.points == task.value(now)
    async with database.reading() as db:
        plan = await db.get_one(Plan, ended.plan_id)
        search = await queries.newest(db, plan, now=clock.now())
    assert search
    assert search.is_best
    assert not search.waits(plan, now)
    await act(database, held, plans.undo, v=plan.v)
    assert await visits_now(database, held) == set(before)


async def test_what_is_locked_stays_and_near_changes_as_little_as_can_be(
    database: Database, held: Held
) -> None:
    await draft(database, held)
    published = await visits_now(database, held)
    some = min(published)
    await act(database, held, plans.lock, some, on=True)
    solving_id = await ask(database, held, near=True)
    async with Solvers(database) as solvers:
        await solvers.look()
        ended = await until_over(database, solving_id)
    assert ended.state is SolvingState.DONE
    assert await visits_now(database, held) == published  # nothing had to change
    found = await planning(database, held, 2)
    assert found.held[some]


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


def children() -> set[int]:
    """The programs that search, started by this process."""
    mine = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {
        int(each) for each in mine if b"solving.child" in Path(f"/proc/{each}/cmdline").read_bytes()
    }


@pytest.mark.parametrize("how", ["killed", "cancelled", "worker ends"])
async def test_a_program_that_is_ended_leaves_the_draft_as_it_was(
    database: Database, how: str
) -> None:
    held = await training(database, Sizes(teams=30, members=1, mentors=10, rounds=3, slots=3))
    await draft(database, held)
    before = await visits_now(database, held)
    solving_id = await ask(database, held)
    async with Solvers(database) as solvers:
        await solvers.look()
        async with asyncio.timeout(20):
            while not (running := children()):  # each step of the loop: as early as can be
                await asyncio.sleep(0)
        if how == "killed":
            (program,) = running
            os.kill(program, signal.SIGKILL)
            await until_over(database, solving_id)
        elif how == "cancelled":
            async with database.writing() as db:
                solving = await db.get_one(Solving, solving_id)
                plan = await db.get_one(Plan, solving.plan_id)
                await solvings.cancel(db, plan, now=clock.now())
            async with asyncio.timeout(20):
                while children():
                    await asyncio.sleep(0.01)
    assert not children()
    state = (await solving_now(database, solving_id)).state
    assert state is (SolvingState.CANCELLED if how == "cancelled" else SolvingState.BROKEN)
    assert await visits_now(database, held) == before
    await ask(database, held)


async def test_a_search_that_fails_leaves_the_worker_and_the_next_one_alone(
    database: Database, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> bool:
        raise OSError("the database is away")

    await draft(database, held)
    first = await ask(database, held)
    async with Solvers(database) as solvers:
        with monkeypatch.context() as broken:
            broken.setattr(solvings, "keep", away)  # within the group that reads and beats
            await solvers.look()
            assert (await until_over(database, first)).state is SolvingState.BROKEN
        second = await ask(database, held)
        await solvers.look()
        assert (await until_over(database, second)).state is SolvingState.DONE


async def test_a_worker_searches_for_two_at_a_time_and_the_third_waits(database: Database) -> None:
    asked = []
    for slug in ("first", "second", "third"):
        held = await training(database, slug=slug)
        await draft(database, held)
        asked.append(await ask(database, held))
    async with Solvers(database) as solvers:
        await solvers.look()
        states = [(await solving_now(database, each)).state for each in asked]
        assert states == [SolvingState.RUNNING, SolvingState.RUNNING, SolvingState.ASKED]
        for each in asked[:2]:
            await until_over(database, each)
        await solvers.look()
        assert (await until_over(database, asked[2])).state is SolvingState.DONE


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


def test_the_solver_says_how_far_it_is() -> None:
    node = (
        "         0       0         0   0.00%   -2073978        -1056889          96.23%        0"
    )
    first = (
        " J       0       0         0   0.00%   -inf            198                Large        0"
    )
    assert gap_in(f"{node}      0     10       712     0.3s") == pytest.approx(0.9623)
    assert gap_in(f"{first}      0      0         0     0.2s") is None
    assert gap_in("  Gap               0% (tolerance: 2%)") is None


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
