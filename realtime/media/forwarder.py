"""The path of a packet: one plaintext in, N rewritten and encrypted copies out.

Nothing here makes an object or a coroutine per copy. An incoming packet is decrypted where the
kernel put it; its header extensions are written anew right before the payload, only those that
viewers may see (never the publisher's mid and rid: a browser would sort the packet by them and
drop it); then each viewer's copy goes into the next free outgoing slot.
"""

from collections.abc import Iterable

from realtime.media import adapter, frames
from realtime.media.frames import Vp8Descriptor
from realtime.media.rtp import FIXED_HEADER, HEADER, without_padding
from realtime.media.stream import Group, Stream
from realtime.media.subscription import Subscription
from realtime.media.udp import BATCH_OUT, SLOT, UdpSocket

_MARKER, _PADDING, _EXTENDED, _VERSION = 0x80, 0x20, 0x10, 0x80
_VP8 = "video/vp8"


class Forwarder:
    """Sends the packets of streams to their viewers through one socket.

    `forwarded` counts RTP packets handed to the socket, `refused` those that SRTP would not take.
    """

    def __init__(self, udp: UdpSocket) -> None:
        self._udp = udp
        self._length = adapter.new_length()
        self.forwarded = 0
        self.refused = 0

    def forward(
        self, stream: Stream, slot: int, payload: int, end: int, level: int, orientation: int
    ) -> None:
        """Forward the decrypted packet in an incoming slot.

        Args:
            payload: offset of the payload in the incoming memory, `end` the packet's end.
            level: RFC 6464 octet of the packet, -1 without.
            orientation: 3GPP video orientation octet, -1 without.
        """
        udp = self._udp
        start = slot * SLOT
        first, second, sequence, timestamp, _ = HEADER.unpack_from(udp.memory, start)
        in_order = stream.count(sequence, timestamp, end - payload)
        vp8 = self._look_into(stream, payload, end)
        if stream.publication.kind == "video":
            at = udp.in_pointers[slot] + (payload - start)
            bare = max(payload, without_padding(udp.memory, start, end - start))
            stream.ring.keep(sequence, second & _MARKER, timestamp, at, bare - payload)
        if stream.waiting and in_order:
            self._start_waiting(stream, sequence, timestamp, payload, end)
        for group in stream.groups:
            flags, head = _write_extensions(udp.memory, group, payload, level, orientation)
            flags |= first & _PADDING
            targets: Iterable[Subscription] = group.targets
            if not in_order:
                targets = [target for target in targets if target.reaches(sequence)]
            self._copy(targets, slot, head, end, flags, second & _MARKER, sequence, timestamp, vp8)

    def _look_into(self, stream: Stream, payload: int, end: int) -> Vp8Descriptor | None:
        """Note VP8's counters; only a track with layers needs them, when viewers change over."""
        if stream.codec != _VP8 or not stream.rid:
            return None
        memory = self._udp.memory
        descriptor = frames.vp8_descriptor(memory, payload, end)
        if descriptor is not None and descriptor.picture_at:
            stream.picture = frames.picture_number(memory, descriptor)
            stream.tl0 = memory[descriptor.tl0_at] if descriptor.tl0_at else 0
        return descriptor

    def _start_waiting(
        self, stream: Stream, sequence: int, timestamp: int, payload: int, end: int
    ) -> None:
        if not frames.starts_key_frame(stream.codec, self._udp.memory, payload, end):
            return
        waiting, stream.waiting = stream.waiting, []
        for subscription in waiting:
            if subscription.start(stream, sequence, timestamp):
                if stream.codec == _VP8 and stream.picture >= 0:
                    subscription.continue_pictures(stream.picture, stream.tl0)
                subscription.peer.report_sender(subscription)

    def _copy(
        self,
        targets: Iterable[Subscription],
        slot: int,
        head: int,
        end: int,
        flags: int,
        marker: int,
        sequence: int,
        timestamp: int,
        vp8: Vp8Descriptor | None,
    ) -> None:
        """The loop that everything else exists for; kept flat on purpose."""
        udp, length, protect = self._udp, self._length, adapter.srtp_protect
        pointers, out, copy = udp.out_pointers, udp.out, adapter.copy_memory
        lengths, longs, words = udp.out_lengths, udp.out_longs, udp.out_words
        source = udp.in_pointers[slot] + (head - slot * SLOT)
        size = end - head
        pack = HEADER.pack_into
        used, flushed = udp.used, -udp.used
        for target in targets:
            pointer = pointers[used]
            copy(pointer, source, size)
            pack(
                out,
                used * SLOT,
                flags,
                marker | target.payload_type,
                (sequence + target.sequence_add) & 0xFFFF,
                (timestamp + target.timestamp_add) & 0xFFFFFFFF,
                target.ssrc,
            )
            if vp8 is not None and (target.picture_add or target.tl0_add):
                frames.shift_counters(
                    out, used * SLOT - head, vp8, target.picture_add, target.tl0_add
                )
            length[0] = size
            if protect(target.tx, pointer, length):
                self.refused += 1
                continue
            lengths[2 * used + 1] = length[0]
            longs[8 * used] = target.name
            words[16 * used + 2] = target.name_length
            used += 1
            if used == BATCH_OUT:
                udp.used = used
                udp.flush()
                flushed += used
                used = 0
        self.forwarded += flushed + used
        udp.used = used

    def resend(self, subscription: Subscription, sequence: int) -> bool:
        """Send a kept packet again, under the number by which the viewer misses it."""
        stream = subscription.stream
        if stream is None:
            return False
        own = (sequence - subscription.sequence_add) & 0xFFFF
        kept = stream.ring.get(own)
        if kept is None or not subscription.reaches(own):
            return False
        udp = self._udp
        start = udp.used * SLOT
        pointer = udp.out_pointers[udp.used]
        adapter.copy_memory(pointer + FIXED_HEADER, kept.pointer, kept.size)
        HEADER.pack_into(
            udp.out,
            start,
            _VERSION,
            kept.marker | subscription.payload_type,
            sequence,
            (kept.timestamp + subscription.timestamp_add) & 0xFFFFFFFF,
            subscription.ssrc,
        )
        self._shift_resent(subscription, start + FIXED_HEADER, kept.size)
        return self._protect_and_commit(subscription, pointer, FIXED_HEADER + kept.size)

    def _shift_resent(self, subscription: Subscription, payload: int, size: int) -> None:
        if not (subscription.picture_add or subscription.tl0_add):
            return
        if subscription.stream is None or subscription.stream.codec != _VP8:
            return
        descriptor = frames.vp8_descriptor(self._udp.out, payload, payload + size)
        if descriptor is not None:
            frames.shift_counters(
                self._udp.out, 0, descriptor, subscription.picture_add, subscription.tl0_add
            )

    def _protect_and_commit(self, subscription: Subscription, pointer: object, size: int) -> bool:
        self._length[0] = size
        if adapter.srtp_protect(subscription.tx, pointer, self._length):
            self.refused += 1
            return False
        self.forwarded += 1
        self._udp.commit(self._length[0], subscription.name, subscription.name_length)
        return True


def _write_extensions(
    memory: memoryview, group: Group, payload: int, level: int, orientation: int
) -> tuple[int, int]:
    """Write what this group may see before the payload; answers header flags and packet start.

    The new block is never longer than the one that came: it holds a part of it. Numbers above 14
    do not fit the one-byte form (RFC 8285 §4.2) and are not forwarded.
    """
    elements = b""
    if level >= 0 and 0 < group.level_id < 15:
        elements += bytes((group.level_id << 4, level))
    if orientation >= 0 and 0 < group.orientation_id < 15:
        elements += bytes((group.orientation_id << 4, orientation))
    if not elements:
        return _VERSION, payload - FIXED_HEADER
    elements += bytes(-len(elements) % 4)
    at = payload - len(elements)
    memory[at:payload] = elements
    memory[at - 4 : at] = b"\xbe\xde" + (len(elements) // 4).to_bytes(2, "big")
    return _VERSION | _EXTENDED, at - 4 - FIXED_HEADER
