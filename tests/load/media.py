"""Load on a media engine: one publishes, many watch.

    python -m tests.load.media --publishers 1 --subscribers 100 --seconds 10

starts our own engine; `--url`, `--key`, `--secret` and `--pid` name any LiveKit server instead.
The last line printed is one JSON object; `tests.load.report.summarize` tells what it means.
"""

import argparse
import asyncio
import json
import sys

from .engine import engine_from
from .report import is_sound, summarize
from .run import CrewFailed, conduct
from .scenario import deal, stage
from .trace import CLOCK_RATES, Trace


async def main() -> int:
    chosen = read_options()
    trace = Trace.load(chosen.trace)
    describe(trace)
    seats = stage(
        room="load",
        publishers=chosen.publishers,
        subscribers=chosen.subscribers,
        trace=trace.name,
    )
    hands = deal(seats, processes=chosen.processes)
    options = {"url": chosen.url, "key": chosen.key, "secret": chosen.secret, "pid": chosen.pid}
    async with engine_from(**options) as engine:
        try:
            run, seen = await conduct(engine, hands, seconds=chosen.seconds)
        except CrewFailed as error:
            print(json.dumps({"failed": str(error)}))
            return 1
    for line in (*seen.failed, *seen.dropped):
        print("out:", line)
    result = summarize(run, seen)
    print(json.dumps(result))
    return 0 if is_sound(result) else 1


def describe(trace: Trace) -> None:
    """Say what is replayed, so that figures can be compared."""
    rates = ", ".join(f"{kind} {trace.bits_per_second(kind)} bit/s" for kind in CLOCK_RATES)
    print(
        f"trace {trace.name}: {len(trace.packets)} packets in {trace.seconds:.2f} s, {rates}, "
        f"payload bytes per packet {trace.bytes_per_packet()}"
    )


def read_options() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--publishers", type=int, default=1)
    options.add_argument("--subscribers", type=int, default=100)
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--trace", default="2mbit", help="a name in tests/load/traces")
    options.add_argument("--processes", type=int, default=1, help="processes for subscribers")
    options.add_argument("--url", help="a running engine, http or ws; our own is started if absent")
    options.add_argument("--key")
    options.add_argument("--secret")
    options.add_argument("--pid", type=int, help="process whose CPU time is counted")
    return options.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
