"""Retransmissions that a publisher sends on a stream of their own (RFC 4588)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.media.rtp import HEADER, Noted

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.media.publication import Publication
    from realtime.media.stream import Stream

_MARKER = 0x80

# Octets of the original sequence number before the payload (RFC 4588 §4).
NUMBER = 2


def stream_of(peer: Peer, memory: memoryview, start: int, noted: Noted) -> Stream | None:
    """The stream that a packet repairs; None when it is no retransmission."""
    _, second, _, _, ssrc = HEADER.unpack_from(memory, start)
    return peer.repairs.get(ssrc) or _bind(peer, ssrc, second & 0x7F, noted)


def _bind(peer: Peer, ssrc: int, payload_type: int, noted: Noted) -> Stream | None:
    """A packet of an unknown SSRC that says what it repairs.

    A layer is named by the repaired-rtp-stream-id (RFC 8852 §3.2), a single stream by the group
    in the offer or by being the only one of its section.
    """
    _, _, _, mid, _, rid = noted
    publication = peer.by_mid.get(mid) or _announced(peer, ssrc)
    if publication is None or payload_type not in publication.repairs:
        return None
    if rid or not publication.rids:
        stream = publication.streams.get(rid)
    else:
        stream = peer.streams.get(publication.repaired.get(ssrc, 0))
    if stream is not None:
        peer.repairs.pop(stream.repair_ssrc, None)
        stream.repair_ssrc = ssrc
        peer.repairs[ssrc] = stream
    return stream


def _announced(peer: Peer, ssrc: int) -> Publication | None:
    return next((p for p in peer.by_mid.values() if ssrc in p.repaired), None)


def unwrap(stream: Stream, memory: memoryview, start: int, payload: int, end: int) -> bool:
    """Write the header of the packet that is repaired; its payload begins two octets further on.

    Answers False for one that brings nothing: empty ones probe the way, others came before.
    """
    repaired = stream.publication.repairs.get(memory[start + 1] & 0x7F)
    if repaired != stream.payload_type or end - payload <= NUMBER:
        return False
    sequence = memory[payload] << 8 | memory[payload + 1]
    if not stream.lacks(sequence):
        return False
    memory[start + 1] = memory[start + 1] & _MARKER | stream.payload_type
    memory[start + 2 : start + 4] = memory[payload : payload + NUMBER]
    stream.gaps.came(sequence)
    return True
