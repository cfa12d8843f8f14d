"""What was said on data channels and may come again: from its publisher, or for a reader."""

from __future__ import annotations

from collections import deque

# Bytes of reliable packets of one publisher that a reader may still ask for.
KEPT_BYTES = 64 * 1024
# Names of user packets that a room remembers.
NONCES = 100


class Said:
    """The reliable packets of one publisher by its numbering; the newest `KEPT_BYTES` are kept."""

    def __init__(self) -> None:
        self.last_sequence = 0
        self._packets: deque[tuple[int, bytes]] = deque()
        self._bytes = 0

    def is_next(self, sequence: int) -> bool:
        """Whether a packet of this number is new; if so, earlier ones no longer are."""
        if sequence <= self.last_sequence:
            return False
        self.last_sequence = sequence
        return True

    def keep(self, sequence: int, packet: bytes) -> None:
        """Keep a packet as readers got it, and forget the oldest beyond the bound."""
        self._packets.append((sequence, packet))
        self._bytes += len(packet)
        while self._bytes > KEPT_BYTES:
            self._bytes -= len(self._packets.popleft()[1])

    def after(self, sequence: int) -> list[bytes]:
        """The kept packets with a higher number, in order."""
        return [packet for number, packet in self._packets if number > sequence]


class Nonces:
    """The last names by which applications mark a packet, to tell one that comes twice."""

    def __init__(self) -> None:
        self._seen: dict[bytes, None] = {}

    def is_new(self, nonce: bytes) -> bool:
        """Whether it was not seen lately; from now on it was."""
        if nonce in self._seen:
            return False
        self._seen[nonce] = None
        if len(self._seen) > NONCES:
            del self._seen[next(iter(self._seen))]
        return True
