"""One participant of a room: who it is, what it publishes, what it watches."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING

from livekit.protocol import models, rtc

from realtime.media.peer import Peer
from realtime.media.subscription import Subscription
from realtime.signal import tokens
from realtime.signal.outbox import Outbox
from realtime.signal.sections import Sections
from realtime.signal.tokens import Admission
from realtime.signal.tracks import Track

if TYPE_CHECKING:
    from realtime.signal.room import Room

_ALPHABET = string.ascii_letters + string.digits


def new_sid(prefix: str) -> str:
    """An unguessable name in LiveKit's form: `PA_…`, `TR_…`, `RM_…`."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(14))


class Participant:
    """A connected participant. `heard_at` is its last signalling message (seconds, monotonic)."""

    def __init__(self, room: Room, admission: Admission, outbox: Outbox, *, now: float) -> None:
        self.room = room
        self.admission = admission
        self.outbox = outbox
        self.sid = new_sid("PA_")
        self.name = admission.name
        self.metadata = admission.metadata
        self.attributes = dict(admission.attributes)
        self.permission = tokens.permission_of(admission.grants)
        self.state = models.ParticipantInfo.JOINING
        self.joined_at_ms = 0
        self.version = 0
        self.heard_at = self.since = now
        self.was_active = False
        self.auto_subscribe = True
        self.leave_reason: models.DisconnectReason = models.UNKNOWN_REASON
        self.tracks: dict[str, Track] = {}
        self.sections = Sections()
        self.subscriptions: dict[str, Subscription] = {}
        self.refused: set[str] = set()
        self.answers = 0
        self.offer_asked = False
        self._peer: Peer | None = None

    @property
    def identity(self) -> str:
        return self.admission.identity

    @property
    def peer(self) -> Peer:
        assert self._peer is not None
        return self._peer

    @peer.setter
    def peer(self, peer: Peer) -> None:
        self._peer = peer

    @property
    def present(self) -> bool:
        """Whether it is in its room; whoever was sent away may still be talking."""
        return self.room.participants.get(self.identity) is self

    @property
    def hidden(self) -> bool:
        return self.permission.hidden

    def info(self) -> models.ParticipantInfo:
        """What everybody in the room is told about this participant."""
        return models.ParticipantInfo(
            sid=self.sid,
            identity=self.identity,
            state=self.state,
            tracks=[track.info for track in self.tracks.values() if track.published],
            metadata=self.metadata,
            joined_at=self.joined_at_ms // 1000,
            joined_at_ms=self.joined_at_ms,
            name=self.name,
            version=self.version,
            permission=self.permission,
            is_publisher=any(track.published for track in self.tracks.values()),
            attributes=self.attributes,
            disconnect_reason=self.leave_reason,
        )

    def send(self, message: rtc.SignalResponse) -> None:
        self.outbox.put(message)

    def published(self) -> list[Track]:
        return [track for track in self.tracks.values() if track.published]

    def waiting_track(self, kind: str, sdp_cid: str) -> Track | None:
        """The announced track that a newly sending section carries: by name, else by kind."""
        open_tracks = [t for t in self.tracks.values() if not t.published and t.kind == kind]
        named = [t for t in open_tracks if t.cid == sdp_cid]
        return next(iter(named or open_tracks), None)

    def may_watch(self, track: Track) -> bool:
        if not self.permission.can_subscribe or track.sid in self.tracks:
            return False
        return self.auto_subscribe and track.sid not in self.refused
