"""Packets sent a moment ago, kept to be sent again as RTX (RFC 4588 §4)."""

import struct
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from .sdp import VP8_RTX

KEPT = 512


class Repairs:
    """What one video stream sent last; a NACK takes out of it what it names.

    Args:
        ssrc: the SSRC of the retransmissions.
        sequence: the number that their numbering begins after.
        extensions: written into each, so that the server knows whose they are.
    """

    def __init__(self, ssrc: int, *, sequence: int, extensions: bytes = b"") -> None:
        self.sent = 0
        self._ssrc = ssrc
        self._sequence = sequence
        self._extensions = extensions
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def keep(self, sequence: int, packet: bytes) -> None:
        self._kept[sequence] = packet
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def answer(self, lost: Iterable[int]) -> Iterator[bytes]:
        """The retransmissions that a NACK asks for; each packet is sent again once."""
        for sequence in lost:
            packet = self._kept.pop(sequence & 0xFFFF, None)
            if packet is not None:
                self.sent += 1
                yield self._packet(packet)

    def _packet(self, packet: bytes) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        first = packet[0] & 0xEF | bool(self._extensions) << 4
        head = struct.pack("!BBH", first, packet[1] & 0x80 | VP8_RTX, self._sequence)
        body = packet[2:4] + packet[_payload_at(packet) :]
        return head + packet[4:8] + struct.pack("!I", self._ssrc) + self._extensions + body


def _payload_at(packet: bytes) -> int:
    return 12 + (4 + 4 * int.from_bytes(packet[14:16], "big") if packet[0] & 0x10 else 0)
