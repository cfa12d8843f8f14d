"""Drill: `python -m tests.load.training`; the last line printed is one JSON object.

`misplaced` are people found in another room than the plan's six seconds after a move was due,
`room_p95_seconds` runs from the commit of the opening to the first packet of somebody else's in the
room, `attendance_errors` are stays that the record does not hold within 2 s (15 s around a kill).
"""

import argparse
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from tests.support.servers import fresh, postgres
from tests.support.training import Sizes

from .day import Day, Plan
from .play import play
from .verdict import passed, verdict


async def run(plan: Plan) -> dict[str, object]:
    """One day on an installation of its own."""
    with tempfile.TemporaryDirectory(prefix="yoriai-training-") as folder, postgres() as port:
        async with AsyncExitStack() as stack:
            redis = await stack.enter_async_context(plan.redis(Path(folder)))
            servers = await stack.enter_async_context(fresh(port, redis.port))
            day: Day = await play(Path(folder), servers, redis, plan)
            return await verdict(day)


def main() -> None:
    """Run the drill and print its figures."""
    options = argparse.ArgumentParser(prog="tests.load.training", description=__doc__)
    options.add_argument("--teams", type=int, default=66)
    options.add_argument("--members", type=int, default=3)
    options.add_argument("--mentors", type=int, default=22)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--slots", type=int, default=3)
    options.add_argument("--slot", type=int, default=78, help="seconds")
    options.add_argument("--travel", type=int, default=12)
    options.add_argument("--pause", type=int, default=30)
    options.add_argument("--browsers", type=int, default=3)
    options.add_argument("--kills", nargs="*", default=["web", "media", "redis", "worker"])
    chosen = options.parse_args()
    sizes = Sizes(
        teams=chosen.teams,
        members=chosen.members,
        mentors=chosen.mentors,
        rounds=chosen.rounds,
        slots=chosen.slots,
        slot=chosen.slot,
        travel=chosen.travel,
        pause=chosen.pause,
    )
    figures = uvloop.run(run(Plan(sizes, browsers=chosen.browsers, kills=tuple(chosen.kills))))
    print(json.dumps(figures))
    sys.exit(0 if passed(figures, kills=len(chosen.kills)) else 1)


if __name__ == "__main__":
    main()
