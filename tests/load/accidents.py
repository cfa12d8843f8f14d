"""Accidents of one person's line while three talk: it is cut for a while, or changes its address.

    python -m tests.load.accidents cut --runs 10
    python -m tests.load.accidents roam --runs 10

One of three people of the demo sits behind a cable of its own (a network namespace); nobody
clicks. `cut` takes the line away for 5 s and for 60 s, `roam` gives the place another address.
The clock runs from the return of the line, or from the new address, until both ends steadily get
from each other again what is open: in every second run the microphone and no camera, in the others
the camera and no microphone. The person must come back as before, be gone for the others 35 s after
a cut, and cost another viewer beside them no packets. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.load.far import PEOPLE, Meeting, Open, meeting
from tests.load.report import percentile
from tests.support.waiting import until

GHOST_AFTER: Final = 35.0
LOSS: Final = 0.001
STATES: Final = (Open(mic=True, camera=False), Open(mic=False, camera=True))


Accident = Callable[[Meeting], Awaitable[bool]]


class Return(NamedTuple):
    """How one accident ended. `others_loss` is the share that the witness lost meanwhile."""

    seconds: float
    kept: bool
    ghost: bool
    others_loss: float


async def cut(people: Meeting, *, seconds: float) -> bool:
    """Take far's line away for so long; whether it was a ghost at the end."""
    people.line.cut()
    await asyncio.sleep(min(seconds, GHOST_AFTER))
    ghost = seconds >= GHOST_AFTER and await people.in_the_room() >= PEOPLE
    await asyncio.sleep(max(0.0, seconds - GHOST_AFTER))
    people.line.mend()
    return ghost


async def roam(people: Meeting) -> bool:
    """Give far another address."""
    people.line.move()
    return False


async def survive(people: Meeting, state: Open, accident: Accident) -> Return:
    """Let an accident happen to far as it sends in this state; how everybody came out of it.

    Raises:
        TimeoutError: far did not come back.
    """
    await people.let_far_be(state)
    await people.flows()
    before = await people.witness_packets()
    ghost = await accident(people)
    ended = time.monotonic()
    seconds = await people.flows() - ended
    await until(people.has_all)
    lost = (await people.witness_packets()).since(before)
    return Return(seconds, await _kept(people, state), ghost, lost)


async def _kept(people: Meeting, state: Open) -> bool:
    """Whether far is as it was, for itself and, once that is told, for near."""
    await until(partial(people.is_seen_as, state))
    return await people.far_is() == state


class Trial(NamedTuple):
    """An accident with its name, and within how many seconds nearly all must be back."""

    name: str
    accident: Accident
    goal: float


TRIALS: Final = {
    "cut": (
        Trial("cut_5_s", partial(cut, seconds=5.0), 3.0),
        Trial("cut_60_s", partial(cut, seconds=60.0), 5.0),
    ),
    "roam": (Trial("roam", roam, 8.0),),
}


async def drill(name: str, *, runs: int) -> dict[str, Any]:
    """All trials of a name, so many times each, on an installation of its own."""
    figures: dict[str, Any] = {"drill": name, "runs": runs}
    with tempfile.TemporaryDirectory(prefix="yoriai-accidents-") as folder:
        async with meeting(Path(folder)) as people:
            for trial in TRIALS[name]:
                returns = [await _one(people, trial, number) for number in range(runs)]
                figures[trial.name] = summary(returns, goal=trial.goal)
    figures["passed"] = all(figures[trial.name]["passed"] for trial in TRIALS[name])
    return figures


async def _one(people: Meeting, trial: Trial, number: int) -> Return:
    state = STATES[number % len(STATES)]
    back = await survive(people, state, trial.accident)
    print(f"{trial.name} {number + 1}: {state}, {back}", flush=True)
    return back


def summary(returns: list[Return], *, goal: float) -> dict[str, Any]:
    """Figures of one trial, and whether all was as promised."""
    seconds = [back.seconds for back in returns]
    others_loss = max(back.others_loss for back in returns)
    result = {
        "seconds": [round(each, 2) for each in seconds],
        "p95_seconds": round(percentile(seconds, 95), 2),
        "kept": sum(back.kept for back in returns),
        "ghosts": sum(back.ghost for back in returns),
        "others_loss": round(others_loss, 5),
    }
    sound = result["kept"] == len(returns) and not result["ghosts"] and others_loss < LOSS
    return {**result, "passed": sound and percentile(seconds, 95) <= goal}


def main() -> None:
    """Run a drill and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=sorted(TRIALS))
    parser.add_argument("--runs", type=int, default=10)
    chosen = parser.parse_args()
    figures = asyncio.run(drill(chosen.name, runs=chosen.runs))
    print(json.dumps(figures))
    sys.exit(0 if figures["passed"] else 1)


if __name__ == "__main__":
    main()
