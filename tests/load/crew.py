"""One process of light clients: `python -m tests.load.crew`, told what to do on its input.

The first line is the plan as JSON. It answers `{"joined": [milliseconds, …]}`, then
`{"settled": true}` once every seat gets every stream that it expects. `start` begins the window,
`stop` ends it and is answered with `{"report": …}`; the end of input ends the process.
"""

import asyncio
import gc
import json
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import uvloop

from .dtls import Identity
from .hunger import Hunger
from .peer import Peer, PeerFailed, PeerPlan
from .post import PostOffice
from .publisher import play
from .receiver import SAMPLE_EVERY
from .window import Window

JOINING_AT_ONCE = 5
PATIENCE = 60.0
SETTLE_POLL = 0.05


@dataclass(frozen=True)
class CrewPlan:
    """The peers of this process and the engine they join.

    `patience` is how many seconds each may take to join, and all together to get every stream;
    one packet in `sample_every` is decrypted and checked.
    """

    url: str
    peers: tuple[PeerPlan, ...]
    patience: float = PATIENCE
    sample_every: int = SAMPLE_EVERY

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "CrewPlan":
        fields = json.loads(line)
        peers = tuple(PeerPlan(**peer) for peer in fields["peers"])
        return cls(**{**fields, "peers": peers})


async def main() -> None:
    commands = await _open_input()
    plan = CrewPlan.from_line(await commands.readline())
    post = PostOffice()
    post.open()
    identity = Identity.fresh()
    peers = [
        Peer(peer, plan.url, identity, post, random.Random(), plan.sample_every)
        for peer in plan.peers
    ]
    failed = await join_all(peers, ceiling=plan.patience)
    _say({"joined": [round(peer.join_ms, 2) for peer in peers if peer.joined]})
    sending = [(peer.wire, peer.publications) for peer in peers]
    playing = asyncio.create_task(play(sending, random.Random()))
    await settle(peers, ceiling=plan.patience)
    gc.freeze()
    _say({"settled": True})
    hunger = Hunger(peers)
    watching = asyncio.create_task(hunger.watch())
    await obey(commands, Window(peers, failed, hunger))
    playing.cancel()
    watching.cancel()
    await asyncio.gather(*(peer.leave() for peer in peers), return_exceptions=True)


async def join_all(peers: Sequence[Peer], *, ceiling: float) -> list[str]:
    """Join everybody, a few at once; why those who could not join failed."""
    gate = asyncio.Semaphore(JOINING_AT_ONCE)

    async def join(peer: Peer) -> str | None:
        async with gate:
            try:
                await peer.join(ceiling=ceiling)
            except PeerFailed as error:
                return str(error)
        return None

    return [why for why in await asyncio.gather(*map(join, peers)) if why]


async def settle(peers: Sequence[Peer], *, ceiling: float) -> None:
    """Wait, at most `ceiling` seconds, until all peers in the room get every stream they expect.

    Who still lacks one then counts as dropped.
    """
    deadline = time.monotonic() + ceiling
    while lacking := [p for p in peers if p.joined and not p.has_all_streams()]:
        if time.monotonic() > deadline:
            for peer in lacking:
                peer.dropped = peer.dropped or "lacks a stream"
            return
        await asyncio.sleep(SETTLE_POLL)


async def obey(commands: asyncio.StreamReader, window: Window) -> None:
    """Start and stop the window as told, until the input ends."""
    while command := (await commands.readline()).strip():
        if command == b"start":
            window.start()
        elif command == b"stop":
            _say({"report": window.report().to_json()})


async def _open_input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main())
