"""The program that searches for the best plan: `python -m server.mentoring.solving.child`.

The task comes as one JSON text on the standard input, each plan goes out as one JSON line; between
them stand the lines in which the solver says how far it is (`progress`). It ends with its worker.
"""

import argparse
import json
import os
import sys
from typing import Final

from server.mentoring.matching.solver import solve
from server.mentoring.solving import wire
from server.supervisor import die_with_parent

NICE: Final = 10  # rooms and pages on the same machine come first


def main() -> None:
    """Search, until the best plan is proven or the time is over."""
    die_with_parent()
    os.nice(NICE)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True)
    asked = parser.parse_args()
    task = wire.to_task(json.load(sys.stdin))
    for solved in solve(task, seconds=asked.seconds, told=True):
        print(json.dumps(wire.of_solved(solved)), flush=True)


if __name__ == "__main__":
    main()
