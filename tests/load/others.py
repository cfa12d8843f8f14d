"""What a light client knows of the others in its room."""

from livekit.protocol import models, rtc

from . import sdp
from .signalling import layer_wish


class Others:
    """Whose the tracks in the room are, and what is wished of them.

    Args:
        identity: who we are.
        layer: the RID asked for of those who send layers; empty asks for nothing.
        foe: how the identities begin whose streams do not count.

    `ignored` are the SSRCs under which the server sends what does not count.
    """

    def __init__(self, identity: str, *, layer: str, foe: str) -> None:
        self.owners: dict[str, str] = {}
        self.ignored: set[int] = set()
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

    def ignore(self, answer: sdp.Answer | None) -> None:
        """Note what does not count, for good: a track that ended leaves its figures behind."""
        for ssrc, sid in answer.tracks.items() if answer else ():
            if self._foe and self.owners.get(sid, "").startswith(self._foe):
                self.ignored.add(ssrc)

    def _new_tracks(self, person: models.ParticipantInfo) -> list[models.TrackInfo]:
        new = [track for track in person.tracks if track.sid not in self.owners]
        self.owners.update({track.sid: person.identity for track in new})
        return new
