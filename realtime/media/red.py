"""Sound that carries its past beside it (RFC 2198), for listeners who take it and who do not."""

from typing import NamedTuple

from realtime.media.rtp import Buffer

# More blocks than this are no microphone: browsers send one or two of the past.
_BLOCKS = 8


class Past(NamedTuple):
    """A block of an earlier packet: how many packets and RTP ticks ago, and where it lies."""

    packets: int
    ticks: int
    start: int
    end: int


def primary_start(buffer: Buffer, start: int, end: int) -> int:
    """Where the newest block begins, which runs to the end; -1 when the payload is malformed.

    Headers of four octets with the follow bit tell the lengths of older blocks, one octet without
    it ends them (RFC 2198 §3).
    """
    at, older = start, 0
    for _ in range(_BLOCKS):
        if at >= end:
            return -1
        if not buffer[at] & 0x80:
            begins = at + 1 + older
            return begins if begins <= end else -1
        if at + 4 > end:
            return -1
        older += (buffer[at + 2] & 0x03) << 8 | buffer[at + 3]
        at += 4
    return -1


def past(buffer: Buffer, start: int, end: int) -> list[Past]:
    """The blocks of earlier packets, oldest first; none when the payload is malformed."""
    primary = primary_start(buffer, start, end)
    heads: list[tuple[int, int]] = []
    at = start
    while primary >= 0 and buffer[at] & 0x80:
        ago = buffer[at + 1] << 6 | buffer[at + 2] >> 2
        heads.append((ago, (buffer[at + 2] & 0x03) << 8 | buffer[at + 3]))
        at += 4
    blocks: list[Past] = []
    at += 1
    for place, (ago, size) in enumerate(heads):
        blocks.append(Past(len(heads) - place, ago, at, at + size))
        at += size
    return blocks
