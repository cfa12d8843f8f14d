"""What the tests of searches do: ask for a plan, find one, wait for the end."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from server.core import clock
from server.core.db import Database
from server.mentoring.matching.solved import Solved
from server.mentoring.matching.task import Task
from server.mentoring.plans import actions as plans
from server.mentoring.plans.models import Solving
from server.mentoring.solving import actions as solvings
from server.mentoring.solving.merits import merits_of
from tests.server.mentoring.planned import planning
from tests.support.training import Held


async def ask(database: Database, held: Held, *, near: bool = False) -> UUID:
    """Ask for the best plan of the draft."""
    async with database.writing() as db:
        plan = await plans.held(db, held.event, 2)
        actor = held.organizer.account_id
        return (await solvings.ask(db, plan, near=near, actor=actor, now=clock.now())).id


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
