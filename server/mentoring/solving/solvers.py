"""The worker's searches: each a program of its own, looked after until its end."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import anyio
import structlog
from anyio.abc import TaskGroup

from server.core import clock
from server.core.db import Database
from server.events.models import Event
from server.mentoring.matching.task import Task
from server.mentoring.plans.models import Plan, Solving, SolvingState
from server.mentoring.plans.planning import planning_of
from server.mentoring.solving import actions as solvings
from server.mentoring.solving import wire
from server.mentoring.solving.merits import hash_of, merits_of
from server.mentoring.solving.progress import gap_in

log = structlog.get_logger()

MOST: Final = 2  # searches at a time in one worker; each takes a core
LONGEST_SECONDS: Final = 60.0
BEAT_SECONDS: Final = 1.0
LONGEST_LINE: Final = 16 * 1024 * 1024  # a plan of 10,000 visits has a tenth
PROGRAM: Final = (sys.executable, "-m", "server.mentoring.solving.child")


class Solvers(AbstractAsyncContextManager["Solvers"]):
    """Begins searches and ends them with itself. They end at the latest after `seconds`."""

    def __init__(self, database: Database, *, seconds: float = LONGEST_SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._running: set[UUID] = set()
        self._tasks: TaskGroup | None = None

    async def __aenter__(self) -> Self:
        """Be ready."""
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """End all searches."""
        assert self._tasks is not None
        self._tasks.cancel_scope.cancel()
        return await self._tasks.__aexit__(kind, error, trace)

    async def look(self) -> None:
        """Begin what was asked for, and give up what nobody works on any more."""
        now, free = clock.now(), MOST - len(self._running)
        async with self._database.reading() as db:
            if not await solvings.is_due(db, now=now):
                return
        async with self._database.writing() as db:
            await solvings.give_up_silent(db, now=now)
            due = await solvings.begin(db, but=self._running, most=free, now=now)
        assert self._tasks is not None
        for solving in due:
            self._running.add(solving.id)
            self._tasks.start_soon(self._see_to, solving)

    async def _see_to(self, solving: Solving) -> None:
        state = SolvingState.BROKEN
        try:
            if await self._search(solving):
                state = SolvingState.DONE
        except Exception as error:  # whatever it is, the worker and its other searches go on
            log.warning("search broken off", error=type(error).__name__)
        finally:
            self._running.discard(solving.id)
            with anyio.CancelScope(shield=True):
                await self._end(solving.id, state)

    async def _end(self, solving_id: UUID, state: SolvingState) -> None:
        try:
            async with self._database.writing() as db:
                await solvings.end(db, solving_id, state, now=clock.now())
        except Exception as error:  # who looks next sees that it is silent
            log.warning("end of a search not noted", error=type(error).__name__)

    async def _search(self, solving: Solving) -> bool:
        """Let the program search; whether it came to its end by itself."""
        task = await self._task_of(solving)
        async with _program(task, self._seconds) as program:
            watch = _Watch(self._database, solving.id, task)
            async with anyio.create_task_group() as both:
                both.start_soon(watch.beat, program)
                await watch.read(program)
                both.cancel_scope.cancel()
            return await program.wait() == 0

    async def _task_of(self, solving: Solving) -> Task:
        async with self._database.reading_one_moment() as db:
            plan = await db.get_one(Plan, solving.plan_id)
            event = await db.get_one(Event, plan.event_id)
            planning = await planning_of(db, event, plan)
            task = (await merits_of(db, planning)).task(planning, near=solving.near)
        async with self._database.writing() as db:
            kept = await db.get_one(Solving, solving.id)
            kept.input_hash = hash_of(task)
            db.add(kept)
        return task


class _Watch:
    """What a program says, kept; and whether it is still wanted."""

    def __init__(self, database: Database, solving_id: UUID, task: Task) -> None:
        self._database, self._id, self._task = database, solving_id, task
        self._gap: float | None = None

    async def read(self, program: Process) -> None:
        """Until the program says no more."""
        assert program.stdout is not None
        plain = replace(self._task, stay=0)
        async for line in program.stdout:
            text = line.decode("utf-8", "replace")
            if not text.startswith("{"):
                self._gap = gap_in(text) or self._gap
                continue
            solved = wire.to_solved(json.loads(text))
            points = plain.value(solved.visits)
            async with self._database.writing() as db:
                wanted = await solvings.keep(db, self._id, solved, points=points, now=clock.now())
            self._gap = None
            if not wanted:
                _kill(program)

    async def beat(self, program: Process) -> None:
        """Give signs of life; end the program when somebody has cancelled it."""
        while True:
            await anyio.sleep(BEAT_SECONDS)
            async with self._database.writing() as db:
                wanted = await solvings.beat(db, self._id, gap=self._gap, now=clock.now())
            if not wanted:
                _kill(program)
                return


@asynccontextmanager
async def _program(task: Task, seconds: float) -> AsyncIterator[Process]:
    """The program at work; it does not outlive the block."""
    with anyio.CancelScope(shield=True):  # cancelled in between, it would be killed but not awaited
        program = await asyncio.create_subprocess_exec(
            *PROGRAM,
            "--seconds",
            str(seconds),
            stdin=PIPE,
            stdout=PIPE,
            limit=LONGEST_LINE,
            env=os.environ | {"YORIAI_PARENT": str(os.getpid())},
        )
    try:
        assert program.stdin is not None
        program.stdin.write(json.dumps(wire.of_task(task)).encode())
        program.stdin.close()
        yield program
    finally:
        with anyio.CancelScope(shield=True):
            _kill(program)
            await program.wait()


def _kill(program: Process) -> None:
    if program.returncode is None:
        program.kill()
