"""Whether a receiver gets every packet of its publishers, one after the other.

Sequence numbers are the server's: one that leaves a packet out may renumber the rest. The marks
count in the publisher's own numbers, so with every packet decrypted nothing can hide.
"""

from dataclasses import dataclass, field

from .mark import Mark


@dataclass
class Order:
    """Counts over all streams of a receiver: packets `skipped`, and `disordered` ones that came
    after a later one. A stream may change its source (another layer) at any time."""

    skipped: int = 0
    disordered: int = 0
    _next: dict[int, tuple[int, int]] = field(default_factory=dict)

    def take(self, stream: int, mark: Mark | None) -> None:
        """The next packet of a stream (its SSRC); None for one too small to have a mark."""
        source, expected = self._next.get(stream, (0, 0))
        if mark is None:
            self._next[stream] = source, expected + 1
            return
        ahead = mark.count - expected if mark.ssrc == source else 0
        self.skipped += max(0, ahead)
        self.disordered += ahead < 0
        if ahead >= 0:
            self._next[stream] = mark.ssrc, mark.count + 1
