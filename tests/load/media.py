"""Load on a media engine: rooms of people who publish, and people who only watch.

    python -m tests.load.media --scenario webinar --runs 3
    python -m tests.load.media --scenario rooms --seconds 300
    python -m tests.load.media --publishers 1 --viewers 100 --seconds 10

starts our own engine for each run; `--url`, `--key`, `--secret` and `--pid` name any LiveKit server
instead. The last line printed is one JSON object, of the best run; `tests.load.report.summarize`
tells what it means. Exit 1: the figures mean nothing, a room starved, or the goal was missed.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import fields, replace
from typing import Any

from .engine import engine_from
from .report import CrewReport, Run, is_sound, summarize
from .run import CrewFailed, conduct
from .scenario import LOADS, Load
from .trace import CLOCK_RATES, Trace


async def main() -> int:
    chosen = read_options()
    load = load_from(chosen)
    describe(load)
    try:
        results = [await measure(chosen, load) for _ in range(chosen.runs)]
    except CrewFailed as error:
        print(json.dumps({"failed": str(error)}))
        return 1
    best = max(results, key=lambda result: (is_sound(result), figure(result)))
    print(json.dumps({"scenario": chosen.scenario, **best, **verdict(load, results)}))
    return 0 if is_sound(best) and reaches(load, best) else 1


async def measure(chosen: argparse.Namespace, load: Load) -> dict[str, Any]:
    """One run; prints who fell out and the server's memory over the window."""
    options = {"url": chosen.url, "key": chosen.key, "secret": chosen.secret, "pid": chosen.pid}
    async with engine_from(**options) as engine:
        run, seen = await conduct(engine, load, seconds=chosen.seconds, processes=chosen.processes)
    tell(run, seen)
    result = summarize(run, seen)
    if chosen.runs > 1:
        print(json.dumps(result))
    return result


def tell(run: Run, seen: CrewReport) -> None:
    """What the figures leave out."""
    for line in (*seen.failed, *seen.dropped):
        print("out:", line)
    for room in seen.starved:
        print("starved:", room)
    print("server memory, MiB:", " ".join(f"{used.rss_mib:.1f}" for used in run.used))


def verdict(load: Load, results: list[dict[str, Any]]) -> dict[str, Any]:
    """The figure of every run, and what was to be reached."""
    return {"runs": [figure(result) for result in results], "goal": load.goal}


def figure(result: dict[str, Any]) -> int:
    return result["forwarded_packets_per_cpu_second"] or 0


def reaches(load: Load, result: dict[str, Any]) -> bool:
    return load.goal is None or figure(result) >= load.goal


def describe(load: Load) -> None:
    """Say who meets and what is replayed, so that figures can be compared."""
    trace = Trace.load(load.trace)
    rates = ", ".join(f"{kind} {trace.bits_per_second(kind)} bit/s" for kind in CLOCK_RATES)
    print(
        f"rooms {load.rooms}, in each {load.publishers} who publish and {load.viewers} who watch; "
        f"trace {trace.name}: {len(trace.packets)} packets in {trace.seconds:.2f} s, {rates}, "
        f"payload bytes per packet {trace.bytes_per_packet()}"
    )


def load_from(chosen: argparse.Namespace) -> Load:
    """The named load with what the options change in it; a changed one has no goal."""
    load = LOADS[chosen.scenario]
    names = [field.name for field in fields(Load) if field.name not in ("foe", "goal")]
    given = {name: getattr(chosen, name) for name in names if getattr(chosen, name) is not None}
    return replace(load, **given, goal=None) if given else load


def read_options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenario", choices=LOADS, default="stage")
    options.add_argument("--runs", type=int, default=1, help="the best of so many is told")
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--rooms", type=int)
    options.add_argument("--publishers", type=int, help="in each room; they get each other")
    options.add_argument("--viewers", "--subscribers", type=int, help="in each room")
    options.add_argument("--trace", help="a name in tests/load/traces")
    options.add_argument("--layer", help="the simulcast layer that everybody asks for: q, h or f")
    options.add_argument("--processes", type=int, default=1, help="processes for those who watch")
    options.add_argument("--url", help="a running engine, http or ws; our own is started if absent")
    options.add_argument("--key")
    options.add_argument("--secret")
    options.add_argument("--pid", type=int, help="process whose CPU time is counted")
    return options.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
