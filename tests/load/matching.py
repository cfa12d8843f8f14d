"""Drill: the best plan for the committed instances of a size.

    python -m tests.load.matching --teams 66 --mentors 22 --rounds 3

Prints one JSON object for each instance. Passed means: optimal within `--optimal-seconds`, or a gap
of at most 0.5 % within `--gap-seconds`; no rule broken; as few uncovered visits as there can be.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from server.mentoring.matching.solved import Solved
from server.mentoring.matching.solver import solve
from server.mentoring.matching.task import Task
from server.mentoring.plans import rules

from .instances import names, read

ENOUGH: Final = 0.005


def measured(task: Task) -> dict[str, Any]:
    """Solve a task: the figures of the last plan, and when a gap of 0.5 % was reached."""
    began, cpu = time.monotonic(), time.process_time()
    near: float | None = None
    last: Solved | None = None
    for last in solve(task):
        if near is None and last.gap <= ENOUGH:
            near = time.monotonic() - began
    assert last is not None
    found = rules.review(task.board, last.visits)
    return {
        "seconds": round(time.monotonic() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "near_seconds": None if near is None else round(near, 2),
        "optimal": last.is_best,
        "gap": round(last.gap, 5),
        "violations": len(found.troubles),
        "objective": last.points,
        "uncovered": last.uncovered,
        "uncovered_bound": last.fewest,
    }


def main() -> None:
    """Run all instances of a size; exit with 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teams", type=int, default=66)
    parser.add_argument("--mentors", type=int, default=22)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--optimal-seconds", type=float, default=10)
    parser.add_argument("--gap-seconds", type=float, help="5, or 60 for more than 100 teams")
    asked = parser.parse_args()
    asked.gap_seconds = asked.gap_seconds or (5 if asked.teams <= 100 else 60)
    files = names(asked.teams, asked.mentors, asked.rounds)
    if not files:
        sys.exit("there is no instance of this size")
    passed = [_passes(file, asked) for file in files]
    sys.exit(0 if all(passed) else 1)


def _passes(file: Path, asked: argparse.Namespace) -> bool:
    figures = measured(read(file))
    print(json.dumps({"instance": file.stem, **figures}), flush=True)
    near = figures["near_seconds"]
    in_time = figures["optimal"] and figures["seconds"] < asked.optimal_seconds
    near_enough = near is not None and near < asked.gap_seconds
    return (
        (in_time or near_enough)
        and figures["violations"] == 0
        and figures["uncovered"] == figures["uncovered_bound"]
    )


if __name__ == "__main__":
    main()
