"""The targets by name, and an engine to throw at."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.load.access import Engine
from tests.load.engine import own_engine
from tests.load.floods import Hostile

from .datagrams import Rtcp, Rtp, Stun
from .hunt import PATIENCE, Catch, Target, Watchdog, hunt
from .people import two_people
from .requests import Sdp, Signals, Twirp

BY_DATAGRAM: Final[dict[str, Callable[[Hostile], Target]]] = {
    each.name: each for each in (Stun, Rtp, Rtcp)
}
BY_REQUEST: Final = {each.name: each for each in (Sdp, Signals, Twirp)}
TARGETS: Final = (*BY_DATAGRAM, *BY_REQUEST)
UNBOUNDED: Final = "tests.load.fuzz.unbounded_engine"


async def hunt_each(
    names: Sequence[str],
    log: Path,
    *,
    seed: int,
    mutants: int,
    first: int = 0,
    module: str = UNBOUNDED,
    patience: float = PATIENCE,
) -> list[Catch]:
    """Hunt on one engine, target after target; ends early when the engine did.

    Args:
        log: a file for what the engine complains of.
        module: the program that is the engine.
    """
    catches: list[Catch] = []
    async with own_engine(module=module, log=log) as engine:
        assert engine.pid
        watchdog = Watchdog(engine, log, patience=patience)
        for name in names:
            async with opened(name, engine) as target:
                catch = await hunt(
                    target, watchdog, engine.pid, seed=seed, mutants=mutants, first=first
                )
                if catch.hangs:
                    os.kill(engine.pid, signal.SIGKILL)  # it would not hear anything else
            catches.append(catch)
            if catch.exits or catch.hangs:
                break
    return catches


@asynccontextmanager
async def opened(name: str, engine: Engine) -> AsyncIterator[Target]:
    """A target with whoever it needs in the engine's rooms."""
    if name in BY_DATAGRAM:
        async with two_people(engine) as hostile:
            yield BY_DATAGRAM[name](hostile)
    else:
        target = BY_REQUEST[name](engine)
        try:
            yield target
        finally:
            await target.end()
