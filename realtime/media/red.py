"""Sound that carries its past beside it (RFC 2198), for listeners who take it and who do not."""

from realtime.media.rtp import Buffer

# More blocks than this are no microphone: browsers send one or two of the past.
_BLOCKS = 8


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
