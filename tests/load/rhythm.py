"""Things done again and again, each in its own rhythm."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence

Beat = tuple[float, Callable[[], None]]


async def keep(beats: Sequence[Beat], *, seed: random.Random, going: Callable[[], bool]) -> None:
    """Do each of `(seconds, act)` every so many seconds, out of step, as long as `going`.

    Who is late leaves out what was missed.
    """
    due = [time.monotonic() + seed.random() * every for every, _ in beats]
    while going():
        now = time.monotonic()
        for index, (every, act) in enumerate(beats):
            if due[index] <= now:
                act()
                due[index] = max(due[index] + every, now)
        await asyncio.sleep(max(0.0, min(due) - now))
