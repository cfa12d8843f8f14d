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
from .peer import Peer, PeerFailed, PeerPlan
from .post import PostOffice
from .publisher import play
from .report import CrewReport
from .stream import Tally

JOINING_AT_ONCE = 5
PATIENCE = 60.0
SETTLE_POLL = 0.05


@dataclass(frozen=True)
class CrewPlan:
    """The peers of this process and the engine they join.

    `patience` is how many seconds each may take to join, and all together to get every stream.
    """

    url: str
    peers: tuple[PeerPlan, ...]
    patience: float = PATIENCE

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "CrewPlan":
        fields = json.loads(line)
        peers = tuple(PeerPlan(**peer) for peer in fields["peers"])
        return cls(fields["url"], peers, fields["patience"])


class Window:
    """Counts from `start` on: remembers where the peers stood."""

    def __init__(self, peers: Sequence[Peer], failed: list[str]) -> None:
        self._peers, self._failed = peers, failed
        self.start()

    def start(self) -> None:
        for peer in self._peers:
            peer.receiver.samples.clear()
        self._media = {peer: peer.receiver.tally().received for peer in self._peers}
        self._tally, self._sent, self._drops = self._counts()
        self._cpu = time.process_time()

    def report(self) -> CrewReport:
        self._note_silenced()
        tally, sent, drops = self._counts()
        samples = [peer.receiver.samples for peer in self._peers]
        return CrewReport(
            tally=tally - self._tally,
            sent=sent - self._sent,
            latencies_us=[ns // 1000 for one in samples for ns in one.latencies_ns],
            checked=sum(one.checked for one in samples),
            corrupt=sum(one.corrupt for one in samples),
            own_drops=drops - self._drops,
            cpu_seconds=time.process_time() - self._cpu,
            failed=self._failed,
            dropped=[f"{p.plan.identity}: {p.dropped}" for p in self._peers if p.dropped],
        )

    def _note_silenced(self) -> None:
        for peer, before in self._media.items():
            if peer.joined and peer.plan.expects and peer.receiver.tally().received == before:
                peer.dropped = peer.dropped or "no media within the window"

    def _counts(self) -> tuple[Tally, int, int]:
        return (
            sum((peer.receiver.tally() for peer in self._peers), Tally()),
            sum(p.sent for peer in self._peers for p in peer.publications),
            sum(peer.receiver.own_drops for peer in self._peers),
        )


async def main() -> None:
    commands = await _open_input()
    plan = CrewPlan.from_line(await commands.readline())
    post = PostOffice()
    post.open()
    identity = Identity.fresh()
    peers = [Peer(peer, plan.url, identity, post, random.Random()) for peer in plan.peers]
    failed = await join_all(peers, ceiling=plan.patience)
    _say({"joined": [round(peer.join_ms, 2) for peer in peers if peer.joined]})
    playing = asyncio.create_task(play([(p, q.wire) for q in peers for p in q.publications]))
    await settle(peers, ceiling=plan.patience)
    gc.freeze()
    _say({"settled": True})
    await obey(commands, Window(peers, failed))
    playing.cancel()
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
