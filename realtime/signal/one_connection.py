"""One peer connection for both ways (`/rtc/v1`): the client offers, we answer and ask for more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping

from livekit.protocol import rtc

from realtime.media import sdp
from realtime.media.peer import Peer
from realtime.signal import negotiation, subscribing
from realtime.signal.connections import Connections
from realtime.signal.participant import Participant
from realtime.signal.sections import Slot
from realtime.signal.tracks import Track

# A browser needs a moment to take an answer in; packets before that would be lost.
SETTLING = 0.1


class OneConnection(Connections):
    """The client's sections serve both ways; `_asked` while it owes an offer that we asked for."""

    dual = False

    def __init__(self, participant: Participant, peer: Peer) -> None:
        super().__init__(participant, peer, peer)
        self._asked = False

    def take_offer(self, offer: rtc.SessionDescription) -> None:
        participant = self.participant
        description = sdp.parse(offer.sdp)
        self._take_published(description)
        self._asked = False
        tracks = participant.room.tracks()
        placed = self._place(tracks)
        self._answer(offer.id, description)
        self.sections.settle()
        self._begin(placed)
        self.agree(tracks)

    def take_answer(self, answer: rtc.SessionDescription) -> None:
        """Nothing: this client is never offered anything."""

    def agree(self, tracks: Mapping[str, Track]) -> None:
        """Ask the client to offer when something waits for a section, or one for its release.

        One request at a time; the client's next offer takes it back.
        """
        waiting = Counter(track.kind for track in self._unplaced(tracks))
        if self._asked or self.sections.offer is None:
            return
        if not waiting and not self.sections.unsettled:
            return
        self._asked = True
        missing = {kind: max(0, n - self.sections.free_of(kind)) for kind, n in waiting.items()}
        requirement = rtc.MediaSectionsRequirement(
            num_audios=missing.get("audio", 0), num_videos=missing.get("video", 0)
        )
        self.participant.send(rtc.SignalResponse(media_sections_requirement=requirement))

    def release(self, track: Track) -> None:
        """The section is free again after the next answer."""
        self.sections.release(track)

    def resume(self, tracks: Mapping[str, Track]) -> None:
        """The client restarts ICE by an offer of its own, with or without being asked again."""
        self._asked = False
        self.agree(tracks)

    def _unplaced(self, tracks: Mapping[str, Track]) -> list[Track]:
        return subscribing.unplaced(self.participant, tracks, self.sections.watched().values())

    def _place(self, tracks: Mapping[str, Track]) -> list[Slot]:
        """Give sections to what waits for one; answers the newly used slots."""
        slots = [self.sections.place(track) for track in self._unplaced(tracks)]
        return [slot for slot in slots if slot is not None]

    def _answer(self, number: int, offer: sdp.Description) -> None:
        self._answers += 1
        text = negotiation.write_answer(
            self.participant, self.publisher, self.sections, offer, version=self._answers
        )
        told = negotiation.description("answer", text, number, self.sections.watched())
        self.participant.send(rtc.SignalResponse(answer=told))

    def _begin(self, slots: list[Slot]) -> None:
        delay = SETTLING if self.subscriber.is_open else 0.0
        loop = asyncio.get_running_loop()
        for slot in slots:
            if slot.watched is not None:
                loop.call_later(delay, self._flow, slot, slot.watched)

    def _flow(self, slot: Slot, track: Track) -> None:
        if slot.watched is track:
            negotiation.begin(self.participant, track, slot.offered)
