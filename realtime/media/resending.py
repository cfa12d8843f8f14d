"""Sending again what viewers ask for (RFC 4585 §6.2.1)."""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING

from realtime.media import adapter, frames, headers, red
from realtime.media.frames import NO_SHIFT
from realtime.media.rtp import FIXED_HEADER, HEADER
from realtime.media.udp import SLOT

if TYPE_CHECKING:
    from realtime.media.retransmit import Kept
    from realtime.media.span import Span
    from realtime.media.subscription import Subscription
    from realtime.media.udp import UdpSocket

_EXTENDED, _VERSION = 0x10, 0x80
_REMEMBERED = 256


class Repairs:
    """What was sent again to one viewer lately, and the numbering of its retransmissions."""

    __slots__ = ("_sent", "_sequence")

    def __init__(self) -> None:
        self._sent: dict[int, float] = {}
        self._sequence = secrets.randbits(15)

    def next_sequence(self) -> int:
        """The next number in the stream of retransmissions (RFC 4588 §4)."""
        self._sequence = (self._sequence + 1) & 0xFFFF
        return self._sequence

    def under_way(self, sequence: int, now: float, round_trip: float) -> bool:
        """Whether a packet was sent again so lately that it may still arrive; else notes it."""
        at = self._sent.pop(sequence, None)
        if at is not None and now - at < round_trip:
            self._sent[sequence] = at
            return True
        self._sent[sequence] = now
        if len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]
        return False


class Resender:
    """Answers requests from the rings of the streams. `resent` counts packets.

    `dropped` counts, by reason, what was asked for and not sent.
    """

    def __init__(self, udp: UdpSocket, dropped: Counter[str]) -> None:
        self._udp = udp
        self._dropped = dropped
        self._length = adapter.new_length()
        self.resent = 0

    def answer(self, subscription: Subscription, lost: list[int], now: float) -> None:
        """Send the packets that a viewer misses, as far as they are kept and its share allows."""
        peer = subscription.peer
        for sequence in lost:
            if not peer.resends.take(now):
                self._dropped["resend_limit"] += 1
                return
            span = subscription.span_of(sequence)
            kept = span.stream.ring.get((sequence - span.sequence_add) & 0xFFFF) if span else None
            if span is None or kept is None:
                self._dropped["resend_gone"] += 1
            elif subscription.repairs.under_way(sequence, now, peer.usual_round_trip):
                self._dropped["resend_again"] += 1
            else:
                self._send(subscription, span, kept, sequence)

    def _send(self, subscription: Subscription, span: Span, kept: Kept, sequence: int) -> None:
        """Over a stream of its own where the viewer knows it (RFC 4588 §4), else the same packet.

        The same packet is the same to the last octet: AES-GCM must never see one number with two
        contents (RFC 7714 §8.4).
        """
        repair_type = subscription.repair_types.get(span.payload_type)
        block = headers.block(
            subscription.level_id, kept.level, subscription.orientation_id, kept.orientation
        )
        number, ssrc, payload_type, prefix = sequence, subscription.ssrc, span.payload_type, b""
        if repair_type is not None:
            number, ssrc = subscription.repairs.next_sequence(), subscription.repair_ssrc
            payload_type, prefix = repair_type, sequence.to_bytes(2, "big")
        flags = _VERSION | (_EXTENDED if block else 0)
        timestamp = (kept.timestamp + span.timestamp_add) & 0xFFFFFFFF
        start = self._udp.used * SLOT
        fixed = (flags, kept.marker | payload_type, number, timestamp, ssrc)
        HEADER.pack_into(self._udp.out, start, *fixed)
        at = start + FIXED_HEADER
        self._udp.out[at : at + len(block) + len(prefix)] = block + prefix
        end = self._copy(span, kept, at + len(block) + len(prefix), sequence)
        self._commit(subscription, end - start)

    def _copy(self, span: Span, kept: Kept, at: int, sequence: int) -> int:
        """Write the payload as the viewer knows it; answers where it ends."""
        skipped = 0
        if span.plain:
            payload = span.stream.ring.bytes_of((sequence - span.sequence_add) & 0xFFFF)
            skipped = max(0, red.primary_start(payload, 0, kept.size))
        size = kept.size - skipped
        slot = self._udp.used
        pointer = self._udp.out_pointers[slot] + (at - slot * SLOT)
        adapter.copy_memory(pointer, kept.pointer + skipped, size)
        if span.shift != NO_SHIFT:
            descriptor = frames.vp8_descriptor(self._udp.out, at, at + size)
            if descriptor is not None:
                frames.shift(self._udp.out, 0, descriptor, span.shift)
        return at + size

    def _commit(self, subscription: Subscription, size: int) -> None:
        self._length[0] = size
        pointer = self._udp.out_pointers[self._udp.used]
        if adapter.srtp_protect(subscription.tx, pointer, self._length):
            self._dropped["encryption"] += 1
            return
        self.resent += 1
        self._udp.commit(self._length[0], subscription.name, subscription.name_length)
