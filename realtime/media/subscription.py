"""One viewer's copy of a publication: its own SSRC, numbering and layer."""

from __future__ import annotations

import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

from realtime.media import codecs, frames, rtp
from realtime.media.frames import NO_SHIFT, Counters
from realtime.media.layers import HIGH
from realtime.media.reports import Reports
from realtime.media.resending import Repairs
from realtime.media.span import Span
from realtime.media.timeline import Timeline

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.media.publication import Publication
    from realtime.media.sdp import Section
    from realtime.media.stream import Stream

# Stretches of the past that may still be asked for again; each ended with a change of layer.
_REMEMBERED = 4


class Subscription:
    """A publication on its way to one peer.

    Numbers in outgoing packets are the incoming ones plus `sequence_add`, `timestamp_add` and
    `shift` (VP8); these change only when the layer does, so the viewer sees one unbroken stream.
    `payload_types` are the viewer's by codec key, `repair_types` those of retransmissions by
    payload type. `tx`, `name` and `name_length` mirror the peer's transport for the hot path.
    """

    __slots__ = (
        "_before",
        "_came",
        "_counters",
        "_next_sequence",
        "_past",
        "_timeline",
        "enabled",
        "first",
        "level_id",
        "name",
        "name_length",
        "orientation_id",
        "payload_type",
        "payload_types",
        "peer",
        "plain",
        "publication",
        "repair_ssrc",
        "repair_types",
        "repairs",
        "reports",
        "sequence_add",
        "shift",
        "ssrc",
        "stream",
        "timestamp_add",
        "tx",
        "waits_for",
        "wanted",
    )

    def __init__(self, publication: Publication, peer: Peer) -> None:
        self.publication = publication
        self.peer = peer
        self.ssrc = secrets.randbits(32) or 1
        self.repair_ssrc = secrets.randbits(32) or 1
        self.repairs = Repairs()
        self.reports = Reports()
        self.enabled = True
        self.wanted = HIGH
        self.payload_types: dict[str, int] = {}
        self.repair_types: dict[int, int] = {}
        self.payload_type = -1
        self.plain = False
        self.level_id = 0
        self.orientation_id = 0
        self.stream: Stream | None = None
        self.waits_for: Stream | None = None
        self.first = 0
        self.sequence_add = self.timestamp_add = 0
        self.shift = NO_SHIFT
        self.tx: Any = None
        self.name = self.name_length = 0
        self._next_sequence: int | None = None
        self._counters: Counters | None = None
        self._timeline = Timeline()
        self._past: deque[Span] = deque(maxlen=_REMEMBERED)
        self._before = self._came = (0, 0)

    def agree(self, section: Section) -> None:
        """Take the viewer's section in which this track is sent: its numbers for what we send."""
        taken = codecs.accepted(section.codecs)
        self.payload_types = codecs.payload_types(taken)
        self.repair_types = codecs.repairs_of(taken)
        self.level_id = section.extension_ids.get(rtp.AUDIO_LEVEL, 0)
        self.orientation_id = section.extension_ids.get(rtp.ORIENTATION, 0)

    def takes(self, mime: str) -> bool:
        """Whether the viewer decodes what the publisher sends when it prefers this codec."""
        sent = self.publication.codecs.values()
        preferred = [key for key in sent if key.startswith(mime)] or sent
        types = self.payload_types
        return any(codecs.payload_type_for(key, types) is not None for key in preferred)

    @property
    def ready(self) -> bool:
        """Whether packets may flow: a section is agreed, the transport stands, wanted at all."""
        return self.enabled and bool(self.payload_types) and self.tx is not None

    def wait_for(self, stream: Stream | None) -> None:
        """Change over at the next key frame of `stream`; None: stay with what there is."""
        if self.waits_for is not None:
            if self in self.waits_for.waiting:
                self.waits_for.waiting.remove(self)
            self.waits_for = None
        if stream is not None and stream is not self.stream:
            stream.waiting.append(self)
            self.waits_for = stream

    def start(
        self, stream: Stream, sequence: int, timestamp: int, counters: Counters | None, now: float
    ) -> bool:
        """Continue with `stream`, whose packet of this number is the first to go out.

        Answers False, and stays as it is, when the viewer cannot take the stream's codec.

        Args:
            counters: VP8's running numbers of that packet, None where it has none.
            now: when it came, in seconds, monotonic.
        """
        self.waits_for = None
        payload_type, plain = self._form_of(stream)
        if payload_type is None:
            return False
        self._leave_stream()
        self.stream, self.payload_type, self.plain = stream, payload_type, plain
        self.first = stream.extended(sequence)
        next_sequence = sequence if self._next_sequence is None else self._next_sequence
        self.sequence_add = (next_sequence - sequence) & 0xFFFF
        self._timeline.follow(stream, timestamp, now)
        self.timestamp_add = self._timeline.add
        self.shift = NO_SHIFT
        if self._counters is not None and counters is not None:
            self.shift = frames.follow(self._counters, counters)
        first_size = len(stream.ring.bytes_of(sequence))
        self._came = (stream.reception.received - 1, stream.reception.octets - first_size)
        stream.take(self, plain=plain)
        return True

    def _form_of(self, stream: Stream) -> tuple[int | None, bool]:
        """Payload type of a stream for this viewer, and whether only its newest block goes out.

        Blocks of RED name their codec by the publisher's number (RFC 2198 §3), so it passes only
        to viewers with the same one.
        """
        types = self.payload_types
        if stream.codec != codecs.RED:
            return codecs.payload_type_for(stream.codec, types), False
        same = types.get(codecs.OPUS) == stream.publication.payload_type_of(codecs.OPUS)
        if same and codecs.RED in types:
            return types[codecs.RED], False
        return types.get(codecs.OPUS), True

    def begin_anew(self, stream: Stream) -> None:
        """The publisher changed the codec within the stream: start again at a key frame."""
        self.stop()
        self.wait_for(stream)

    def stop(self) -> None:
        """Send nothing more; a later start continues the numbering."""
        self.wait_for(None)
        self._leave_stream()

    def _leave_stream(self) -> None:
        stream = self.stream
        if stream is None:
            return
        self._past.append(self._span(stream))
        self._before = self.sent
        self._timeline.leave(stream)
        self._next_sequence = (stream.reception.highest + self.sequence_add + 1) & 0xFFFF
        newest = stream.newest_counters()
        self._counters = frames.shifted(newest, self.shift) if newest else None
        stream.leave(self)
        self.stream = None

    @property
    def sent(self) -> tuple[int, int]:
        """Packets and payload octets that went out, retransmissions apart."""
        packets, octets = self._before
        if self.stream is not None:
            packets += self.stream.reception.received - self._came[0]
            octets += self.stream.reception.octets - self._came[1]
        return packets, octets

    def reaches(self, sequence: int) -> bool:
        """Whether an incoming number belongs to what this viewer gets of the current stream."""
        return self.stream is not None and self.stream.extended(sequence) >= self.first

    def span_of(self, sequence: int) -> Span | None:
        """The stretch in which an outgoing number lies, if it is not too long ago."""
        if self.stream is not None:
            now = self._span(self.stream)
            if now.holds(sequence):
                return now
        return next((span for span in reversed(self._past) if span.holds(sequence)), None)

    def _span(self, stream: Stream) -> Span:
        return Span(
            stream,
            self.first,
            stream.reception.highest,
            self.payload_type,
            self.plain,
            self.sequence_add,
            self.timestamp_add,
            self.shift,
        )
