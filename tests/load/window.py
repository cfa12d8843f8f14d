"""The stretch of a load run that counts."""

import time
from collections.abc import Sequence

from .hunger import Hunger
from .peer import Peer
from .report import CrewReport
from .stream import Tally


class Window:
    """Counts from `start` on: remembers where the peers stood."""

    def __init__(self, peers: Sequence[Peer], failed: list[str], hunger: Hunger) -> None:
        self._peers, self._failed, self._hunger = peers, failed, hunger
        self.start()

    def start(self) -> None:
        for peer in self._peers:
            peer.receiver.samples.clear()
        self._hunger.begin()
        self._media = {peer: peer.receiver.tally().received for peer in self._peers}
        self._tally, self._sent, self._drops, self._requests = self._counts()
        self._cpu = time.process_time()

    def report(self) -> CrewReport:
        """What happened since `start`."""
        self._note_silenced()
        tally, sent, drops, requests = self._counts()
        samples = [peer.receiver.samples for peer in self._peers]
        return CrewReport(
            tally=tally - self._tally,
            sent=sent - self._sent,
            latencies_us=[ns // 1000 for one in samples for ns in one.latencies_ns],
            checked=sum(one.checked for one in samples),
            corrupt=sum(one.corrupt for one in samples),
            skipped=sum(one.order.skipped for one in samples),
            disordered=sum(one.order.disordered for one in samples),
            own_drops=drops - self._drops,
            key_frame_requests=requests - self._requests,
            cpu_seconds=time.process_time() - self._cpu,
            failed=self._failed,
            dropped=[f"{p.plan.name}: {p.dropped}" for p in self._peers if p.dropped],
            starved=sorted(self._hunger.starved),
        )

    def _note_silenced(self) -> None:
        for peer, before in self._media.items():
            if peer.joined and peer.plan.expects and peer.receiver.tally().received == before:
                peer.dropped = peer.dropped or "no media within the window"

    def _counts(self) -> tuple[Tally, int, int, int]:
        """Received, sent of what anybody gets, dropped by the own sockets, asked key frames."""
        published = [(peer, p) for peer in self._peers for p in peer.publications]
        return (
            sum((peer.receiver.tally() for peer in self._peers), Tally()),
            sum(p.sent for peer, p in published if p.rid in ("", peer.plan.layer)),
            sum(peer.receiver.own_drops for peer in self._peers),
            sum(p.key_frame_requests for _, p in published),
        )
