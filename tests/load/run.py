"""Conducts a load run: starts the crews, keeps one window over all of them and the server."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from .access import Engine
from .crew import PATIENCE, CrewPlan
from .receiver import SAMPLE_EVERY
from .report import CrewReport, Run
from .scenario import Load, deal
from .usage import Usage, usage_of

CEILING = 120.0
LINE_LIMIT = 1 << 26
WARM_UP = 2.0
LOOKS = 10  # at the server, within the window


class CrewFailed(Exception):
    """A process of clients ended before its work was done."""


class Crew:
    """A running process of clients."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def hear(self, key: str) -> Any:
        """The value of the next message, which must be the one named.

        Raises:
            CrewFailed: it ended, or said something else.
        """
        assert self._process.stdout
        line = await asyncio.wait_for(self._process.stdout.readline(), CEILING)
        message = json.loads(line) if line else {}
        if key not in message:
            raise CrewFailed(f"expected {key!r}, got {line[:200]!r}")
        return message[key]

    def tell(self, line: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(line)

    async def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 10)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class Company:
    """Everybody of a load, in the engine's rooms, with media flowing."""

    def __init__(
        self, engine: Engine, load: Load, crews: Sequence[Crew], join_ms: Sequence[float]
    ) -> None:
        self._engine, self._load, self._crews, self._join_ms = engine, load, crews, join_ms

    async def count(self, seconds: float) -> tuple[Run, CrewReport]:
        """Let all count what happens from now on, for this long.

        Raises:
            CrewFailed: a process of clients broke down.
        """
        for crew in self._crews:
            crew.tell(b"start\n")
        used, began = [_usage(self._engine)], time.monotonic()
        for look in range(1, LOOKS + 1):
            await asyncio.sleep(max(0.0, began + seconds * look / LOOKS - time.monotonic()))
            used.append(_usage(self._engine))
        for crew in self._crews:
            crew.tell(b"stop\n")
        elapsed = time.monotonic() - began
        reports = [CrewReport.from_json(await crew.hear("report")) for crew in self._crews]
        known = [each for each in used if each]
        run = Run(elapsed, self._join_ms, self._load.rooms, self._load.copies, known)
        return run, sum(reports, CrewReport())


@asynccontextmanager
async def gathered(
    engine: Engine,
    load: Load,
    *,
    processes: int = 1,
    patience: float = PATIENCE,
    sample_every: int = SAMPLE_EVERY,
) -> AsyncIterator[Company]:
    """Join everybody and wait until media flows everywhere.

    Who has not joined, or lacks a stream, after `patience` seconds counts as out.

    Args:
        processes: how many read for those who watch.
        sample_every: one packet in so many is decrypted and checked.

    Raises:
        CrewFailed: a process of clients broke down.
    """
    plans = [
        CrewPlan(engine.url, tuple(seat.plan(engine) for seat in hand), patience, sample_every)
        for hand in deal(load.seats(), processes=processes)
    ]
    async with crews(plans) as running:
        join_ms = [ms for crew in running for ms in await crew.hear("joined")]
        for crew in running:
            await crew.hear("settled")
        yield Company(engine, load, running, join_ms)


async def conduct(
    engine: Engine,
    load: Load,
    *,
    seconds: float,
    processes: int = 1,
    patience: float = PATIENCE,
    warm_up: float = WARM_UP,
    sample_every: int = SAMPLE_EVERY,
) -> tuple[Run, CrewReport]:
    """Gather everybody, let `warm_up` seconds pass, then count for `seconds`.

    Raises:
        CrewFailed: a process of clients broke down.
    """
    async with gathered(
        engine, load, processes=processes, patience=patience, sample_every=sample_every
    ) as company:
        await asyncio.sleep(warm_up)
        return await company.count(seconds)


def _usage(engine: Engine) -> Usage | None:
    return None if engine.pid is None else usage_of(engine.pid)


@asynccontextmanager
async def crews(plans: Sequence[CrewPlan]) -> AsyncIterator[list[Crew]]:
    """One process for each plan; all ended at the end."""
    running: list[Crew] = []
    try:
        for plan in plans:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.load.crew", stdin=PIPE, stdout=PIPE, limit=LINE_LIMIT
            )
            running.append(Crew(process))
            running[-1].tell(plan.to_line())
        yield running
    finally:
        await asyncio.gather(*(crew.end() for crew in running))
