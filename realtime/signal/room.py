"""A room: its participants, their tracks, and what each of them is told about the others."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from livekit.protocol import models, rtc

from realtime.signal import subscribing
from realtime.signal.news import News
from realtime.signal.participant import Participant, new_sid
from realtime.signal.room_settings import RoomSettings
from realtime.signal.said import Nonces
from realtime.signal.tracks import Track

# Departures that are remembered for those who resume and may have missed them.
MAX_DEPARTED = 2000


class Witness(Protocol):
    """Who is told what happens in a room (webhooks)."""

    def happened(
        self,
        event: str,
        room: Room,
        participant: Participant | None = None,
        track: Track | None = None,
    ) -> None: ...


class Room:
    """One room by name; lives as long as somebody is in it and a little longer.

    `empty_since` is when the last one left, or when it was made (seconds, monotonic); None while
    somebody is in.
    """

    def __init__(
        self,
        name: str,
        witness: Witness,
        settings: RoomSettings,
        *,
        created_ms: int,
        now: float,
    ) -> None:
        self.name = name
        self.settings = settings
        self.sid = new_sid("RM_")
        self.created_ms = created_ms
        self.participants: dict[str, Participant] = {}
        self.empty_since: float | None = now
        self.speaking: dict[str, models.SpeakerInfo] = {}
        self.nonces = Nonces()
        self._departed: deque[tuple[float, models.ParticipantInfo]] = deque(maxlen=MAX_DEPARTED)
        self._witness = witness
        self._news = News(self._tell_of)
        self._visited = False
        self._told = self.info()

    def info(self) -> models.Room:
        seen = [p for p in self.participants.values() if not p.hidden]
        return models.Room(
            sid=self.sid,
            name=self.name,
            creation_time=self.created_ms // 1000,
            creation_time_ms=self.created_ms,
            empty_timeout=self.settings.empty_timeout,
            departure_timeout=self.settings.departure_timeout,
            max_participants=self.settings.max_participants,
            metadata=self.settings.metadata,
            num_participants=len(seen),
            num_publishers=sum(bool(p.published()) for p in seen),
        )

    def is_full(self, *, bound: int) -> bool:
        """Whether nobody more comes in; `bound` is what the process allows every room."""
        most = min(self.settings.max_participants or bound, bound)
        return len(self.participants) >= most

    def is_over(self, *, now: float) -> bool:
        """Whether nobody came, or came back, within the time that is kept for it."""
        if self.empty_since is None:
            return False
        settings = self.settings
        kept = settings.departure_timeout if self._visited else settings.empty_timeout
        return now - self.empty_since > kept

    def change(self, settings: RoomSettings) -> None:
        """Adopt other settings; everybody is told when that changes what they see."""
        if settings != self.settings:
            self.settings = settings
            self.tell_room()

    def tell_room(self) -> None:
        """Tell everybody how the room now is, unless they know."""
        now = self.info()
        if now == self._told:
            return
        self._told = now
        self.broadcast(rtc.SignalResponse(room_update=rtc.RoomUpdate(room=now)))

    def tracks(self) -> dict[str, Track]:
        """Every published track by sid."""
        return {t.sid: t for p in self.participants.values() for t in p.published()}

    def owner_of(self, track: Track) -> Participant:
        """Who publishes a track.

        Raises:
            LookupError: nobody in this room does.
        """
        for participant in self.participants.values():
            if track.sid in participant.tracks:
                return participant
        raise LookupError(track.sid)

    def others(self, participant: Participant) -> list[Participant]:
        return [p for p in self.participants.values() if p is not participant]

    def enter(self, participant: Participant) -> None:
        """Take a participant in and let it watch what is published."""
        self.participants[participant.identity] = participant
        self.empty_since = None
        self._visited = True
        participant.state = models.ParticipantInfo.JOINED
        self.settle(participant)
        self.tell(participant)

    def settle(self, participant: Participant) -> None:
        """Let a participant get what it wants and may, and nothing else."""
        for owner in self.others(participant):
            for track in owner.published():
                subscribing.settle(participant, owner, track)

    def leave(self, participant: Participant, *, now: float) -> None:
        """Take a participant out; the others are told, its tracks end."""
        if self.participants.get(participant.identity) is not participant:
            return
        for track in participant.published():
            self.unpublish(participant, track)
        del self.participants[participant.identity]
        self.speaking.pop(participant.sid, None)
        participant.state = models.ParticipantInfo.DISCONNECTED
        self.tell_now(participant)
        if not participant.hidden:
            self._departed.append((now, participant.info()))
        left = "participant_left" if participant.was_active else "participant_connection_aborted"
        self._witness.happened(left, self, participant)
        if not self.participants:
            self.empty_since = now

    def became_active(self, participant: Participant) -> None:
        """Media can flow: only now the participant has really arrived."""
        participant.state = models.ParticipantInfo.ACTIVE
        participant.was_active = True
        self._witness.happened("participant_joined", self, participant)
        for track in participant.published():
            self._witness.happened("track_published", self, participant, track)
        self.tell(participant)

    def publish(self, participant: Participant, track: Track) -> None:
        """A track's section is agreed: everybody hears of it and may watch it."""
        track.published = True
        self.tell_now(participant)
        if participant.was_active:  # if not yet, it is told of after the arrival
            self._witness.happened("track_published", self, participant, track)
        tracks = self.tracks()
        for other in self.others(participant):
            subscribing.settle(other, participant, track)
            other.connections.agree(tracks)

    def unpublish(self, participant: Participant, track: Track) -> None:
        """A track ended: nobody watches it any more."""
        participant.tracks.pop(track.sid, None)
        participant.connections.unpublished(track)
        for other in self.others(participant):
            subscribing.forget(other, track)
        if track.published:
            self.tell_now(participant)
            if participant.was_active:
                self._witness.happened("track_unpublished", self, participant, track)
        tracks = self.tracks()
        for other in self.others(participant):
            other.connections.agree(tracks)

    def departed_since(self, since: float) -> list[models.ParticipantInfo]:
        """Who left after `since` (seconds, monotonic) and has not come back, oldest first."""
        return [
            info
            for left_at, info in self._departed
            if left_at >= since and info.identity not in self.participants
        ]

    def tell(self, participant: Participant) -> None:
        """Tell everybody in a moment how a participant is then, with others who changed."""
        participant.version += 1
        self._news.add(participant)

    def tell_now(self, participant: Participant) -> None:
        """The same at once: what is said next depends on it."""
        participant.version += 1
        self._news.drop(participant)
        self._tell_of([participant])

    def _tell_of(self, changed: list[Participant]) -> None:
        visible = [each for each in changed if not each.hidden]
        if visible:
            self.broadcast(_update(visible))
        for hidden in (each for each in changed if each.hidden):
            hidden.send(_update([hidden]))

    def broadcast(self, message: rtc.SignalResponse) -> None:
        """Send everybody the same; packed once, for however many."""
        packed = message.SerializeToString()
        for each in self.participants.values():
            each.outbox.put_packed(packed)


def _update(participants: list[Participant]) -> rtc.SignalResponse:
    people = [participant.info() for participant in participants]
    return rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=people))
