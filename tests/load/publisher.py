"""The sending half of a light client: replays a trace as RTP, answers NACKs with RTX."""

import asyncio
import heapq
import random
import struct
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from . import mark, rtcp, vp8
from .sdp import ABS_SEND_TIME, AUDIO_LEVEL, MID, OPUS, TRANSPORT_CC, VP8, VP8_RTX, Kind
from .trace import CLOCK_RATES, Loop, Packet, Trace

KEPT_FOR_REPAIR = 512
MID_ON_FIRST = 200
BETWEEN_KEY_FRAMES = 0.5
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
    """One published stream: sends the packets of a loop when told, forever.

    Sequence numbers, timestamps and picture ids go on over the end of a round and over a restart,
    which a key-frame request causes at the next frame: every round begins with a key frame.
    """

    def __init__(
        self, trace: Trace, kind: Kind, *, mid: str, cid: str, seed: random.Random
    ) -> None:
        self.kind: Kind = kind
        self.cid = cid
        self.mid = mid
        self.ssrc = seed.randrange(1, 1 << 32)
        self.rtx_ssrc = seed.randrange(1, 1 << 32) if kind == "video" else None
        self.sent = self.octets = self.key_frame_requests = self.repaired = 0
        self._trace = trace
        self._loop: Loop = trace.of(kind)
        self._index = 0
        self._round_at = 0.0
        self._ticks_base = seed.randrange(1 << 32)
        self._sequence = seed.randrange(1 << 15)
        self._rtx_sequence = seed.randrange(1 << 15)
        self._picture = seed.randrange(1 << 15)
        self._base_picture = seed.randrange(1 << 8)
        self._key_frame_wanted = False
        self._key_frame_at = float("-inf")
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self._last = (0, 0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        return self._trace.width, self._trace.height

    def begin(self, *, now: float) -> float:
        """Start the first round; when the first packet is due (seconds, monotonic)."""
        self._round_at = now - self._loop.packets[0].us / 1e6
        return now

    def send_next(self, wire: Wire, *, now: float, wall_ns: int) -> float:
        """Send the packet that is due; when the next one is."""
        packet = self._choose(now)
        payload = self._payload(packet, wall_ns)
        ticks = self._ticks_base + packet.ticks
        head = self._header(packet, ticks, next(wire.transport_numbers), wall_ns)
        wire.send(head + payload)
        self._keep(head, payload)
        self._last = (ticks, wall_ns)
        self.sent += 1
        self.octets += len(payload)
        return self._step()

    def want_key_frame(self) -> None:
        """The server asks for a key frame."""
        self.key_frame_requests += 1
        self._key_frame_wanted = True

    def repair(self, lost: Iterable[int], wire: Wire) -> None:
        """Send packets again that a NACK names, as RTX (RFC 4588 §4)."""
        for sequence in lost:
            packet = self._kept.pop(sequence & 0xFFFF, None)
            if packet is None or self.rtx_ssrc is None:
                continue
            self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
            marker = packet[1] & 0x80
            head = struct.pack("!BBH", packet[0] & 0xEF, marker | VP8_RTX, self._rtx_sequence)
            body = packet[2:4] + packet[_payload_at(packet) :]
            wire.send(head + packet[4:8] + struct.pack("!I", self.rtx_ssrc) + body)
            self.repaired += 1

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

    def _choose(self, now: float) -> Packet:
        packet = self._loop.packets[self._index]
        due = self._key_frame_wanted and now - self._key_frame_at > BETWEEN_KEY_FRAMES
        if due and packet.descriptor.start:
            self._ticks_base += packet.ticks - self._loop.packets[0].ticks
            self._index, packet = 0, self._loop.packets[0]
            self._round_at = now - packet.us / 1e6
        if packet.descriptor.key:
            self._key_frame_wanted, self._key_frame_at = False, now
        return packet

    def _step(self) -> float:
        self._index += 1
        if self._index == len(self._loop.packets):
            self._index = 0
            self._round_at += self._loop.period_us / 1e6
            self._ticks_base += self._loop.period_ticks
        return self._round_at + self._loop.packets[self._index].us / 1e6

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
            width=self._trace.width,
            height=self._trace.height,
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
        if self.sent < MID_ON_FIRST:
            parts.append((MID, self.mid.encode()))
        return pack_extensions(parts)

    def _keep(self, head: bytes, payload: bytes) -> None:
        if self.rtx_ssrc is not None:
            self._kept[self._sequence] = head + payload
            if len(self._kept) > KEPT_FOR_REPAIR:
                self._kept.popitem(last=False)


def pack_extensions(parts: Iterable[tuple[int, bytes]]) -> bytes:
    """One-byte header extensions with their profile and length (RFC 8285 §4.2)."""
    body = b"".join(bytes([number << 4 | len(value) - 1]) + value for number, value in parts)
    body += bytes(-len(body) % 4)
    return struct.pack("!HH", 0xBEDE, len(body) // 4) + body


async def play(publications: Iterable[tuple[Publication, Wire]]) -> None:
    """Send the packets of all publications at their times, until cancelled."""
    begin = time.monotonic()
    order = count()
    queue = [(p.begin(now=begin), next(order), p, wire) for p, wire in publications]
    heapq.heapify(queue)
    while queue:
        now = time.monotonic()
        while queue[0][0] <= now:
            _, number, publication, wire = queue[0]
            due = publication.send_next(wire, now=now, wall_ns=time.time_ns())
            heapq.heapreplace(queue, (due, number, publication, wire))
        await asyncio.sleep(queue[0][0] - now)


def _payload_at(packet: bytes) -> int:
    return 12 + (4 + 4 * int.from_bytes(packet[14:16], "big") if packet[0] & 0x10 else 0)
