"""What a peer sends us: decrypt, find the stream, hand on; and its feedback on what it gets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from realtime.media import adapter, repair, reports, rtcp, rtp
from realtime.media.feedback import ask_key_frame
from realtime.media.rtp import FIXED_HEADER, HEADER, Noted, without_padding
from realtime.media.udp import SLOT, UdpSocket

if TYPE_CHECKING:
    from realtime.media.forwarder import Forwarder
    from realtime.media.mending import Mender
    from realtime.media.peer import Peer
    from realtime.media.resending import Resender
    from realtime.media.stream import Stream

_PADDING = 0x20


class Ingress:
    """Takes SRTP and SRTCP from proven peers.

    `dropped` counts what was not used, by reason, `repaired` what came by retransmission.
    """

    def __init__(
        self,
        udp: UdpSocket,
        forwarder: Forwarder,
        resender: Resender,
        mender: Mender,
        dropped: Counter[str],
    ) -> None:
        self._udp = udp
        self._forwarder = forwarder
        self._resender = resender
        self._mender = mender
        self._dropped = dropped
        self._length = adapter.new_length()
        self.repaired = 0

    def take(self, peer: Peer, slot: int, length: int, now: float) -> None:
        """Take a datagram that looks like SRTP or SRTCP (RFC 7983 §7)."""
        if peer.rx is None or length < FIXED_HEADER:
            self._dropped["early"] += 1
            return
        if rtp.is_rtcp(self._udp.memory[slot * SLOT + 1]):
            self._take_rtcp(peer, slot, length, now)
        else:
            self._take_rtp(peer, slot, length, now)

    def _take_rtp(self, peer: Peer, slot: int, length: int, now: float) -> None:
        size = self._length
        size[0] = length
        if adapter.srtp_unprotect(peer.rx, self._udp.in_pointers[slot], size):
            self._dropped["srtp"] += 1
            return
        memory, start = self._udp.memory, slot * SLOT
        payload = rtp.payload_start(memory, start, size[0])
        if payload is None:
            self._dropped["malformed"] += 1
            return
        noted = rtp.NOTHING
        if memory[start] & 0x10:
            noted = rtp.note_extensions(memory, start, payload, peer.extension_names)
            if noted[0] >= 0:
                peer.arrivals.note(noted[0], now)
        end = start + size[0]
        if memory[start] & _PADDING:
            end = max(payload, without_padding(memory, start, size[0]))
        self._hand_on(peer, slot, payload, end, noted, now)

    def _hand_on(
        self, peer: Peer, slot: int, payload: int, end: int, noted: Noted, now: float
    ) -> None:
        """Find what a packet belongs to, and forward it."""
        _, second, sequence, timestamp, ssrc = HEADER.unpack_from(self._udp.memory, slot * SLOT)
        stream = peer.streams.get(ssrc) or _bind(peer, ssrc, second & 0x7F, noted, now)
        if stream is None:
            self._take_repair(peer, slot, payload, end, noted, now)
            return
        if stream.payload_type != second & 0x7F and not _settle_codec(stream, second, sequence):
            self._dropped["unknown_codec"] += 1
            return
        in_order = self._count(stream, sequence, timestamp, end - payload, now)
        if not in_order and not stream.lacks(sequence):
            self._dropped["repeated"] += 1
            return
        _, level, orientation = noted[:3]
        if level >= 0:
            _note_level(stream, level)
        self._forwarder.forward(
            stream,
            slot,
            payload,
            end,
            now,
            in_order=in_order,
            level=level,
            orientation=orientation,
        )

    def _count(self, stream: Stream, sequence: int, timestamp: int, size: int, now: float) -> bool:
        """Note a packet of `size` payload bytes; answers whether it came in order."""
        ahead = stream.reception.packet(sequence, size)
        if ahead <= 0:
            stream.gaps.came(sequence)
            return False
        if stream.latest != timestamp:
            stream.reception.transit(now, timestamp, stream.publication.clock_rate)
            stream.latest, stream.latest_at = timestamp, now
        if ahead > 1:
            self._mender.tear(stream, ahead, now)
        if not stream.alive:
            stream.alive = True
            stream.publication.review()
        return True

    def _take_repair(
        self, peer: Peer, slot: int, payload: int, end: int, noted: Noted, now: float
    ) -> None:
        """Forward what a retransmission brings, as if it had come late."""
        memory, start = self._udp.memory, slot * SLOT
        stream = repair.stream_of(peer, memory, start, noted)
        if stream is None:
            self._dropped["unknown_stream"] += 1
        elif not repair.unwrap(stream, memory, start, payload, end):
            self._dropped["empty_repair"] += 1
        else:
            self.repaired += 1
            self._forwarder.forward(
                stream,
                slot,
                payload + repair.NUMBER,
                end,
                now,
                in_order=False,
                level=noted[1],
                orientation=noted[2],
            )

    def _take_rtcp(self, peer: Peer, slot: int, length: int, now: float) -> None:
        size = self._length
        size[0] = length
        if adapter.srtp_unprotect_rtcp(peer.rx, self._udp.in_pointers[slot], size):
            self._dropped["srtcp"] += 1
            return
        peer.reported_at = now
        packet = bytes(self._udp.memory[slot * SLOT : slot * SLOT + size[0]])
        for part in rtcp.parts(packet):
            self._take_part(peer, part, now)

    def _take_part(self, peer: Peer, part: rtcp.Part, now: float) -> None:
        if part.kind in (rtcp.SENDER_REPORT, rtcp.RECEIVER_REPORT):
            reports.take(peer, part, now)
        elif part.kind == rtcp.PAYLOAD_FEEDBACK:
            for ssrc in rtcp.key_frame_wanted(part):
                subscription = peer.subscriptions.get(ssrc)
                if subscription is not None and subscription.stream is not None:
                    ask_key_frame(subscription.stream, now)
        elif part.kind == rtcp.RTP_FEEDBACK:
            ssrc, lost = rtcp.lost_packets(part)
            subscription = peer.subscriptions.get(ssrc)
            if subscription is not None:
                self._resender.answer(subscription, lost, now)


def _bind(peer: Peer, ssrc: int, payload_type: int, noted: Noted, now: float) -> Stream | None:
    """A packet of an unknown SSRC that says which section and layer it belongs to."""
    _, _, _, mid, rid, _ = noted
    publication = peer.by_mid.get(mid)
    if publication is None or payload_type not in publication.codecs:
        return None
    stream = publication.stream_for(ssrc, rid if publication.rids else "", now)
    if stream is not None:
        peer.streams[ssrc] = stream
    return stream


def _settle_codec(stream: Stream, second: int, sequence: int) -> bool:
    """Adopt the codec of a packet, unless it is unknown, or late in a stream that has changed."""
    payload_type = second & 0x7F
    codec = stream.publication.codecs.get(payload_type)
    late = stream.codec and stream.reception.ahead(sequence) <= 0
    if codec is None or late:
        return False
    for subscription in stream.viewers():
        subscription.begin_anew(stream)
    stream.payload_type, stream.codec = payload_type, codec
    stream.publication.review()
    return True


def _note_level(stream: Stream, level: int) -> None:
    quietness = level & 0x7F
    if quietness < stream.publication.loudest:
        stream.publication.loudest = quietness
