"""The receiving half of a light client: counts, checks, times, and gives feedback."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import pylibsrtp

from . import mark, rtcp
from .order import Order
from .receive import SLOT, Inbox
from .sdp import OPUS, TRANSPORT_CC, VP8, VP8_RTX
from .stream import Stream, Tally

SAMPLE_EVERY = 50
MOST_STREAMS = 256
ONE_BYTE_EXTENSIONS = 0xBEDE
HEADER = struct.Struct("!BBHII")
EXTENSION_HEADER = struct.Struct("!HH")


@dataclass
class Samples:
    """What the decrypted packets told: one in fifty, spread over all streams, or all of them;
    only then `order` means something."""

    latencies_ns: list[int] = field(default_factory=list)
    checked: int = 0
    corrupt: int = 0
    order: Order = field(default_factory=Order)

    def clear(self) -> None:
        """Forget what was sampled so far."""
        self.latencies_ns.clear()
        self.checked = self.corrupt = 0
        self.order = Order()


class Receiver:
    """Takes the datagrams of one peer.

    `on_other` gets everything that is not RTP: STUN, DTLS and RTCP, with its first two bytes
    telling which (RFC 7983, RFC 5761).
    """

    def __init__(self, on_other: Callable[[bytes], None], *, own_ssrc: int) -> None:
        self.streams: dict[int, Stream] = {}
        self.ignored: set[int] = set()
        self.samples = Samples()
        self.own_drops = 0
        self.datagrams = 0
        self.on_packet: Callable[[bytes, int], None] | None = None
        self._on_other = on_other
        self._own_ssrc = own_ssrc
        self._session: pylibsrtp.Session | None = None
        self._every = self._countdown = SAMPLE_EVERY
        self._with_transport_cc = False
        self._arrivals: dict[int, int] = {}
        self._transport_highest = -1
        self._feedback_count = 0

    def open(self, session: pylibsrtp.Session, *, transport_cc: bool, every: int) -> None:
        """Start to take media: `every` n-th packet is decrypted and checked."""
        self._session = session
        self._with_transport_cc = transport_cc
        self._every = self._countdown = every

    def take(self, inbox: Inbox, count: int) -> None:
        """Take `count` datagrams from the inbox. This is the load client's hot loop."""
        data, streams = inbox.data, self.streams
        for index in range(count):
            offset = index * SLOT
            first, second, sequence, _, ssrc = HEADER.unpack_from(data, offset)
            if first >> 6 != 2 or 191 < second < 224 or inbox.length(index) < HEADER.size:
                self._on_other(bytes(data[offset : offset + inbox.length(index)]))
                continue
            stream = streams.get(ssrc)
            if stream is None:
                self._meet(ssrc, second & 127, sequence)
            elif (sequence - stream.highest) & 0xFFFF == 1:
                stream.highest = sequence
                stream.received += 1
            else:
                stream.take(sequence)
            if first & 0x20 or second & 127 == VP8_RTX:
                self._take_odd(inbox, index, ssrc, padded=bool(first & 0x20))
            elif self._countdown <= 1:
                self._countdown = self._every
                self._check(inbox, index, ssrc)
            else:
                self._countdown -= 1
            if self._with_transport_cc and first & 0x10:
                self._note_transport_number(data, offset, inbox.arrival(index))
        self.datagrams += count
        self.own_drops = max(self.own_drops, inbox.drops(count - 1))

    def media_streams(self) -> list[Stream]:
        """Streams that carry opus or VP8, not retransmissions, and are not `ignored`."""
        return [
            stream
            for ssrc, stream in self.streams.items()
            if stream.payload_type in (OPUS, VP8) and ssrc not in self.ignored
        ]

    def tally(self) -> Tally:
        return sum((stream.tally() for stream in self.media_streams()), Tally())

    def feedback(self) -> list[bytes]:
        """NACKs and transport-wide feedback due now, as plain RTCP packets."""
        packets = [
            rtcp.nack(self._own_ssrc, stream.ssrc, lost[:250])
            for stream in self.media_streams()
            if stream.payload_type == VP8 and (lost := stream.ask())
        ]
        if self._arrivals:
            packets.append(self._transport_feedback())
        return packets

    def key_frame_requests(self) -> list[bytes]:
        """Picture loss indications for every video stream."""
        return [
            rtcp.picture_loss(self._own_ssrc, stream.ssrc)
            for stream in self.media_streams()
            if stream.payload_type == VP8
        ]

    def report(self, *, now: float) -> bytes:
        """A receiver report over all streams; `now` in seconds, monotonic."""
        return rtcp.receiver_report(self._own_ssrc, self.media_streams(), now=now)

    def estimate(self, bits_per_second: int) -> bytes:
        """REMB over all media streams."""
        ssrcs = [stream.ssrc for stream in self.media_streams()][:255]
        return rtcp.bandwidth_estimate(self._own_ssrc, ssrcs, bits_per_second)

    def note_sender_report(self, ssrc: int, ntp: int, *, now: float) -> None:
        """Remember when a sender report came, for the next receiver report."""
        if stream := self.streams.get(ssrc):
            stream.sender_report = ntp >> 16 & 0xFFFFFFFF
            stream.sender_report_at = now

    def _meet(self, ssrc: int, payload_type: int, sequence: int) -> None:
        if len(self.streams) < MOST_STREAMS:
            self.streams[ssrc] = Stream(ssrc, payload_type, highest=sequence, base=sequence)

    def _take_odd(self, inbox: Inbox, index: int, ssrc: int, *, padded: bool) -> None:
        stream = self.streams.get(ssrc)
        if stream is None or stream.payload_type != VP8_RTX:
            if stream and padded:
                stream.padding += 1
            return
        packet = self._decrypt(inbox, index)
        payload = packet[payload_offset(packet) :] if packet else b""
        if len(payload) > 2 and not padded:
            original = int.from_bytes(payload[:2], "big")
            any(s.repair(original) for s in self.media_streams() if s.payload_type == VP8)

    def _check(self, inbox: Inbox, index: int, ssrc: int) -> None:
        packet = self._decrypt(inbox, index)
        if packet is None:
            self.samples.corrupt += 1
            return
        self.samples.checked += 1
        if self.on_packet:
            self.on_packet(packet, inbox.arrival(index))
            return
        try:
            found = mark.read(packet[payload_offset(packet) :])
        except mark.CorruptPayload:
            self.samples.corrupt += 1
            return
        if self._every == 1:
            self.samples.order.take(ssrc, found)
        if found:
            self.samples.latencies_ns.append(inbox.arrival(index) - found.sent_ns)

    def _decrypt(self, inbox: Inbox, index: int) -> bytes | None:
        offset = index * SLOT
        datagram = bytes(inbox.data[offset : offset + inbox.length(index)])
        try:
            return bytes(self._session.unprotect(datagram)) if self._session else None
        except (pylibsrtp.Error, ValueError):
            return None

    def _note_transport_number(self, data: memoryview, offset: int, arrival: int) -> None:
        number = find_transport_number(data, offset)
        if number is None:
            return
        highest = self._transport_highest
        if highest >= 0:
            number = highest + ((number - highest + 0x8000) & 0xFFFF) - 0x8000
        self._transport_highest = max(highest, number)
        self._arrivals[number] = arrival

    def _transport_feedback(self) -> bytes:
        arrivals, self._arrivals = self._arrivals, {}
        self._feedback_count += 1
        media = next(iter(self.streams), 0)
        return rtcp.transport_feedback(
            self._own_ssrc, media, arrivals, count=self._feedback_count - 1
        )


def find_transport_number(data: memoryview, offset: int) -> int | None:
    """The transport-wide sequence number of the RTP packet at `offset` (RFC 8285 §4.2)."""
    position = offset + 12 + 4 * (data[offset] & 15)
    profile, words = EXTENSION_HEADER.unpack_from(data, position)
    if profile != ONE_BYTE_EXTENSIONS:
        return None
    position += 4
    end = position + 4 * words
    while position < end:
        head = data[position]
        if head >> 4 == TRANSPORT_CC:
            return data[position + 1] << 8 | data[position + 2]
        position += 1 if head == 0 else 2 + (head & 15)
    return None


def payload_offset(packet: bytes) -> int:
    """Where the payload of a plain RTP packet begins (RFC 3550 §5.1)."""
    offset = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        offset += 4 + 4 * int.from_bytes(packet[offset + 2 : offset + 4], "big")
    return offset
