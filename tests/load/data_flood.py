"""Drill: people watch and listen in a room where others say as much data as they can.

    python -m tests.load.data_flood --peers 20 --flooders 3 --seconds 30

The flooders fill both channels for everybody in the room, and one of them has no manners: it
sends on without regard to acknowledgements. Some read, one never does. The last
line printed is one JSON object; passed means that no peer failed or dropped, less than 0.5 % of
media was lost, the flood was bounded, and the one who never reads was sent away.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from aiohttp import ClientSession

from .access import Engine
from .caller import LABELS, Caller, user
from .cpu import cpu_seconds
from .crew import PATIENCE
from .data import join
from .engine import own_engine
from .run import conduct
from .scenario import Load

ROOM, TRACE = "load-0", "150kbit"
_FULL = 256 * 1024
_SIZE = 1000
# Datagrams in five milliseconds: more than a peer may send, less than fills the socket for all.
_SHOUT = 25
_DROPPED = re.compile(r'yoriai_media_data_dropped_total{reason="(\w+)"} (\S+)')


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
    load = Load(viewers=peers, trace=TRACE)
    async with AsyncExitStack() as stack:
        names = [f"flooder-{n}" for n in range(flooders)] + [f"reader-{n}" for n in range(readers)]
        people = [await stack.enter_async_context(join(engine, ROOM, name)) for name in names]
        deaf = await stack.enter_async_context(join(engine, ROOM, "deaf"))
        deaf.turn_deaf()
        floods = [asyncio.create_task(_flood(caller)) for caller in people[1:flooders]]
        floods.append(asyncio.create_task(_shout(people[0])))
        before, began = cpu_seconds(engine.pid), time.monotonic()
        run, seen = await conduct(engine, load, seconds=seconds, patience=patience)
        spent, flooded = cpu_seconds(engine.pid) - before, time.monotonic() - began
        for task in floods:
            task.cancel()
        deliveries = sum(len(caller.heard) for caller in people)
        not_taken = await _not_taken(engine)
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
        "not_taken": not_taken,
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


async def _shout(caller: Caller) -> None:
    """Send without end, whatever the server says."""
    packet = user(bytes(_SIZE))
    while True:
        await caller.shout(packet, _SHOUT)
        await asyncio.sleep(0.005)


async def _not_taken(engine: Engine) -> dict[str, int]:
    """What the engine did not use of the data said to it, by reason."""
    async with ClientSession() as http, http.get(f"{engine.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    found = (_DROPPED.match(line) for line in lines)
    return {match[1]: round(float(match[2])) for match in found if match}


def is_withstood(result: dict[str, Any]) -> bool:
    """Media came as without the flood, and the flood was bounded."""
    return bool(
        not result["failed"]
        and not result["dropped"]
        and result["lost"] <= result["forwarded_packets"] * 0.005
        and result["deliveries"]
        and result["not_taken"].get("limit")
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
