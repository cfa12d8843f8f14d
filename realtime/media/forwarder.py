"""The path of a packet: one plaintext in, N rewritten and encrypted copies out.

Nothing here makes an object or a coroutine per copy. An incoming packet is decrypted where the
kernel put it; its header extensions are written anew right before the payload, only those that
viewers may see; then each viewer's copy goes into the next free outgoing slot.
"""

from collections.abc import Iterable

from realtime.media import adapter, codecs, frames, headers, red, reports
from realtime.media.frames import NO_SHIFT, Vp8Descriptor
from realtime.media.rtp import FIXED_HEADER, HEADER
from realtime.media.stream import Stream
from realtime.media.subscription import Subscription
from realtime.media.udp import BATCH_OUT, SLOT, UdpSocket

_MARKER, _EXTENDED, _VERSION = 0x80, 0x10, 0x80


class Forwarder:
    """Sends the packets of streams to their viewers through one socket.

    `forwarded` counts RTP packets handed to the socket, `refused` those that SRTP would not take,
    `changes` how often a viewer began with a stream.
    """

    def __init__(self, udp: UdpSocket) -> None:
        self._udp = udp
        self._length = adapter.new_length()
        self.forwarded = 0
        self.refused = 0
        self.changes = 0

    def forward(
        self,
        stream: Stream,
        slot: int,
        payload: int,
        end: int,
        now: float,
        *,
        in_order: bool,
        level: int = -1,
        orientation: int = -1,
    ) -> None:
        """Forward the decrypted packet in an incoming slot.

        Args:
            payload: offset of the payload in the incoming memory, `end` where it ends.
            now: when it came, in seconds, monotonic.
            in_order: False for a late or repaired packet.
            level: RFC 6464 octet of the packet, -1 without.
            orientation: 3GPP video orientation octet, -1 without.
        """
        udp = self._udp
        memory, start = udp.memory, slot * SLOT
        _, second, sequence, timestamp, _ = HEADER.unpack_from(memory, start)
        marker = second & _MARKER
        at = udp.in_pointers[slot] + (payload - start)
        stream.ring.keep(sequence, marker, timestamp, at, end - payload, level, orientation)
        if stream.waiting and in_order:
            self._start_waiting(stream, sequence, timestamp, payload, end, now)
        vp8 = frames.vp8_descriptor(memory, payload, end) if stream.shifts else None
        for group in stream.groups:
            begin = payload
            if group.plain:
                begin = red.primary_start(memory, payload, end)
                if begin < 0:
                    continue
            block = headers.block(group.level_id, level, group.orientation_id, orientation)
            if block:
                memory[begin - len(block) : begin] = block
            head = begin - len(block) - FIXED_HEADER
            flags = _VERSION | _EXTENDED if block else _VERSION
            targets: Iterable[Subscription] = group.targets
            if not in_order:
                targets = [target for target in targets if target.reaches(sequence)]
            self._copy(targets, slot, head, end, flags, marker, sequence, timestamp, vp8)

    def _start_waiting(
        self, stream: Stream, sequence: int, timestamp: int, payload: int, end: int, now: float
    ) -> None:
        memory = self._udp.memory
        if not frames.starts_key_frame(stream.codec, memory, payload, end):
            return
        vp8 = stream.codec == codecs.VP8
        descriptor = frames.vp8_descriptor(memory, payload, end) if vp8 else None
        counters = frames.counters(memory, descriptor) if descriptor else None
        waiting, stream.waiting = stream.waiting, []
        for subscription in waiting:
            if subscription.start(stream, sequence, timestamp, counters, now):
                self.changes += 1
                reports.tell(subscription, now)

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
            if vp8 is not None and target.shift is not NO_SHIFT:
                frames.shift(out, used * SLOT - head, vp8, target.shift)
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
