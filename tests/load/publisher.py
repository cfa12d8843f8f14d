"""The sending half of a light client: replays a trace as RTP, answers NACKs with RTX."""

import asyncio
import heapq
import random
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from . import mark, rtcp, vp8
from .reel import Reel
from .repair import Repairs
from .sdp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    MID,
    OPUS,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
    VP8,
    Kind,
)
from .trace import CLOCK_RATES, Packet, Trace

NAMED_ON_FIRST = 200
# People do not start their cameras in step; the first packet of each comes within this time.
STARTING_WITHIN = 1.0
# Hundreds of cameras in one process would wake it thousands of times a second (seconds).
PACE = 0.002
# A voice of -20 dBov (RFC 6464 §3).
SPEAKING = bytes([0x80 | 20])


@dataclass
class Wire:
    """What the streams of one peer share: the way out and the transport-wide numbering."""

    send: Callable[[bytes], None]
    transport_numbers: Iterator[int]

    @classmethod
    def to(cls, send: Callable[[bytes], None]) -> "Wire":
        return cls(send, count())


class Publication:
    """One published stream, a microphone or a layer of a camera: sends the packets of a trace when
    told, forever. Sequence numbers and picture ids go on whatever the trace does.
    """

    def __init__(
        self,
        trace: Trace,
        kind: Kind,
        *,
        mid: str,
        cid: str,
        seed: random.Random,
        rid: str = "",
    ) -> None:
        self.kind: Kind = kind
        self.cid = cid
        self.mid = mid
        self.rid = rid
        self.size = trace.size_of(rid)
        self.ssrc = seed.randrange(1, 1 << 32)
        self.rtx_ssrc = seed.randrange(1, 1 << 32) if kind == "video" else None
        self.sent = self.octets = self.key_frame_requests = 0
        self._reel = Reel(trace.of(kind, rid), ticks=seed.randrange(1 << 32))
        self._sequence = seed.randrange(1 << 15)
        self._repairs = self._open_repairs(seed)
        self._picture = seed.randrange(1 << 15)
        self._base_picture = seed.randrange(1 << 8)
        self._last = (0, 0)

    @property
    def repaired(self) -> int:
        """How many packets were sent again."""
        return self._repairs.sent if self._repairs else 0

    def begin(self, *, now: float) -> float:
        """Start; when the first packet is due (seconds, monotonic)."""
        return self._reel.begin(now=now)

    def send_next(self, wire: Wire, *, now: float, wall_ns: int) -> float:
        """Send the packet that is due; when the next one is."""
        packet, ticks = self._reel.packet(now)
        if not self._reel.silent:
            self._send(packet, ticks, wire, wall_ns)
        return self._reel.step()

    def want_key_frame(self) -> None:
        """The server asks for a key frame."""
        self.key_frame_requests += 1
        self._reel.want_key_frame()

    def pause(self, paused: bool) -> None:
        """Stop sending (nobody watches this layer), or go on from the next key frame."""
        self._reel.pause(paused)

    def repair(self, lost: Iterable[int], wire: Wire) -> None:
        """Send packets again that a NACK names."""
        for packet in self._repairs.answer(lost) if self._repairs else ():
            wire.send(packet)

    def report(self, *, wall_ns: int) -> bytes:
        """A sender report for this moment of the wall clock."""
        ticks, at = self._last
        passed = (wall_ns - at) * CLOCK_RATES[self.kind] // 1_000_000_000
        return rtcp.sender_report(
            self.ssrc,
            wall_ns=wall_ns,
            ticks=ticks + passed,
            packets=self.sent,
            octets=self.octets,
        )

    def _send(self, packet: Packet, ticks: int, wire: Wire, wall_ns: int) -> None:
        payload = self._payload(packet, wall_ns)
        sent = self._header(packet, ticks, next(wire.transport_numbers), wall_ns) + payload
        wire.send(sent)
        if self._repairs:
            self._repairs.keep(self._sequence, sent)
        self._last = (ticks, wall_ns)
        self.sent += 1
        self.octets += len(payload)

    def _payload(self, packet: Packet, wall_ns: int) -> bytes:
        stamp = mark.Mark(self.ssrc, self.sent, wall_ns)
        if self.kind == "audio":
            return mark.seal(b"", packet.size, stamp)
        if packet.descriptor.start:
            self._picture += 1
            self._base_picture += packet.descriptor.layer >> 6 == 0
        head = vp8.write_head(
            packet.descriptor,
            picture=self._picture,
            base_picture=self._base_picture,
            width=self.size[0],
            height=self.size[1],
        )
        return mark.seal(head, packet.size, stamp)

    def _header(self, packet: Packet, ticks: int, transport_number: int, wall_ns: int) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        kind = OPUS if self.kind == "audio" else VP8
        fixed = struct.pack(
            "!BBHII",
            0x90,
            packet.marker << 7 | kind,
            self._sequence,
            ticks & 0xFFFFFFFF,
            self.ssrc,
        )
        return fixed + self._extensions(transport_number, wall_ns)

    def _extensions(self, transport_number: int, wall_ns: int) -> bytes:
        if self.kind == "audio":
            parts = [(AUDIO_LEVEL, SPEAKING)]
        else:
            send_time = (wall_ns << 18) // 1_000_000_000 & 0xFFFFFF
            parts = [
                (ABS_SEND_TIME, send_time.to_bytes(3, "big")),
                (TRANSPORT_CC, (transport_number & 0xFFFF).to_bytes(2, "big")),
            ]
        if self.sent < NAMED_ON_FIRST:
            parts += self._names(RID)
        return pack_extensions(parts)

    def _names(self, rid_number: int) -> list[tuple[int, bytes]]:
        """The section, and for a layer its RID, by which the server recognises the stream."""
        layer = [(rid_number, self.rid.encode())] if self.rid else []
        return [(MID, self.mid.encode()), *layer]

    def _open_repairs(self, seed: random.Random) -> Repairs | None:
        """What is sent again names its layer, which no SSRC describes (RFC 8852 §3.2)."""
        if self.rtx_ssrc is None:
            return None
        names = pack_extensions(self._names(REPAIRED_RID)) if self.rid else b""
        return Repairs(self.rtx_ssrc, sequence=seed.randrange(1 << 15), extensions=names)


def pack_extensions(parts: Iterable[tuple[int, bytes]]) -> bytes:
    """One-byte header extensions with their profile and length (RFC 8285 §4.2)."""
    body = b"".join(bytes([number << 4 | len(value) - 1]) + value for number, value in parts)
    body += bytes(-len(body) % 4)
    return struct.pack("!HH", 0xBEDE, len(body) // 4) + body


async def play(peers: Iterable[tuple[Wire, Sequence[Publication]]], seed: random.Random) -> None:
    """Send the packets of everybody's publications at their times, until cancelled."""
    now, order = time.monotonic(), count()
    queue: list[tuple[float, int, Publication, Wire]] = []
    for wire, publications in peers:
        begin = now + seed.uniform(0, STARTING_WITHIN)
        queue += [(p.begin(now=begin), next(order), p, wire) for p in publications]
    heapq.heapify(queue)
    while queue:
        now = time.monotonic()
        while queue[0][0] <= now:
            _, number, publication, wire = queue[0]
            due = publication.send_next(wire, now=now, wall_ns=time.time_ns())
            heapq.heapreplace(queue, (due, number, publication, wire))
        await asyncio.sleep(max(queue[0][0] - now, PACE))
