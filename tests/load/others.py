"""What a light client knows of the others in its room."""

from livekit.protocol import models, rtc

from . import sdp
from .signalling import layer_wish


class Others:
    """Whose the tracks in the room are, and what is wished of them.

    Args:
        identity: who we are.
        layer: the RID asked for of those who send layers; empty asks for nothing.
        foe: the identity whose streams do not count.
    """

    def __init__(self, identity: str, *, layer: str, foe: str) -> None:
        self.owners: dict[str, str] = {}
        self._identity, self._layer, self._foe = identity, layer, foe

    def take(self, response: rtc.SignalResponse) -> list[rtc.SignalRequest]:
        """Learn who is there; the wishes to send for what is new."""
        people = [*response.join.other_participants, *response.update.participants]
        return [
            layer_wish(track, self._layer)
            for person in people
            if person.identity != self._identity
            for track in self._new_tracks(person)
            if self._layer and track.type == models.TrackType.VIDEO
        ]

    def ignored(self, answer: sdp.Answer | None) -> set[int]:
        """The SSRCs under which the server sends what does not count."""
        tracks = answer.tracks if answer else {}
        return {ssrc for ssrc, sid in tracks.items() if self.owners.get(sid) == self._foe}

    def _new_tracks(self, person: models.ParticipantInfo) -> list[models.TrackInfo]:
        new = [track for track in person.tracks if track.sid not in self.owners]
        self.owners.update({track.sid: person.identity for track in new})
        return new
