"""The mark at the end of a published payload, by which receivers check and time it.

A payload is: codec bytes as real ones need, filler, then the mark: magic, source SSRC, count of
the packet in its stream, wall clock of sending in nanoseconds, CRC-32 of all before.
"""

import struct
import zlib
from dataclasses import dataclass

_BODY = struct.Struct("!4sIIQ")
_CHECKSUM = struct.Struct("!I")
MAGIC = b"YMRK"
SIZE = _BODY.size + _CHECKSUM.size


class CorruptPayload(Exception):
    """A payload that ends in a mark differs from what was published."""


@dataclass(frozen=True)
class Mark:
    """Which packet this is and when it was sent (nanoseconds of the wall clock)."""

    ssrc: int
    count: int
    sent_ns: int


def seal(head: bytes, size: int, mark: Mark) -> bytes:
    """A payload of `size` bytes beginning with `head`; too small a one stays unmarked."""
    room = size - len(head) - SIZE
    if room < 0:
        return head + bytes(size - len(head))
    body = head + bytes(room) + _BODY.pack(MAGIC, mark.ssrc, mark.count & 0xFFFFFFFF, mark.sent_ns)
    return body + _CHECKSUM.pack(zlib.crc32(body))


def read(payload: bytes) -> Mark | None:
    """The mark of a payload, None for one too small to have one.

    Raises:
        CorruptPayload: the bytes are not the published ones.
    """
    if payload[-SIZE : -SIZE + 4] != MAGIC:
        if any(payload[-SIZE:]):
            raise CorruptPayload("neither mark nor filler at the end")
        return None
    body, (checksum,) = payload[: -_CHECKSUM.size], _CHECKSUM.unpack(payload[-_CHECKSUM.size :])
    if zlib.crc32(body) != checksum:
        raise CorruptPayload("checksum differs")
    _, ssrc, count, sent_ns = _BODY.unpack(body[-_BODY.size :])
    return Mark(ssrc, count, sent_ns)
