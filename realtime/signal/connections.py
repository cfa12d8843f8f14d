"""A participant's peer connections, whether it has one for everything or one for each way.

Rooms, requests and subscriptions talk to this face only; how many connections a client has is
known in `one_connection.py` and `two_connections.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from livekit.protocol import rtc

from realtime.media import sdp
from realtime.media.peer import Peer
from realtime.signal.sections import Sections
from realtime.signal.tracks import Track

if TYPE_CHECKING:
    from realtime.signal.participant import Participant


class Connections(ABC):
    """What the client sends comes over `publisher`, what it watches goes over `subscriber`.

    `tracks`, where a method takes them, are all published tracks of the room by sid.
    """

    dual: bool

    def __init__(self, participant: Participant, publisher: Peer, subscriber: Peer) -> None:
        self.participant = participant
        self.publisher = publisher
        self.subscriber = subscriber
        self.sections = Sections()
        self._answers = 0

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Every connection once."""
        return tuple(dict.fromkeys((self.publisher, self.subscriber)))

    @property
    def primary(self) -> Peer:
        """The connection that every client makes at once; with it the participant is active."""
        return self.subscriber

    @abstractmethod
    def take_offer(self, offer: rtc.SessionDescription) -> None:
        """Take the client's offer in and queue our answer.

        Raises:
            SdpError: it cannot be answered.
        """

    @abstractmethod
    def take_answer(self, answer: rtc.SessionDescription) -> None:
        """Take the client's answer to an offer of ours; one that nobody waits for is ignored.

        Raises:
            SdpError: it cannot be understood.
        """

    @abstractmethod
    def agree(self, tracks: Mapping[str, Track]) -> None:
        """Get what changed in what the participant watches agreed with its client."""

    @abstractmethod
    def release(self, track: Track) -> None:
        """The participant no longer watches this track."""

    @abstractmethod
    def resume(self, tracks: Mapping[str, Track]) -> None:
        """The signalling connection is a new one: what was said last may never have arrived."""

    def overdue(self, now: float, within: float) -> bool:
        """Whether an answer of the client has been missing for longer than `within` seconds."""
        return False

    def unpublished(self, track: Track) -> None:
        """The participant no longer publishes this track."""
        self.publisher.unpublish(track.publication)
        for slot in self.sections.slots.values():
            if slot.published is track:
                slot.published = None

    def _take_published(self, offer: sdp.Description) -> None:
        """Adopt the offered sections: tracks that ended, and those that begin."""
        participant, room = self.participant, self.participant.room
        self.publisher.take_offer(offer)
        for ended in self.sections.take(offer):
            room.unpublish(participant, ended)
        for slot in self.sections.newly_sending():
            track = participant.waiting_track(slot.offered.kind, slot.offered.track_id)
            if track is not None:
                slot.published = track
                track.bind(slot.offered)
                self.publisher.publish(track.publication)
                room.publish(participant, track)
