"""Which media section of a client carries what.

A client in single-connection mode offers a few sections ready to receive and more on request; it
always offers, we always answer. A section that carried something must be answered idle once
before it can carry something else: a browser tells of a new track only when a section wakes up.
"""

from __future__ import annotations

from dataclasses import dataclass

from realtime.media.sdp import Description, Section
from realtime.signal.tracks import Track


@dataclass(slots=True)
class Slot:
    """One section: published into by the client (`published`), or used by us (`watched`)."""

    offered: Section
    published: Track | None = None
    watched: Track | None = None
    settled: bool = True

    @property
    def free(self) -> bool:
        """Whether a track can be sent to the client here."""
        idle = self.published is None and self.watched is None and self.settled
        return idle and self.offered.receives and not self.offered.sends


class Sections:
    """The sections of one client by `mid`, as of its last offer."""

    def __init__(self) -> None:
        self.slots: dict[str, Slot] = {}
        self.offer: Description | None = None

    def take(self, offer: Description) -> list[Track]:
        """Adopt an offer; answers the tracks that the client no longer publishes."""
        self.offer = offer
        ended: list[Track] = []
        for section in offer.sections:
            if not section.is_media:
                continue
            slot = self.slots.setdefault(section.mid, Slot(section))
            slot.offered = section
            if slot.published is not None and not _still_sends(section, slot.published):
                ended.append(slot.published)
                slot.published = None
            if slot.watched is not None and (section.sends or not section.receives):
                slot.watched = None
        return ended

    def newly_sending(self) -> list[Slot]:
        """Slots in which the client sends something that we have not bound to a track."""
        return [s for s in self.slots.values() if s.offered.sends and s.published is None]

    def place(self, track: Track) -> Slot | None:
        """Use a free section of the right kind for a track that the client watches."""
        for slot in self.slots.values():
            if slot.free and slot.offered.kind == track.kind:
                slot.watched = track
                return slot
        return None

    def release(self, track: Track) -> bool:
        """The client no longer watches this track; answers whether a section was freed."""
        for slot in self.slots.values():
            if slot.watched is track:
                slot.watched, slot.settled = None, False
                return True
        return False

    def settle(self) -> None:
        """An answer was sent that names released sections idle: they may be used again."""
        for slot in self.slots.values():
            slot.settled = True

    @property
    def unsettled(self) -> bool:
        return any(not slot.settled for slot in self.slots.values())

    def free_of(self, kind: str) -> int:
        """How many sections of this kind could take a track at once or after the next answer."""
        slots = [s for s in self.slots.values() if s.offered.kind == kind]
        return sum(
            s.published is None and s.watched is None and s.offered.receives and not s.offered.sends
            for s in slots
        )

    def watched(self) -> dict[str, str]:
        """mid → track sid of everything we send."""
        return {mid: s.watched.sid for mid, s in self.slots.items() if s.watched is not None}


def _still_sends(section: Section, track: Track) -> bool:
    return section.sends and section.track_id in (track.sdp_cid, "")
