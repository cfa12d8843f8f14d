"""Packets of one video layer kept for a moment, in plain text, for everyone who lost some."""

from typing import Any, NamedTuple

from realtime.media import adapter

# 256 packets are one second of 2 Mbit/s; a power of two, so that a slot is a masked number.
SLOTS = 256
_MASK = SLOTS - 1
PAYLOAD = 1500

# Retransmissions that one peer may cause per second (burst of as many).
PER_SECOND = 200


class Kept(NamedTuple):
    """A kept payload: where it lies, and the header fields that go with it."""

    pointer: Any
    size: int
    marker: int
    timestamp: int


class Ring:
    """The last packets of a layer by sequence number; memory is made at the first packet."""

    __slots__ = ("_markers", "_memory", "_sequences", "_sizes", "_timestamps")

    def __init__(self) -> None:
        self._memory: Any = None
        self._sequences = [-1] * SLOTS
        self._sizes = [0] * SLOTS
        self._markers = [0] * SLOTS
        self._timestamps = [0] * SLOTS

    def keep(self, sequence: int, marker: int, timestamp: int, payload: Any, size: int) -> None:
        """Copy a payload of `size` bytes; one that is too large is not kept."""
        if size > PAYLOAD:
            return
        if self._memory is None:
            self._memory = adapter.new_memory(SLOTS * PAYLOAD)
        slot = sequence & _MASK
        adapter.copy_memory(self._memory + slot * PAYLOAD, payload, size)
        self._sequences[slot] = sequence
        self._sizes[slot] = size
        self._markers[slot] = marker
        self._timestamps[slot] = timestamp

    def get(self, sequence: int) -> Kept | None:
        slot = sequence & _MASK
        if self._sequences[slot] != sequence:
            return None
        pointer = self._memory + slot * PAYLOAD
        return Kept(pointer, self._sizes[slot], self._markers[slot], self._timestamps[slot])


class Allowance:
    """A token bucket: `rate` a second, saved up for one second. Times in seconds, monotonic."""

    __slots__ = ("_at", "_left", "_rate")

    def __init__(self, rate: int = PER_SECOND) -> None:
        self._rate = rate
        self._left = float(rate)
        self._at = 0.0

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`."""
        self._fill(now)
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def owe(self, cost: int, now: float) -> float:
        """Take `cost`, on credit if need be; for how many seconds nothing more should be taken."""
        self._fill(now)
        self._left -= cost
        return max(0.0, -self._left / self._rate)

    def _fill(self, now: float) -> None:
        self._left = min(self._rate, self._left + (now - self._at) * self._rate)
        self._at = now
