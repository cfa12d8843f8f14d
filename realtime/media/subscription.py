"""One viewer's copy of a publication: its own SSRC, numbering and layer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from realtime.media.layers import HIGH

if TYPE_CHECKING:
    from realtime.media.peer import Peer
    from realtime.media.publication import Publication
    from realtime.media.stream import Stream

_NTP_FRACTION = 1 << 32


class Subscription:
    """A publication on its way to one peer.

    Numbers in outgoing packets are the incoming ones plus `sequence_add`, `timestamp_add`,
    `picture_add` and `tl0_add`; these change only when the layer does, so the viewer sees one
    unbroken stream. `tx`, `name` and `name_length` mirror the peer's transport for the hot path.
    """

    __slots__ = (
        "_next_picture",
        "_next_sequence",
        "_next_tl0",
        "enabled",
        "first",
        "level_id",
        "name",
        "name_length",
        "orientation_id",
        "payload_type",
        "payload_types",
        "peer",
        "picture_add",
        "publication",
        "sequence_add",
        "ssrc",
        "stream",
        "timestamp_add",
        "tl0_add",
        "tx",
        "waits_for",
        "wanted",
    )

    def __init__(self, publication: Publication, peer: Peer) -> None:
        self.publication = publication
        self.peer = peer
        self.ssrc = secrets.randbits(32) or 1
        self.enabled = True
        self.wanted = HIGH
        self.payload_types: dict[str, int] = {}
        self.payload_type = -1
        self.first = 0
        self.level_id = 0
        self.orientation_id = 0
        self.stream: Stream | None = None
        self.waits_for: Stream | None = None
        self.sequence_add = self.timestamp_add = self.picture_add = self.tl0_add = 0
        self.tx: Any = None
        self.name = self.name_length = 0
        self._next_sequence: int | None = None
        self._next_picture: int | None = None
        self._next_tl0: int | None = None

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

    def start(self, stream: Stream, sequence: int, timestamp: int) -> bool:
        """Continue with `stream`, whose packet of this number is the first to go out.

        Answers False, and waits on, when the viewer cannot take the stream's codec.
        """
        payload_type = self.payload_types.get(stream.codec)
        self.waits_for = None
        if payload_type is None:
            return False
        before = self.stream
        self._leave_stream()
        if self._next_sequence is None:
            self._next_sequence = sequence
        elif before is not None and before is not stream:
            self.timestamp_add = self._continued(before, stream, timestamp)
        self.payload_type = payload_type
        self.first = sequence
        self.sequence_add = (self._next_sequence - sequence) & 0xFFFF
        self.stream = stream
        stream.group_of(self.level_id, self.orientation_id).targets.append(self)
        return True

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
        stream.leave(self)
        self._next_sequence = (stream.reception.highest + self.sequence_add + 1) & 0xFFFF
        if stream.picture >= 0:
            self._next_picture = (stream.picture + self.picture_add + 1) & 0x7FFF
            self._next_tl0 = (stream.tl0 + self.tl0_add + 1) & 0xFF
        self.stream = None

    def continue_pictures(self, picture: int, tl0: int) -> None:
        """At a start on VP8: number its first picture after the last one that went out."""
        if self._next_picture is not None and self._next_tl0 is not None:
            self.picture_add = (self._next_picture - picture) & 0x7FFF
            self.tl0_add = (self._next_tl0 - tl0) & 0xFF

    def reaches(self, sequence: int) -> bool:
        """Whether an incoming number belongs to what this viewer gets of the current stream."""
        return (sequence - self.first) & 0xFFFF < 0x8000

    def _continued(self, before: Stream, after: Stream, timestamp: int) -> int:
        """`timestamp_add` for another layer: the same instant keeps the same outgoing time.

        Layers tell the instant of a timestamp in their sender reports (RFC 3550 §6.4.1); until
        both have, the new layer's frame follows the last one after a twentieth of a second.
        """
        last = before.latest + self.timestamp_add
        clock_rate = self.publication.clock_rate
        old, new = before.reception.report, after.reception.report
        if old is None or new is None:
            return (last + clock_rate // 20 - timestamp) & 0xFFFFFFFF
        elapsed = round((new.ntp - old.ntp) * clock_rate / _NTP_FRACTION)
        add = old.timestamp + self.timestamp_add + elapsed - new.timestamp
        if (timestamp + add - last) & 0xFFFFFFFF >= 0x80000000:
            add = last + 1 - timestamp
        return add & 0xFFFFFFFF
