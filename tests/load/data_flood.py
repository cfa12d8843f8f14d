"""Drill: people watch and listen in a room where others say as much data as they can.

    python -m tests.load.data_flood --peers 20 --flooders 3 --seconds 30

The flooders fill both channels for everybody in the room; some read, one never does. The last
line printed is one JSON object; passed means that no peer failed or dropped, less than 0.5 % of
media was lost, and that each flooder was kept to the packets that it may cost.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from realtime.media.data import DataBounds

from .access import Engine
from .caller import LABELS, Caller, user
from .cpu import cpu_seconds
from .crew import PATIENCE
from .data import join
from .engine import own_engine
from .run import conduct
from .scenario import deal, stage

ROOM, TRACE = "flood", "150kbit"
_FULL = 256 * 1024
_SIZE = 1000
# What a flooder may still be charged for after its last piece was taken.
_SLACK = 1.2


async def withstand(
    engine: Engine,
    *,
    peers: int,
    flooders: int,
    readers: int,
    seconds: float,
    patience: float = PATIENCE,
) -> dict[str, Any]:
    """Let peers get media while data floods their room; what became of them and of the flood."""
    assert engine.pid
    seats = stage(room=ROOM, publishers=1, subscribers=peers, trace=TRACE)
    async with AsyncExitStack() as stack:
        names = [f"flooder-{n}" for n in range(flooders)] + [f"reader-{n}" for n in range(readers)]
        people = [await stack.enter_async_context(join(engine, ROOM, name)) for name in names]
        deaf = await stack.enter_async_context(join(engine, ROOM, "deaf"))
        deaf.turn_deaf()
        floods = [asyncio.create_task(_flood(caller)) for caller in people[:flooders]]
        before, began = cpu_seconds(engine.pid), time.monotonic()
        run, seen = await conduct(
            engine, deal(seats, processes=1), seconds=seconds, patience=patience
        )
        spent, flooded = cpu_seconds(engine.pid) - before, time.monotonic() - began
        for task in floods:
            task.cancel()
        deliveries = sum(len(caller.heard) for caller in people)
    return {
        "peers": peers,
        "flooders": flooders,
        "seconds": round(run.seconds, 1),
        "failed": len(seen.failed),
        "dropped": len(seen.dropped),
        "why": [*seen.failed, *seen.dropped][:5],
        "forwarded_packets": seen.tally.received,
        "lost": seen.tally.lost,
        "deliveries": deliveries,
        "deliveries_allowed": _allowed(flooders, flooded),
        "deaf_reader_sent_away": deaf.left is not None,
        "engine_cpu_percent": round(spent / flooded * 100, 1),
    }


async def _flood(caller: Caller) -> None:
    """Say as much as the channels take, until cancelled."""
    packet = user(bytes(_SIZE))
    while True:
        for label in LABELS:
            channel = caller.channels[label]
            while channel.readyState == "open" and channel.bufferedAmount < _FULL:
                caller.say(packet, label)
        await asyncio.sleep(0.01)


def _allowed(flooders: int, seconds: float) -> int:
    """Deliveries that the bounds let through in so many seconds, in packets of one message."""
    bounds = DataBounds()
    packets = bounds.packets_at_once + bounds.packets_per_second * seconds
    return round(flooders * packets * _SLACK)


def is_withstood(result: dict[str, Any]) -> bool:
    """Media came as without the flood, and the flood was bounded."""
    return bool(
        not result["failed"]
        and not result["dropped"]
        and result["lost"] <= result["forwarded_packets"] * 0.005
        and 0 < result["deliveries"] <= result["deliveries_allowed"]
        and result["deaf_reader_sent_away"]
    )


async def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", type=int, default=20)
    options.add_argument("--flooders", type=int, default=3)
    options.add_argument("--readers", type=int, default=3)
    options.add_argument("--seconds", type=float, default=30.0)
    chosen = options.parse_args(arguments)
    async with own_engine() as engine:
        result = await withstand(
            engine,
            peers=chosen.peers,
            flooders=chosen.flooders,
            readers=chosen.readers,
            seconds=chosen.seconds,
        )
    print(json.dumps(result))
    return 0 if is_withstood(result) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
