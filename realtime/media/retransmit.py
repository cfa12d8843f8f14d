"""Packets of one stream kept for a moment, in plain text, for everyone who lost some."""

from typing import Any, NamedTuple

from realtime.media import adapter

# Slots are a power of two, so that a slot is a masked number. A ring begins small and grows while
# what it holds is younger than `SPAN`: a thumbnail needs 64 packets for that, 4 Mbit/s 512.
FEWEST, MOST = 64, 512
SPAN = 1.0

# Larger payloads are not kept.
VIDEO_PAYLOAD, AUDIO_PAYLOAD = 1500, 512


class Kept(NamedTuple):
    """A kept payload: where it lies, and the header fields that go with it.

    `level` and `orientation` are octets of header extensions, -1 without.
    """

    pointer: Any
    size: int
    marker: int
    timestamp: int
    level: int
    orientation: int


class Ring:
    """The last packets of a stream by sequence number; memory is made at the first packet."""

    __slots__ = ("_heads", "_mask", "_memory", "_payload", "_sequences", "_span", "_view")

    def __init__(self, payload: int, clock_rate: int) -> None:
        self._payload = payload
        self._span = int(SPAN * clock_rate)
        self._memory: Any = None
        self._view = memoryview(b"")
        self._make(FEWEST)

    def _make(self, slots: int) -> None:
        self._mask = slots - 1
        self._sequences = [-1] * slots
        self._heads = [(0, 0, 0, -1, -1)] * slots

    def keep(
        self,
        sequence: int,
        marker: int,
        timestamp: int,
        payload: Any,
        size: int,
        level: int = -1,
        orientation: int = -1,
    ) -> None:
        """Copy a payload of `size` bytes; one that is too large is not kept."""
        if size > self._payload:
            return
        if self._memory is None:
            self._fill()
        slot = sequence & self._mask
        if self._sequences[slot] >= 0:
            younger = (timestamp - self._heads[slot][2]) & 0xFFFFFFFF < self._span
            if younger and self._mask + 1 < MOST:
                self._grow()
                slot = sequence & self._mask
        adapter.copy_memory(self._memory + slot * self._payload, payload, size)
        self._sequences[slot] = sequence
        self._heads[slot] = (size, marker, timestamp, level, orientation)

    def _fill(self) -> None:
        self._memory = adapter.new_memory((self._mask + 1) * self._payload)
        self._view = adapter.memory_view(self._memory)

    def _grow(self) -> None:
        """Twice the slots, each packet in its new one."""
        memory, sequences, heads = self._memory, self._sequences, self._heads
        self._make(2 * len(sequences))
        self._fill()
        for slot, sequence in enumerate(sequences):
            if sequence >= 0:
                at = sequence & self._mask
                source = memory + slot * self._payload
                adapter.copy_memory(self._memory + at * self._payload, source, heads[slot][0])
                self._sequences[at], self._heads[at] = sequence, heads[slot]

    def lacks(self, sequence: int, behind: int) -> bool:
        """Whether a late packet, `behind` the newest one by so much, is worth taking in."""
        return behind <= self._mask and self._sequences[sequence & self._mask] != sequence

    def get(self, sequence: int) -> Kept | None:
        slot = sequence & self._mask
        if self._sequences[slot] != sequence:
            return None
        return Kept(self._memory + slot * self._payload, *self._heads[slot])

    def bytes_of(self, sequence: int) -> memoryview:
        """A kept payload to read; nothing when it is gone."""
        slot = sequence & self._mask
        if self._sequences[slot] != sequence:
            return memoryview(b"")
        start = slot * self._payload
        return self._view[start : start + self._heads[slot][0]]
