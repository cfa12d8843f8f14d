"""What data channels cost the media process: one says, others read.

    python -m tests.load.data --readers 15 --per-second 50 --seconds 10 --bytes 100

The clients are aiortc's peer connections, in this process; the engine is a child, whose CPU time
alone is counted. The last line printed is one JSON object.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Awaitable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

from .access import Engine, join_token
from .caller import LABELS, Caller, user
from .cpu import cpu_seconds
from .engine import own_engine
from .memory import pss_kib

ROOM = "data"
_SETTLE, _PATIENCE = 1.0, 20.0


async def measure(
    *, readers: int, per_second: int, seconds: float, size: int, label: str
) -> dict[str, Any]:
    """Join, stay idle, say `per_second` messages of `size` bytes for so long, and count."""
    async with own_engine() as engine, AsyncExitStack() as stack:
        assert engine.pid
        empty = pss_kib(engine.pid)
        everybody = [
            await stack.enter_async_context(join(engine, ROOM, f"caller-{number}"))
            for number in range(readers + 1)
        ]
        await asyncio.sleep(_SETTLE)
        idle = await _cpu_of(engine.pid, asyncio.sleep(seconds))
        joined = pss_kib(engine.pid)
        speaker, *listeners = everybody
        count = int(per_second * seconds)
        talking = _talk(speaker, label, bytes(size), count=count, per_second=per_second)
        busy = await _cpu_of(engine.pid, _all_heard(talking, listeners, count))
        heard = sum(len(listener.heard) for listener in listeners)
        return {
            "messages": count,
            "delivered": heard,
            "lost": count * readers - heard,
            "cpu_us_per_message": round((busy - idle) / count * 1e6, 1),
            "cpu_us_per_delivery": round((busy - idle) / count / readers * 1e6, 2),
            "idle_cpu_percent": round(idle / seconds * 100, 2),
            "memory_kib_per_peer": round((joined - empty) / len(everybody), 1),
            "memory_kib_after": pss_kib(engine.pid) - joined,
        }


def join(engine: Engine, room: str, identity: str) -> AbstractAsyncContextManager[Caller]:
    """A caller in a room, who may send data and nothing else."""
    token = join_token(engine, room=room, identity=identity, publish=False, data=True)
    return Caller().present(engine.url, token)


async def _cpu_of(pid: int, work: Awaitable[None]) -> float:
    before = cpu_seconds(pid)
    await work
    return cpu_seconds(pid) - before


async def _all_heard(talking: Awaitable[None], listeners: Sequence[Caller], count: int) -> None:
    """Talk, and wait until everybody has heard everything; what is lost is waited for in vain."""
    await talking
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            while any(len(listener.heard) < count for listener in listeners):
                await asyncio.sleep(_SETTLE / 10)


async def _talk(
    speaker: Caller, label: str, payload: bytes, *, count: int, per_second: int
) -> None:
    began = time.monotonic()
    for number in range(count):
        speaker.say(user(payload), label)
        await asyncio.sleep(max(0.0, began + (number + 1) / per_second - time.monotonic()))


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=15)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--bytes", type=int, default=100)
    parser.add_argument("--label", choices=LABELS, default=LABELS[0])
    options = parser.parse_args()
    figures = asyncio.run(
        measure(
            readers=options.readers,
            per_second=options.per_second,
            seconds=options.seconds,
            size=options.bytes,
            label=options.label,
        )
    )
    print(json.dumps(figures))
    sys.exit(figures["lost"] > 0)


if __name__ == "__main__":
    main()
