"""Throws mutants at an engine and finds out which one broke it."""

import asyncio
import contextlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.load.access import Engine
from tests.load.memory import rss_mib

BATCH: Final = 200
PATIENCE: Final = 20.0
SETTLED_AFTER: Final = 0.1  # of the mutants: then caches are full, and memory is looked at
SWALLOWED: Final = 'yoriai_media_dropped_datagrams_total{reason="error"}'


class Target(Protocol):
    """One way into the engine."""

    name: str

    def mutant(self, chance: random.Random) -> bytes:
        """Make a bad message."""

    async def throw(self, mutants: Sequence[bytes]) -> None:
        """Send them; returns when the engine has dealt with all of them.

        Raises:
            Broken: it answered as it never should.
        """


class Broken(Exception):
    """The engine did what no message may make it do."""


@dataclass
class Catch:
    """What came of a hunt. A failure names the mutant's number, what happened, and its bytes."""

    target: str
    seed: int
    mutants: int = 0
    exits: int = 0
    hangs: int = 0
    failures: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    rss_start_mib: float = 0.0
    rss_end_mib: float = 0.0


class Watchdog:
    """Sees whether the engine lives, answers, and raised what nobody caught.

    Args:
        log: the file that the engine's errors go to.
        patience: seconds without an answer after which it counts as hanging.
    """

    def __init__(self, engine: Engine, log: Path, *, patience: float = PATIENCE) -> None:
        self._engine, self._log, self.patience = engine, log, patience
        self._read = len(log.read_bytes())
        self._swallowed = 0.0

    async def look(self) -> str | None:
        """What is wrong since the last look: `exit`, `hang`, or the end of a traceback."""
        assert self._engine.pid is not None
        if not Path(f"/proc/{self._engine.pid}").exists():
            return "exit"
        try:
            swallowed = await self._count_swallowed()
        except (TimeoutError, ClientError, OSError):
            return "hang" if Path(f"/proc/{self._engine.pid}").exists() else "exit"
        complaints = self._log.read_bytes()[self._read :]
        self._read += len(complaints)
        before, self._swallowed = self._swallowed, swallowed
        if b"Traceback" in complaints:
            return complaints[-1500:].decode(errors="replace")
        return f"{swallowed - before:.0f} errors in the media plane" if swallowed > before else None

    async def _count_swallowed(self) -> float:
        """Exceptions that the media plane caught so that one datagram does not end its loop."""
        timeout = ClientTimeout(total=self.patience)
        url = f"{self._engine.url}/metrics"
        async with ClientSession(timeout=timeout) as http, http.get(url) as answer:
            lines = (await answer.text()).splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith(SWALLOWED))


async def hunt(
    target: Target, watchdog: Watchdog, pid: int, *, seed: int, mutants: int, first: int = 0
) -> Catch:
    """Throw so many mutants; stops at the first exit or hang.

    Args:
        seed: decides every mutant, with the target's name and the mutant's number.
        first: the number of the first mutant.
    """
    catch, began = Catch(target.name, seed), time.monotonic()
    for start in range(first, first + mutants, BATCH):
        numbers = range(start, min(start + BATCH, first + mutants))
        wrong = await _try(target, watchdog, [_mutant(target, seed, n) for n in numbers])
        catch.mutants += len(numbers)
        if catch.mutants >= mutants * SETTLED_AFTER and not catch.rss_start_mib:
            catch.rss_start_mib = _rss(pid)
        if wrong:
            catch.failures.append(await _blame(target, watchdog, seed, numbers, wrong))
            catch.exits += wrong == "exit"
            catch.hangs += wrong == "hang"
        if wrong in ("exit", "hang"):
            break
    catch.seconds = round(time.monotonic() - began, 1)
    catch.rss_end_mib = _rss(pid)
    return catch


def _mutant(target: Target, seed: int, number: int) -> bytes:
    return target.mutant(random.Random(f"{seed}/{target.name}/{number}"))


async def _try(target: Target, watchdog: Watchdog, mutants: Sequence[bytes]) -> str | None:
    """Throw these; what was wrong then."""
    answer: str | None = None
    try:
        async with asyncio.timeout(watchdog.patience):
            await target.throw(mutants)
    except Broken as error:
        answer = str(error)
    except (TimeoutError, OSError) as error:
        answer = f"no answer: {error!r}"
    return await watchdog.look() or answer


async def _blame(
    target: Target, watchdog: Watchdog, seed: int, numbers: Sequence[int], wrong: str
) -> dict[str, Any]:
    """Throw a batch again one by one, as far as the engine lives, and name the culprit."""
    for number in numbers if wrong not in ("exit", "hang") else ():
        mutant = _mutant(target, seed, number)
        again = await _try(target, watchdog, [mutant])
        if again:
            return {"mutant": number, "what": again, "bytes": mutant.hex()[:4000]}
    return {"mutant": f"{numbers[0]} to {numbers[-1]}", "what": wrong}


def _rss(pid: int) -> float:
    with contextlib.suppress(ProcessLookupError):
        return round(rss_mib(pid), 1)
    return 0.0
