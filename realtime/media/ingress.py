"""The media that a peer sends us: decrypt, find the stream, hand on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from realtime.media import adapter, codecs, red, repair, rtp
from realtime.media.rtp import FIXED_HEADER, HEADER, Noted, without_padding
from realtime.media.udp import SLOT, UdpSocket

if TYPE_CHECKING:
    from realtime.media.forwarder import Forwarder
    from realtime.media.mending import Mender
    from realtime.media.peer import Peer
    from realtime.media.stream import Stream

_PADDING = 0x20


class Ingress:
    """Takes SRTP from proven peers.

    `dropped` counts what was not used, by reason, `repaired` what came by retransmission or was
    made of the past beside a later packet.
    """

    def __init__(
        self, udp: UdpSocket, forwarder: Forwarder, mender: Mender, dropped: Counter[str]
    ) -> None:
        self._udp = udp
        self._forwarder = forwarder
        self._mender = mender
        self._dropped = dropped
        self._length = adapter.new_length()
        self.repaired = 0

    def take(self, peer: Peer, slot: int, length: int, now: float) -> None:
        """Take a datagram that looks like SRTP, from a peer whose keys stand."""
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
        peer.sources.came(ssrc)
        stream = peer.streams.get(ssrc) or _bind(peer, ssrc, second & 0x7F, noted, now)
        if stream is None:
            self._take_repair(peer, slot, payload, end, noted, now)
            return
        if stream.payload_type != second & 0x7F and not _settle_codec(stream, second, sequence):
            self._dropped["unknown_codec"] += 1
            return
        ahead = self._count(stream, sequence, timestamp, end - payload, now)
        if ahead <= 0 and not stream.lacks(sequence):
            self._dropped["repeated"] += 1
            return
        if ahead > 1 and stream.codec == codecs.RED:
            self._fill(stream, slot, payload, end, ahead - 1, now)
        _, level, orientation = noted[:3]
        if level >= 0:
            _note_level(stream, level)
        self._forwarder.forward(
            stream,
            slot,
            payload,
            end,
            now,
            in_order=ahead > 0,
            level=level,
            orientation=orientation,
        )

    def _count(self, stream: Stream, sequence: int, timestamp: int, size: int, now: float) -> int:
        """Note a packet of `size` payload bytes; answers how far it is ahead of the newest."""
        ahead = stream.reception.packet(sequence, size)
        if ahead <= 0:
            stream.gaps.came(sequence)
            return ahead
        if stream.latest != timestamp:
            stream.reception.transit(now, timestamp, stream.publication.clock_rate)
            stream.latest, stream.latest_at = timestamp, now
        if ahead > 1:
            self._mender.tear(stream, ahead, now)
        if not stream.alive:
            stream.alive = True
            stream.publication.review()
        return ahead

    def _fill(
        self, stream: Stream, slot: int, payload: int, end: int, missing: int, now: float
    ) -> None:
        """Make the sound that is missing before a packet out of the past that it carries.

        Each block goes on as a packet of its own, with nothing beside it (RFC 2198 §3).
        """
        memory, start = self._udp.memory, slot * SLOT
        head = bytes(memory[start : start + FIXED_HEADER])
        _, second, sequence, timestamp, ssrc = HEADER.unpack(head)
        opus = stream.publication.payload_type_of(codecs.OPUS) or 0
        for block in red.past(memory, payload, end):
            if block.packets > missing or block.start == block.end:
                continue
            before = (sequence - block.packets) & 0xFFFF, (timestamp - block.ticks) & 0xFFFFFFFF
            HEADER.pack_into(memory, start, 0x80, second & 0x7F, *before, ssrc)
            kept, memory[block.start - 1] = memory[block.start - 1], opus
            self._forwarder.forward(stream, slot, block.start - 1, block.end, now, in_order=False)
            memory[block.start - 1] = kept
            self.repaired += 1
        memory[start : start + FIXED_HEADER] = head

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
