"""Drill: a client that joined floods the engine, while others talk in its room and in another.

    python -m tests.load.hostile --seconds 5 --per-second 3000

Each flood of `tests.load.floods` gets its time, after a calm stretch, and at last all in turn. The
hostile client joins anew whenever it is thrown out. The last line printed is one JSON object: what
the others lost by flood, how often they were asked for key frames, and the engine's memory. Passed
means that the others lost less than 0.5 %, that nobody of them fell out or starved, and that memory
is flat.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any, Final

import uvloop

from .access import Engine, join_token
from .dtls import Identity
from .engine import engine_from
from .floods import FLOODS, Hostile
from .peer import Peer, PeerFailed, PeerPlan
from .post import PostOffice
from .report import summarize
from .run import Company, gathered
from .scenario import Load

TRACE: Final = "150kbit"
ROOM: Final = "load-0"
CALM: Final = "calm"
EVERYTHING: Final = "everything"
ATTACKS: Final = {**{name: (name,) for name in FLOODS}, EVERYTHING: tuple(FLOODS)}
FOE: Final = "hostile"
OTHERS: Final = Load(rooms=2, publishers=3, viewers=5, trace=TRACE, foe=FOE)
CEILING: Final = 60.0
BURST: Final = 0.01
CATCH_UP: Final = 0.1  # seconds; who is later throws less, so that a slow attacker stays one
REST: Final = 0.2
LOSS_ALLOWED: Final = 0.005
GROWTH_ALLOWED_MIB: Final = 24.0


class Attack:
    """Some floods in turn, kept up by a client that comes back as often as it is thrown out."""

    def __init__(
        self, engine: Engine, floods: Sequence[str], *, per_second: int, seed: int
    ) -> None:
        self._engine, self._per_second = engine, per_second
        self._floods = cycle([FLOODS[name] for name in floods])
        self._seed = random.Random(f"{seed}/{floods}")
        self._joined = asyncio.Event()
        self.thrown = self.joins = 0

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """The floods for as long as the context lasts.

        Raises:
            TimeoutError: the client could not join at all.
        """
        task = asyncio.create_task(self._keep_up())
        try:
            await asyncio.wait_for(self._joined.wait(), CEILING)
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _keep_up(self) -> None:
        while True:
            with contextlib.suppress(PeerFailed):
                async with self._client() as client:
                    self.joins += 1
                    self._joined.set()
                    await self._throw(client)
            await asyncio.sleep(REST)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Hostile]:
        token = join_token(self._engine, room=ROOM, identity=FOE, publish=True)
        plan = PeerPlan(FOE, token, TRACE, room=ROOM)
        post = PostOffice()
        post.open()
        peer = Peer(plan, self._engine.url, Identity.fresh(), post, self._seed)
        try:
            await peer.join()
            client = Hostile(peer, self._seed)
            client.throw(client.sound())
            client.throw(client.picture(client.camera, 500))
            yield client
        finally:
            await peer.leave()
            post.close()

    async def _throw(self, client: Hostile) -> None:
        """At the rate asked for, or as well as this process can, until thrown out."""
        due, last = 0.0, time.monotonic()
        while client.peer.dropped is None:
            now = time.monotonic()
            due = min(due + (now - last) * self._per_second, self._per_second * CATCH_UP)
            last = now
            while due >= 1:
                await next(self._floods)(client)
                self.thrown += 1
                due -= 1
            await asyncio.sleep(BURST)


async def withstand(
    engine: Engine,
    attacks: Mapping[str, Sequence[str]],
    *,
    seconds: float,
    per_second: int,
    seed: int,
    load: Load = OTHERS,
) -> dict[str, Any]:
    """Let each attack, a name for some floods, go on for a while; what it did to the others."""
    async with gathered(engine, load) as company:
        tolls = {CALM: await _toll(company, seconds)}
        for name, floods in attacks.items():
            attack = Attack(engine, floods, per_second=per_second, seed=seed)
            async with attack.going_on():
                toll = await _toll(company, seconds)
            tolls[name] = {"thrown": attack.thrown, "joins": attack.joins, **toll}
            print(name, json.dumps(tolls[name]), flush=True)
    return _whole(tolls, seed=seed)


async def _toll(company: Company, seconds: float) -> dict[str, Any]:
    run, seen = await company.count(seconds)
    result = summarize(run, seen)
    names = (
        *("forwarded_packets", "loss", "starved", "dropped_peers", "failed_joins", "server_drops"),
        *("own_drops", "server_cpu_seconds", "rss_start_mib", "rss_end_mib"),
    )
    asked = round(seen.key_frame_requests / max(1.0, run.seconds), 2)
    return {**{name: result[name] for name in names}, "key_frames_per_second": asked}


def _whole(tolls: dict[str, Any], *, seed: int) -> dict[str, Any]:
    each = list(tolls.values())
    return {
        "drill": "hostile",
        "seed": seed,
        "loss": max(toll["loss"] for toll in each),
        "starved": sum(toll["starved"] for toll in each),
        "out": max(toll["dropped_peers"] + toll["failed_joins"] for toll in each),
        "rss_start_mib": each[0]["rss_end_mib"],
        "rss_end_mib": each[-1]["rss_end_mib"],
        "floods": tolls,
    }


def is_withstood(result: dict[str, Any]) -> bool:
    """Whether the others noticed next to nothing."""
    growth = result["rss_end_mib"] - result["rss_start_mib"]
    return (
        result["loss"] < LOSS_ALLOWED
        and not result["starved"]
        and not result["out"]
        and growth < GROWTH_ALLOWED_MIB
    )


async def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=10.0, help="for each flood")
    options.add_argument("--per-second", type=int, default=3000, help="things thrown")
    options.add_argument("--flood", choices=ATTACKS, help="only this one")
    options.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    for name in ("url", "key", "secret"):
        options.add_argument(f"--{name}")
    options.add_argument("--pid", type=int)
    chosen = options.parse_args(arguments)
    where = {"url": chosen.url, "key": chosen.key, "secret": chosen.secret, "pid": chosen.pid}
    async with engine_from(**where) as engine:
        result = await withstand(
            engine,
            {name: ATTACKS[name] for name in ([chosen.flood] if chosen.flood else ATTACKS)},
            seconds=chosen.seconds,
            per_second=chosen.per_second,
            seed=chosen.seed,
        )
    print(json.dumps(result))
    return 0 if is_withstood(result) else 1


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
