"""Two peer connections (`/rtc`, native and older clients): one for each way.

The client offers what it publishes on the first. We offer what it watches on the second, one
offer at a time: what changes before the answer comes goes into the next one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from livekit.protocol import rtc

from realtime.media import offer as offers
from realtime.media import sdp
from realtime.media.offer import Offered
from realtime.media.peer import Peer
from realtime.signal import negotiation, subscribing
from realtime.signal.connections import Connections
from realtime.signal.lines import Line, Lines
from realtime.signal.participant import Participant
from realtime.signal.tracks import Track


class TwoConnections(Connections):
    """`_offered_at` is when the offer went out that the client has yet to answer.

    The second connection stands from the first offer on, watched tracks or not: its section for
    data is where the channels that we open, `_reliable` and `_lossy`, belong.
    """

    dual = True

    def __init__(self, participant: Participant, publisher: Peer, subscriber: Peer) -> None:
        super().__init__(participant, publisher, subscriber)
        self._lines = Lines()
        self._offers = 0
        self._offered_at: float | None = None
        self._changed = False

    def take_offer(self, offer: rtc.SessionDescription) -> None:
        description = sdp.parse(offer.sdp)
        self._take_published(description)
        self._answers += 1
        text = negotiation.write_answer(
            self.participant, self.publisher, self.sections, description, version=self._answers
        )
        answer = negotiation.description("answer", text, offer.id, {})
        self.participant.send(rtc.SignalResponse(answer=answer))

    def take_answer(self, answer: rtc.SessionDescription) -> None:
        if self._offered_at is None or answer.id not in (0, self._offers):
            return
        description = sdp.parse(answer.sdp)
        if len(description.sections) != len(self._lines) + 1:
            return  # to an offer before this one, by a client that does not number its answers
        self.subscriber.take_answer(description)
        self._offered_at = None
        for line, section in zip(self._lines, description.sections[1:], strict=True):
            self._settle(line, section)
        if self._changed:
            self._changed = False
            self.agree(self.participant.room.tracks())

    def agree(self, tracks: Mapping[str, Track]) -> None:
        """Offer what changed, at once or after the answer that is still to come."""
        if self._offered_at is not None:
            self._changed = True
        elif self._place(tracks) or self._lines.unagreed or not self._offers:
            self._offer()

    def release(self, track: Track) -> None:
        self._lines.release(track)

    def resume(self, tracks: Mapping[str, Track]) -> None:
        """Restart ICE by a new offer (RFC 8839 §4.4.1), which also replaces one that got lost."""
        self.subscriber.plane.renew_credentials(self.subscriber)
        self._changed = False
        self._place(tracks)
        self._offer()

    def overdue(self, now: float, within: float) -> bool:
        return self._offered_at is not None and now - self._offered_at > within

    def _place(self, tracks: Mapping[str, Track]) -> bool:
        placed = self._lines.watched().values()
        waiting = subscribing.unplaced(self.participant, tracks, placed)
        return bool([track for track in waiting if self._lines.place(track)])

    def _offer(self) -> None:
        self._offers += 1
        self._offered_at = time.monotonic()
        transport = self.subscriber.plane.transport_of(self.subscriber)
        sections = [self._described(line) for line in self._lines]
        text = offers.write(transport, sections, version=self._offers)
        for line in self._lines:
            line.offered = line.watched
        told = negotiation.description("offer", text, self._offers, self._lines.watched())
        self.participant.send(rtc.SignalResponse(offer=told))

    def _described(self, line: Line) -> Offered:
        if line.watched is None:
            return Offered(line.mid, line.kind, None)
        use = negotiation.sending(self.participant, line.watched, alone=line.uses > 1)
        return Offered(line.mid, line.kind, use)

    def _settle(self, line: Line, answered: sdp.Section) -> None:
        line.agreed, line.refused = line.offered, not answered.port
        if line.watched is not None and line.watched is line.agreed and answered.receives:
            negotiation.begin(self.participant, line.watched, answered)
