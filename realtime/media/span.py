"""A stretch of what one viewer got, so that it can be sent again after the layer has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from realtime.media.frames import Counters
    from realtime.media.stream import Stream


class Span(NamedTuple):
    """A stretch of a viewer's packets that came from one stream.

    `first` and `last` are the stream's extended numbers; outgoing numbers are those plus the adds.
    """

    stream: Stream
    first: int
    last: int
    payload_type: int
    plain: bool
    sequence_add: int
    timestamp_add: int
    shift: Counters

    def holds(self, sequence: int) -> bool:
        """Whether an outgoing number lies in this stretch."""
        own = (sequence - self.sequence_add) & 0xFFFF
        number = self.last + ((own - self.last + 0x8000) & 0xFFFF) - 0x8000
        return self.first <= number <= self.last
