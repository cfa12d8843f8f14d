"""Transport-wide congestion control: telling a sender when its packets arrived.

draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. The browser does the estimating; without
these reports its video would creep up from 300 kbit/s.
"""

import struct

# Packets told about in one report; a sender that is faster than this in 100 ms is no camera.
LIMIT = 1024
_DELTA = 0.00025
_REFERENCE = 0.064
_ABSENT, _SMALL, _LARGE = 0, 1, 2


class Arrivals:
    """Arrival times by transport-wide sequence number, since the last report."""

    __slots__ = ("_newest", "_reports", "_times")

    def __init__(self) -> None:
        self._times: dict[int, float] = {}
        self._newest = -1
        self._reports = 0

    def note(self, sequence: int, at: float) -> None:
        """Remember that a 16-bit sequence number arrived at `at` (seconds, monotonic)."""
        if self._newest < 0:
            self._newest = sequence + 0x10000
        ahead = ((sequence - self._newest + 0x8000) & 0xFFFF) - 0x8000
        self._newest = max(self._newest, self._newest + ahead)
        if len(self._times) < LIMIT:
            self._times[self._newest + min(ahead, 0)] = at

    def report(self, sender: int, media: int) -> bytes | None:
        """The feedback packet for what arrived since the last one; None when nothing did."""
        if not self._times:
            return None
        first, last = min(self._times), max(self._times)
        last = min(last, first + LIMIT - 1)
        times = [self._times.get(number) for number in range(first, last + 1)]
        self._times = {n: at for n, at in self._times.items() if n > last}
        self._reports = (self._reports + 1) & 0xFF
        return _feedback(sender, media, first & 0xFFFF, times, self._reports)


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
        delta = min(max(delta, -0x8000), 0x7FFF)
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
