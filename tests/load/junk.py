"""Drill: peers join and stay while strangers send junk to the media port.

    python -m tests.load.junk --peers 100 --seconds 60

The junk is what an attacker off the path can send without knowing anything of a peer: empty
datagrams, forged DTLS alerts and ClientHellos, connectivity checks with invented names, packets
that only look like media, noise. It comes from sockets of its own, during the joins and after.
The last line printed is one JSON object; passed means `failed` and `dropped` are 0.
"""

import argparse
import asyncio
import contextlib
import json
import random
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.ports import free_port

from .access import Engine
from .crew import PATIENCE
from .dtls import DtlsEnd, Identity
from .engine import HOST, engine_from
from .ice import Credentials, IceClient
from .run import conduct
from .scenario import Load

STRANGERS = 32
BURST = 0.01
TRACE = "150kbit"


def empty(_: random.Random) -> bytes:
    return b""


def forged_alert(seed: random.Random) -> bytes:
    """A fatal handshake_failure in the clear (RFC 6347 §4.1, RFC 5246 §7.2)."""
    sequence = seed.randrange(1, 1 << 16).to_bytes(6, "big")
    return b"\x15\xfe\xfd\x00\x00" + sequence + b"\x00\x02\x02\x28"


def invented_check(_: random.Random) -> bytes:
    """A connectivity check with a name and a signature that no peer has."""
    return IceClient(Credentials.fresh(), Credentials.fresh()).check()


def like_rtp(seed: random.Random) -> bytes:
    head = struct.pack("!BBHII", 0x80, 96, seed.randrange(1 << 16), 0, seed.randrange(1 << 32))
    return head + seed.randbytes(seed.randrange(0, 1100))


def like_rtcp(seed: random.Random) -> bytes:
    return b"\x81\xc9\x00\x07" + seed.randbytes(28)


def noise(seed: random.Random) -> bytes:
    return seed.randbytes(seed.randrange(1, 1200))


def make_client_hello() -> Callable[[random.Random], bytes]:
    """A genuine first flight of somebody nobody waits for."""
    hello = DtlsEnd(Identity.fresh(), {}, begins=True).start()[0]
    return lambda _: hello


@dataclass
class Storm:
    """Junk on its way to one port."""

    port: int
    per_second: int
    seed: random.Random
    sent: dict[str, int] = field(default_factory=dict)

    async def blow(self) -> None:
        """Send until cancelled, in bursts, at the rate asked for."""
        makers: dict[str, Callable[[random.Random], bytes]] = {
            "empty": empty,
            "forged_alert": forged_alert,
            "client_hello": make_client_hello(),
            "invented_check": invented_check,
            "like_rtp": like_rtp,
            "like_rtcp": like_rtcp,
            "noise": noise,
        }
        began, total = time.monotonic(), 0
        with contextlib.ExitStack() as stack:
            strangers = [stack.enter_context(_stranger()) for _ in range(STRANGERS)]
            while True:
                for _ in range(round((time.monotonic() - began) * self.per_second) - total):
                    kind = self.seed.choice(list(makers))
                    self._throw(self.seed.choice(strangers), kind, makers[kind](self.seed))
                    total += 1
                await asyncio.sleep(BURST)

    def _throw(self, stranger: socket.socket, kind: str, datagram: bytes) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            stranger.sendto(datagram, (HOST, self.port))
            self.sent[kind] = self.sent.get(kind, 0) + 1


def _stranger() -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setblocking(False)
    udp.bind((HOST, 0))
    return udp


@asynccontextmanager
async def storm(port: int, *, per_second: int) -> AsyncIterator[Storm]:
    """Junk for as long as the context lasts."""
    blowing = Storm(port, per_second, random.Random())
    task = asyncio.create_task(blowing.blow())
    try:
        yield blowing
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def withstand(
    engine: Engine,
    udp_port: int,
    *,
    peers: int,
    seconds: float,
    per_second: int,
    patience: float = PATIENCE,
) -> dict[str, Any]:
    """Let peers join and stay under junk; what became of them.

    One more peer publishes, and each of the others must still get both its streams at the end.
    """
    load = Load(viewers=peers, trace=TRACE)
    async with storm(udp_port, per_second=per_second) as blowing:
        run, seen = await conduct(engine, load, seconds=seconds, patience=patience)
        sent = dict(blowing.sent)
    return {
        "peers": peers,
        "seconds": round(run.seconds, 1),
        "failed": len(seen.failed),
        "dropped": len(seen.dropped),
        "why": [*seen.failed, *seen.dropped][:5],
        "forwarded_packets": seen.tally.received,
        "lost": seen.tally.lost,
        "junk": sum(sent.values()),
        "junk_by_kind": sent,
    }


def is_withstood(result: dict[str, Any]) -> bool:
    """Everybody joined, stayed and got media, and there was junk of every kind."""
    return bool(
        not result["failed"]
        and not result["dropped"]
        and result["forwarded_packets"]
        and len(result["junk_by_kind"]) == 7
    )


async def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peers", type=int, default=100)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--per-second", type=int, default=2000, help="junk datagrams")
    options.add_argument("--url", help="a running engine; our own is started if absent")
    options.add_argument("--key")
    options.add_argument("--secret")
    options.add_argument("--udp-port", type=int, help="the media port of the engine given")
    chosen = options.parse_args(arguments)
    port = chosen.udp_port or free_port(socket.SOCK_DGRAM)
    async with engine_from(
        url=chosen.url, key=chosen.key, secret=chosen.secret, udp_port=port
    ) as engine:
        result = await withstand(
            engine,
            port,
            peers=chosen.peers,
            seconds=chosen.seconds,
            per_second=chosen.per_second,
        )
    print(json.dumps(result))
    return 0 if is_withstood(result) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
