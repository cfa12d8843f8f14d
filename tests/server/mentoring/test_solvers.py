"""The programs that search, as a worker starts and ends them."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from server.core import clock
from server.core.db import Database
from server.mentoring.matching.solver import best
from server.mentoring.plans import actions as plans
from server.mentoring.plans.models import Plan, Solving, SolvingState
from server.mentoring.solving import actions as solvings
from server.mentoring.solving import queries
from server.mentoring.solving.progress import gap_in
from server.mentoring.solving.solvers import Solvers
from server.mentoring.wishes.models import Wish, WishBy
from tests.server.mentoring.planned import BEGINS, draft, planning, training, visit, visits_now
from tests.server.mentoring.searches import act, ask, solving_now, task_of, until_over
from tests.support.training import Held, Sizes


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
