"""What a peer sends us: decrypt, find the stream, hand on; and its feedback on what it gets."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from realtime.media import adapter, rtcp, rtp
from realtime.media.feedback import ask_key_frame
from realtime.media.rtp import HEADER
from realtime.media.udp import SLOT, UdpSocket

if TYPE_CHECKING:
    from realtime.media.forwarder import Forwarder
    from realtime.media.peer import Peer
    from realtime.media.stream import Stream


# A publisher's reports are passed on at most this often (seconds): each goes to all who watch.
REPORT_PAUSE = 0.2


class Ingress:
    """Takes SRTP and SRTCP from proven peers; `dropped` counts what was not used, by reason."""

    def __init__(self, udp: UdpSocket, forwarder: Forwarder, dropped: Counter[str]) -> None:
        self._udp = udp
        self._forwarder = forwarder
        self._dropped = dropped
        self._length = adapter.new_length()

    def take(self, peer: Peer, slot: int, length: int, now: float) -> None:
        """Take a datagram that looks like SRTP or SRTCP (RFC 7983 §7)."""
        if peer.rx is None or length < rtp.FIXED_HEADER:
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
        memory, start, length = self._udp.memory, slot * SLOT, size[0]
        payload = rtp.payload_start(memory, start, length)
        if payload is None:
            self._dropped["malformed"] += 1
            return
        _, second, _, timestamp, ssrc = HEADER.unpack_from(memory, start)
        peer.came_from(ssrc)
        mid, rid, level, orientation = self._read_extensions(peer, start, length, now)
        stream = peer.streams.get(ssrc) or _bind(peer, ssrc, mid, rid, now)
        if stream is None or not _settle_codec(stream, second & 0x7F):
            self._dropped["unknown_stream"] += 1
            return
        if level >= 0:
            _note_level(stream, level)
        if stream.latest != timestamp:
            stream.reception.transit(now, timestamp, stream.publication.clock_rate)
        self._forwarder.forward(stream, slot, payload, start + length, level, orientation)

    def _read_extensions(
        self, peer: Peer, start: int, length: int, now: float
    ) -> tuple[str, str, int, int]:
        """(mid, rid, audio level, orientation) of a packet; notes its transport-wide number."""
        memory, names = self._udp.memory, peer.extension_names
        mid, rid, level, orientation = "", "", -1, -1
        for number, at, end in rtp.extensions(memory, start, length):
            name = names.get(number)
            if name == rtp.TRANSPORT_CC and end - at == 2:
                peer.arrivals.note(memory[at] << 8 | memory[at + 1], now)
            elif name == rtp.AUDIO_LEVEL:
                level = memory[at]
            elif name == rtp.ORIENTATION:
                orientation = memory[at]
            elif name == rtp.MID:
                mid = bytes(memory[at:end]).decode("ascii", "replace")
            elif name == rtp.RID:
                rid = bytes(memory[at:end]).decode("ascii", "replace")
        return mid, rid, level, orientation

    def _take_rtcp(self, peer: Peer, slot: int, length: int, now: float) -> None:
        if not peer.may_report():
            self._dropped["flood"] += 1
            return
        size = self._length
        size[0] = length
        if adapter.srtp_unprotect_rtcp(peer.rx, self._udp.in_pointers[slot], size):
            self._dropped["srtcp"] += 1
            return
        packet = bytes(self._udp.memory[slot * SLOT : slot * SLOT + size[0]])
        peer.came_from(int.from_bytes(packet[4:8], "big"))
        for part in rtcp.parts(packet):
            self._take_part(peer, part, now)

    def _take_part(self, peer: Peer, part: rtcp.Part, now: float) -> None:
        if part.kind == rtcp.SENDER_REPORT:
            _take_sender_report(peer, part, now)
        elif part.kind == rtcp.PAYLOAD_FEEDBACK:
            for ssrc in rtcp.key_frame_wanted(part):
                subscription = peer.subscriptions.get(ssrc)
                if subscription is not None and subscription.stream is not None:
                    ask_key_frame(subscription.stream, now)
        elif part.kind == rtcp.RTP_FEEDBACK:
            self._resend(peer, part, now)

    def _resend(self, peer: Peer, part: rtcp.Part, now: float) -> None:
        ssrc, lost = rtcp.lost_packets(part)
        subscription = peer.subscriptions.get(ssrc)
        if subscription is None:
            return
        for sequence in lost:
            if not peer.resends.take(now):
                self._dropped["resend_limit"] += 1
                return
            self._forwarder.resend(subscription, sequence)


def _bind(peer: Peer, ssrc: int, mid: str, rid: str, now: float) -> Stream | None:
    """A packet of an unknown SSRC that says which section and layer it belongs to."""
    publication = peer.by_mid.get(mid)
    if publication is None or not peer.bindings.take(now):
        return None
    stream = publication.stream_for(ssrc, rid if publication.rids else "")
    if stream is not None:
        peer.streams[ssrc] = stream
    return stream


def _settle_codec(stream: Stream, payload_type: int) -> bool:
    if stream.payload_type == payload_type:
        return True
    codec = stream.publication.codecs.get(payload_type)
    if codec is None:
        return False
    stream.payload_type, stream.codec = payload_type, codec
    for subscription in stream.viewers():
        subscription.begin_anew(stream)
    return True


def _note_level(stream: Stream, level: int) -> None:
    quietness = level & 0x7F
    if quietness < stream.publication.loudest:
        stream.publication.loudest = quietness


def _take_sender_report(peer: Peer, part: rtcp.Part, now: float) -> None:
    report = rtcp.sender_report(part)
    stream = peer.streams.get(report.ssrc) if report else None
    if report is None or stream is None or now - stream.reception.report_at < REPORT_PAUSE:
        return
    stream.reception.sender_report(report, now)
    for subscription in stream.viewers():
        subscription.peer.report_sender(subscription)
