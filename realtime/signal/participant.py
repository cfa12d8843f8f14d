"""One participant of a room: who it is, what it publishes, what it watches."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING

from livekit.protocol import models, rtc

from realtime.media.health import Quality
from realtime.media.subscription import Subscription
from realtime.signal import tokens
from realtime.signal.audience import Audience
from realtime.signal.outbox import COME_BACK, Outbox
from realtime.signal.tokens import Admission
from realtime.signal.tracks import Track
from realtime.signal.wishes import Wish

if TYPE_CHECKING:
    from realtime.signal.connections import Connections
    from realtime.signal.room import Room
    from realtime.signal.simulating import Simulated

_ALPHABET = string.ascii_letters + string.digits


def new_sid(prefix: str) -> str:
    """An unguessable name in LiveKit's form: `PA_…`, `TR_…`, `RM_…`."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(14))


class Participant:
    """A connected participant. Times are seconds, monotonic.

    `heard_at` is when its last signalling message came, `attached_at` when its signalling
    connection was made; `signal_lost_at` is None while it has one; `asked_to_resume_at` is when
    we last cut it so that the client restarts ICE. `asked` and `refused` are sids of tracks that
    it said it will or will not watch, `wishes` in which size; `audience` is who may watch its own
    tracks, None for everybody; `qualities` is what it was told of lines, by participant sid.
    """

    def __init__(
        self,
        room: Room,
        admission: Admission,
        client: models.ClientInfo,
        outbox: Outbox,
        *,
        now: float,
    ) -> None:
        self.room = room
        self.admission = admission
        self.client = client
        self.outbox = outbox
        self.sid = new_sid("PA_")
        self.name = admission.name
        self.metadata = admission.metadata
        self.attributes = dict(admission.attributes)
        self.permission = tokens.permission_of(admission.grants)
        self.state = models.ParticipantInfo.JOINING
        self.joined_at_ms = 0
        self.version = 0
        self.heard_at = self.attached_at = self.since = now
        self.signal_lost_at: float | None = None
        self.asked_to_resume_at = 0.0
        self.was_active = self.gone = False
        self.simulated: Simulated | None = None
        self.auto_subscribe = True
        self.adaptive_stream = False
        self.leave_reason: models.DisconnectReason = models.UNKNOWN_REASON
        self.tracks: dict[str, Track] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.asked: set[str] = set()
        self.refused: set[str] = set()
        self.wishes: dict[str, Wish] = {}
        self.audience: Audience | None = None
        self.qualities: dict[str, Quality] = {}
        self._connections: Connections | None = None

    @property
    def identity(self) -> str:
        return self.admission.identity

    @property
    def connections(self) -> Connections:
        assert self._connections is not None
        return self._connections

    @connections.setter
    def connections(self, connections: Connections) -> None:
        self._connections = connections

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
            client_protocol=self.client.client_protocol,
            capabilities=self.client.capabilities,
        )

    def attach(self, outbox: Outbox, now: float) -> None:
        """Talk over a new signalling connection; the one before ends without a word."""
        self.outbox.end()
        self.outbox = outbox
        self.heard_at = self.attached_at = now
        self.signal_lost_at = None

    def detach(self, now: float) -> None:
        """The signalling connection is lost or cut: wait for the client to come back."""
        self.outbox.end(COME_BACK)
        self.signal_lost_at = now

    def send(self, message: rtc.SignalResponse) -> None:
        self.outbox.put(message)

    def published(self) -> list[Track]:
        return [track for track in self.tracks.values() if track.published]

    def waiting_track(self, kind: str, sdp_cid: str) -> Track | None:
        """The announced track that a newly sending section carries: by name, else by kind."""
        open_tracks = [t for t in self.tracks.values() if not t.published and t.kind == kind]
        named = [t for t in open_tracks if t.cid == sdp_cid]
        return next(iter(named or open_tracks), None)

    def wants(self, track: Track) -> bool:
        """Whether this participant would watch a track if it may."""
        if not self.permission.can_subscribe or track.sid in self.tracks:
            return False
        return track.sid in self.asked or (self.auto_subscribe and track.sid not in self.refused)

    def lets_watch(self, identity: str, sid: str) -> bool:
        """Whether this participant lets another watch a track of its own."""
        return self.audience is None or self.audience.holds(identity, sid)
