"""Drill: `python -m tests.load.fuzz`; the last line printed is one JSON object.

Passed means: no mutant ended the engine, made it hang or raised what nobody caught, and its memory
stayed flat.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvloop

from .hunt import Catch
from .targets import TARGETS, hunt_each

GROWTH_ALLOWED_MIB = 24.0


async def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="tests.load.fuzz", description=__doc__)
    options.add_argument("--mutants", type=int, default=100_000, help="for each target")
    options.add_argument("--first", type=int, default=0, help="the number of the first mutant")
    options.add_argument("--target", choices=TARGETS, action="append", help="only this one")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = options.parse_args(arguments)
    print("seed", chosen.seed, flush=True)
    catches = []
    for name in chosen.target or TARGETS:
        with tempfile.TemporaryDirectory(prefix="yoriai-fuzz-") as folder:
            log = Path(folder) / "engine.log"
            found = await hunt_each(
                [name], log, seed=chosen.seed, mutants=chosen.mutants, first=chosen.first
            )
        catches += found
        print(name, json.dumps(asdict(found[0])), flush=True)
    print(json.dumps(whole(catches, seed=chosen.seed)))
    return 0 if all(map(is_clean, catches)) else 1


def whole(catches: Sequence[Catch], *, seed: int) -> dict[str, Any]:
    return {
        "drill": "fuzz",
        "seed": seed,
        "mutants": sum(catch.mutants for catch in catches),
        "exits": sum(catch.exits for catch in catches),
        "hangs": sum(catch.hangs for catch in catches),
        "failures": sum(len(catch.failures) for catch in catches),
        "targets": {catch.target: asdict(catch) for catch in catches},
    }


def is_clean(catch: Catch) -> bool:
    """Whether nothing broke, and memory stayed flat."""
    growth = catch.rss_end_mib - catch.rss_start_mib
    return bool(catch.mutants) and not catch.failures and growth < GROWTH_ALLOWED_MIB


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
