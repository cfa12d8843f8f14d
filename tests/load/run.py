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
from .cpu import cpu_seconds
from .crew import PATIENCE, CrewPlan
from .report import CrewReport, Run
from .scenario import Seat

CEILING = 120.0
LINE_LIMIT = 1 << 26
WARM_UP = 2.0


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


async def conduct(
    engine: Engine, hands: Sequence[Sequence[Seat]], *, seconds: float, patience: float = PATIENCE
) -> tuple[Run, CrewReport]:
    """Join everybody, wait until media flows everywhere, then count for `seconds`.

    Who has not joined, or lacks a stream, after `patience` seconds counts as out.

    Raises:
        CrewFailed: a process of clients broke down.
    """
    async with crews(engine, hands, patience=patience) as running:
        join_ms = [ms for crew in running for ms in await crew.hear("joined")]
        for crew in running:
            await crew.hear("settled")
        await asyncio.sleep(WARM_UP)
        elapsed, cpu = await _window(engine, running, seconds)
        reports = [CrewReport.from_json(await crew.hear("report")) for crew in running]
    copies = sum(seat.publishes is None for hand in hands for seat in hand)
    return Run(elapsed, cpu, join_ms, copies), sum(reports, CrewReport())


async def _window(
    engine: Engine, running: Sequence[Crew], seconds: float
) -> tuple[float, float | None]:
    for crew in running:
        crew.tell(b"start\n")
    cpu_before, began = _cpu(engine), time.monotonic()
    await asyncio.sleep(seconds)
    for crew in running:
        crew.tell(b"stop\n")
    cpu_after, ended = _cpu(engine), time.monotonic()
    spent = None if cpu_before is None or cpu_after is None else cpu_after - cpu_before
    return ended - began, spent


def _cpu(engine: Engine) -> float | None:
    return None if engine.pid is None else cpu_seconds(engine.pid)


@asynccontextmanager
async def crews(
    engine: Engine, hands: Sequence[Sequence[Seat]], *, patience: float
) -> AsyncIterator[list[Crew]]:
    """One process for each hand of seats, told its plan; all ended at the end."""
    running: list[Crew] = []
    try:
        for hand in hands:
            plan = CrewPlan(engine.url, tuple(seat.plan(engine) for seat in hand), patience)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.load.crew", stdin=PIPE, stdout=PIPE, limit=LINE_LIMIT
            )
            running.append(Crew(process))
            running[-1].tell(plan.to_line())
        yield running
    finally:
        await asyncio.gather(*(crew.end() for crew in running))
