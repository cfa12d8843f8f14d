"""Transport-wide congestion control: telling a sender when its packets arrived.

draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. The browser does the estimating; without
these reports its video would creep up from 300 kbit/s.
"""

import struct
from collections.abc import Iterator

# Numbers remembered; a sender that is faster than this in 100 ms is no camera. A power of two.
LIMIT = 1024
_MASK = LIMIT - 1

# Numbers told about in one packet, so that it stays below 1,200 octets whatever their deltas, and
# how far apart in seconds neighbours may be: a delta has 16 bits.
_TOLD_AT_ONCE = 256
_FARTHEST = 8.0

_DELTA = 0.00025
_REFERENCE = 0.064
_ABSENT, _SMALL, _LARGE = 0, 1, 2


class Arrivals:
    """Arrival times by transport-wide sequence number.

    What was told stays known for a while: a packet that comes late makes the next report go back
    to it, and that report must not deny what came in between.
    """

    __slots__ = ("_from", "_newest", "_numbers", "_reports", "_times")

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._times: list[float] = []
        self._newest = -1
        self._from = 0
        self._reports = 0

    def note(self, sequence: int, at: float) -> None:
        """Remember that a 16-bit sequence number arrived at `at` (seconds, monotonic)."""
        newest = self._newest
        if newest < 0:
            number = self._newest = self._from = sequence + 0x10000
            self._numbers, self._times = [-1] * LIMIT, [0.0] * LIMIT
        else:
            number = newest + ((sequence - newest + 0x8000) & 0xFFFF) - 0x8000
            if number > newest:
                self._newest = number
            elif number <= newest - LIMIT:
                return
        if number < self._from:
            self._from = number
        self._numbers[number & _MASK] = number
        self._times[number & _MASK] = at

    def reports(self, sender: int, media: int) -> Iterator[bytes]:
        """Feedback packets for what arrived since the last ones; none when nothing did."""
        first, end = max(self._from, self._newest - LIMIT + 1), self._newest + 1
        self._from = max(self._from, end)
        while first < end:
            times = self._run(first, end)
            if any(at is not None for at in times):
                yield _feedback(sender, media, first & 0xFFFF, times, self._reports & 0xFF)
                self._reports += 1
            first += len(times)

    def _run(self, first: int, end: int) -> list[float | None]:
        """Arrivals of the numbers from `first` on that fit into one packet."""
        times: list[float | None] = []
        last: float | None = None
        for number in range(first, min(end, first + _TOLD_AT_ONCE)):
            at = self._arrival(number)
            if at is not None and last is not None and abs(at - last) > _FARTHEST:
                break
            last = last if at is None else at
            times.append(at)
        return times

    def _arrival(self, number: int) -> float | None:
        return self._times[number & _MASK] if self._numbers[number & _MASK] == number else None


def _feedback(sender: int, media: int, base: int, times: list[float | None], report: int) -> bytes:
    start = next(at for at in times if at is not None)
    reference = int(start / _REFERENCE)
    statuses, deltas = _encode(times, reference * _REFERENCE)
    body = struct.pack("!IIHH", sender, media, base, len(times))
    body += (reference & 0xFFFFFF).to_bytes(3, "big") + bytes((report,))
    body += _chunks(statuses) + deltas
    body += bytes(-len(body) % 4)
    return struct.pack("!BBH", 0x80 | 15, 205, len(body) // 4) + body


def _encode(times: list[float | None], reference: float) -> tuple[list[int], bytes]:
    """Two-bit status per packet and the deltas in 250 µs, rounded so that errors do not add up."""
    statuses: list[int] = []
    deltas = bytearray()
    told = 0
    for at in times:
        if at is None:
            statuses.append(_ABSENT)
            continue
        delta = round((at - reference) / _DELTA) - told
        told += delta
        small = 0 <= delta <= 255
        statuses.append(_SMALL if small else _LARGE)
        deltas += bytes((delta,)) if small else struct.pack("!h", delta)
    return statuses, bytes(deltas)


def _chunks(statuses: list[int]) -> bytes:
    """Status vector chunks of seven two-bit symbols (§3.1.4)."""
    chunks = bytearray()
    for at in range(0, len(statuses), 7):
        chunk = 0xC000
        for place, status in enumerate(statuses[at : at + 7]):
            chunk |= status << (12 - 2 * place)
        chunks += struct.pack("!H", chunk)
    return bytes(chunks)
