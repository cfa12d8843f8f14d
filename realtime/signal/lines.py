"""The sections that we offer to a client with two connections, in their order for ever.

A section may be used again once the client agreed to it being idle: a browser tells of a new
track only when a section wakes up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from realtime.media import sdp
from realtime.signal.tracks import Track

# A description holds the data channels' section too.
MAX_LINES = sdp.MAX_SECTIONS - 1


@dataclass(slots=True)
class Line:
    """One offered section.

    `watched` is what it is to carry, `offered` what our newest offer says, `agreed` what the
    client's newest answer took. `uses` counts the tracks it has carried.
    """

    mid: str
    kind: str
    watched: Track | None = None
    offered: Track | None = None
    agreed: Track | None = None
    uses: int = 0
    refused: bool = False

    @property
    def free(self) -> bool:
        return not self.refused and self.watched is self.offered is self.agreed is None


class Lines:
    """All sections offered to one client."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def unagreed(self) -> bool:
        """Whether the client has yet to hear of a change."""
        return any(line.watched is not line.agreed for line in self._lines)

    def place(self, track: Track) -> bool:
        """Use a free section for a track, or a new one; False when there are too many."""
        line = next((line for line in self._lines if line.free and line.kind == track.kind), None)
        if line is None:
            if len(self._lines) >= MAX_LINES:
                return False
            line = Line(str(len(self._lines) + 1), track.kind)
            self._lines.append(line)
        line.watched = track
        line.uses += 1
        return True

    def release(self, track: Track) -> None:
        for line in self._lines:
            if line.watched is track:
                line.watched = None

    def watched(self) -> dict[str, str]:
        """mid → track sid of everything we send."""
        return {line.mid: line.watched.sid for line in self._lines if line.watched is not None}
