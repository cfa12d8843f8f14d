"""All rooms of this process: who joins them, who leaves, and why."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import replace

from livekit.protocol import models, rtc
from livekit.protocol.room import CreateRoomRequest

from realtime.media.data import DataChannels
from realtime.media.plane import Plane
from realtime.signal import conditions, data, greeting, space, speakers, tokens, vigil
from realtime.signal.connections import Connections
from realtime.signal.joining import Arrival
from realtime.signal.limits import Limits
from realtime.signal.one_connection import OneConnection
from realtime.signal.outbox import Outbox
from realtime.signal.participant import Participant
from realtime.signal.room import Room, Witness
from realtime.signal.room_settings import RoomSettings
from realtime.signal.tokens import Admission
from realtime.signal.tracks import Track
from realtime.signal.two_connections import TwoConnections

_log = logging.getLogger(__name__)


class Rooms:
    """The rooms of one media process."""

    def __init__(
        self, plane: Plane, witness: Witness, keys: Mapping[str, str], limits: Limits
    ) -> None:
        self.plane = plane
        self.limits = limits
        self.rooms: dict[str, Room] = {}
        self._witness = witness
        self._keys = keys
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        watching = (vigil.keep(self), speakers.watch(self), conditions.watch(self))
        self._tasks = [loop.create_task(each) for each in watching]

    async def close(self) -> None:
        """Tell everybody to come back elsewhere or later, and end."""
        for task in self._tasks:
            task.cancel()
        for room in list(self.rooms.values()):
            for participant in list(room.participants.values()):
                self.dismiss(participant, models.SERVER_SHUTDOWN, action=rtc.LeaveRequest.RECONNECT)

    def open_room(self, wishes: CreateRoomRequest) -> Room:
        """The room of this name as wished, made when there is none.

        Raises:
            ProcessFull: it would be one room too many.
        """
        room = self.rooms.get(wishes.name)
        if room is None:
            return self._new_room(wishes)
        room.change(room.settings.with_wishes(wishes))
        return room

    def _new_room(self, wishes: CreateRoomRequest) -> Room:
        space.ensure_one_more(self.rooms, self.limits)
        usual = RoomSettings(self.limits.empty_timeout, self.limits.departure_timeout)
        created = int(time.time() * 1000)
        room = Room(
            wishes.name,
            self._witness,
            usual.with_wishes(wishes),
            created_ms=created,
            now=time.monotonic(),
        )
        self.rooms[room.name] = room
        self._witness.happened("room_started", room)
        return room

    def join(self, admission: Admission, arrival: Arrival, outbox: Outbox) -> Participant:
        """Let an admitted person into its room; one of the same identity is replaced.

        Raises:
            NoSpace: the room or this process is full.
        """
        space.ensure_place(self.rooms, admission, self.limits)
        room = self.open_room(CreateRoomRequest(name=admission.grants.room))
        former = room.participants.get(admission.identity)
        if former is not None:
            self.dismiss(former, models.DUPLICATE_IDENTITY)
        client = arrival.request.client_info
        participant = Participant(room, admission, client, outbox, now=time.monotonic())
        participant.joined_at_ms = int(time.time() * 1000)
        participant.connections = self._connect(participant, dual=arrival.dual)
        for peer in participant.connections.peers:
            self._open_data(participant, peer.data)
        return participant

    def _connect(self, participant: Participant, *, dual: bool) -> Connections:
        """The participant becomes active with its primary connection and goes with any."""

        def failed() -> None:
            reason = models.CONNECTION_TIMEOUT
            self.dismiss(participant, reason, action=rtc.LeaveRequest.RECONNECT)

        def opened() -> None:
            participant.room.became_active(participant)

        primary = self.plane.new_peer(on_open=opened, on_close=failed)
        if not dual:
            return OneConnection(participant, primary)
        publisher = self.plane.new_peer(on_open=lambda: None, on_close=failed)
        return TwoConnections(participant, publisher, primary)

    def _open_data(self, participant: Participant, channels: DataChannels) -> None:
        """With two connections clients speak on the first, and are spoken to on the second."""

        def failed(why: str) -> None:
            # Reliable data was not or could not be delivered: only a new connection mends that.
            _log.info("participant %s cut off: it %s", participant.sid, why)
            self.dismiss(participant, models.STATE_MISMATCH, action=rtc.LeaveRequest.RECONNECT)

        data.listen(participant, channels)
        channels.on_failed = failed

    def dismiss(
        self,
        participant: Participant,
        reason: models.DisconnectReason,
        *,
        action: rtc.LeaveRequest.Action = rtc.LeaveRequest.DISCONNECT,
    ) -> None:
        """Send a participant away: it is told why, its connection is ended."""
        leave = greeting.leave_request(participant.client, reason, action)
        if leave is not None:
            participant.send(leave)
        self.leave(participant, reason)

    def leave(self, participant: Participant, reason: models.DisconnectReason) -> None:
        """Take a participant out of its room and of the media plane, once."""
        if participant.gone:
            return
        participant.gone = True
        participant.leave_reason = reason
        participant.room.leave(participant, now=time.monotonic())
        for peer in participant.connections.peers:
            self.plane.remove(peer)
        participant.outbox.end()

    def ask_to_resume(self, participant: Participant, reason: models.DisconnectReason) -> None:
        """Let a client come back on a new signalling connection and restart ICE."""
        leave = greeting.leave_request(participant.client, reason, rtc.LeaveRequest.RESUME)
        if leave is not None:
            participant.send(leave)
        participant.asked_to_resume_at = time.monotonic()
        participant.detach(participant.asked_to_resume_at)

    def lose_signal(self, participant: Participant, outbox: Outbox) -> None:
        """A signalling connection ended without goodbye: keep the participant for a while.

        Unless its media never stood, or it talks over another connection already.
        """
        if participant.gone or participant.outbox is not outbox:
            return
        if not participant.connections.primary.is_open:
            self.leave(participant, models.SIGNAL_CLOSE)
        elif participant.signal_lost_at is None:
            participant.detach(time.monotonic())

    def close_room(self, room: Room) -> None:
        """End a room with everybody in it."""
        for participant in list(room.participants.values()):
            self.dismiss(participant, models.ROOM_DELETED)
        self.finish(room)

    def finish(self, room: Room) -> None:
        """Forget a room that nobody is in."""
        if self.rooms.get(room.name) is room:
            del self.rooms[room.name]
            self._witness.happened("room_finished", room)

    def refresh_token(self, participant: Participant) -> None:
        """Give a participant a token for coming back, with its rights and texts of now."""
        secret = self._keys[participant.admission.api_key]
        now = replace(
            participant.admission,
            name=participant.name,
            metadata=participant.metadata,
            attributes=participant.attributes,
        )
        token = tokens.refreshed(now, secret, participant.permission)
        participant.send(rtc.SignalResponse(refresh_token=token))

    def change_permission(
        self, participant: Participant, permission: models.ParticipantPermission
    ) -> None:
        """New rights, at once: tracks no longer allowed end, the token is renewed."""
        participant.permission = permission
        for track in list(participant.tracks.values()):
            if not tokens.may_publish(permission, track.info.source):
                self.end_track(participant, track)
        self._renew_subscriptions(participant)
        self.refresh_token(participant)
        participant.room.tell(participant)

    def end_track(self, participant: Participant, track: Track) -> None:
        """End a track against its publisher's will, who is told."""
        participant.room.unpublish(participant, track)
        ended = rtc.TrackUnpublishedResponse(track_sid=track.sid)
        participant.send(rtc.SignalResponse(track_unpublished=ended))

    def _renew_subscriptions(self, participant: Participant) -> None:
        participant.room.settle(participant)
        participant.connections.agree(participant.room.tracks())
