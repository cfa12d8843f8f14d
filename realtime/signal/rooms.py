"""All rooms of this process: joining, leaving, and the clock that sweeps out what is stale."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace

from livekit.protocol import models, rtc
from livekit.protocol.room import CreateRoomRequest

from realtime.media.plane import Plane
from realtime.signal import space, speakers, subscribing, tokens
from realtime.signal.limits import Limits
from realtime.signal.outbox import Outbox
from realtime.signal.participant import Participant
from realtime.signal.room import Room, Witness
from realtime.signal.room_settings import RoomSettings
from realtime.signal.tokens import Admission
from realtime.signal.tracks import Track

_SWEEP = 1.0
_REFRESH_EVERY = 240.0
_COUNTS_EVERY = 5  # sweeps; who comes and goes is told at once, how many may wait


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
        self._tasks = [loop.create_task(self._sweep()), loop.create_task(speakers.watch(self))]

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

    def join(self, admission: Admission, outbox: Outbox) -> Participant:
        """Let an admitted person into its room; one of the same identity is replaced.

        Raises:
            NoSpace: the room or this process is full.
        """
        space.ensure_place(self.rooms, admission, self.limits)
        room = self.open_room(CreateRoomRequest(name=admission.grants.room))
        former = room.participants.get(admission.identity)
        if former is not None:
            self.dismiss(former, models.DUPLICATE_IDENTITY)
        participant = Participant(room, admission, outbox, now=time.monotonic())
        participant.joined_at_ms = int(time.time() * 1000)
        participant.peer = self.plane.new_peer(
            on_open=lambda: room.became_active(participant),
            on_close=lambda: self._transport_failed(participant),
        )
        return participant

    def dismiss(
        self,
        participant: Participant,
        reason: models.DisconnectReason,
        *,
        action: rtc.LeaveRequest.Action = rtc.LeaveRequest.DISCONNECT,
    ) -> None:
        """Send a participant away: it is told why, its connection is ended."""
        leave = rtc.LeaveRequest(
            reason=reason, action=action, can_reconnect=action != rtc.LeaveRequest.DISCONNECT
        )
        participant.send(rtc.SignalResponse(leave=leave))
        self.leave(participant, reason)

    def leave(self, participant: Participant, reason: models.DisconnectReason) -> None:
        """Take a participant out of its room and of the media plane."""
        participant.leave_reason = reason
        participant.room.leave(participant, now=time.monotonic())
        self.plane.remove(participant.peer)
        participant.outbox.end()

    def _transport_failed(self, participant: Participant) -> None:
        self.dismiss(participant, models.CONNECTION_TIMEOUT, action=rtc.LeaveRequest.RECONNECT)

    def close_room(self, room: Room) -> None:
        """End a room with everybody in it."""
        for participant in list(room.participants.values()):
            self.dismiss(participant, models.ROOM_DELETED)
        self._finish(room)

    def _finish(self, room: Room) -> None:
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
        tracks = participant.room.tracks()
        for track in tracks.values():
            if participant.may_watch(track):
                subscribing.watch(participant, track)
            else:
                subscribing.unwatch(participant, track)
        subscribing.ask_for_offer(participant, tracks)

    async def _sweep(self) -> None:
        refreshed, turn = time.monotonic(), 0
        while True:
            await asyncio.sleep(_SWEEP)
            now, turn = time.monotonic(), turn + 1
            due = now - refreshed >= _REFRESH_EVERY
            refreshed = now if due else refreshed
            for room in list(self.rooms.values()):
                for participant in list(room.participants.values()):
                    self._check(participant, now, refresh=due)
                if turn % _COUNTS_EVERY == 0:
                    room.tell_room()
                if room.is_over(now=now):
                    self._finish(room)

    def _check(self, participant: Participant, now: float, *, refresh: bool) -> None:
        """Send away who has fallen silent, so that nobody stays as a ghost."""
        limits, peer = self.limits, participant.peer
        reason = models.CONNECTION_TIMEOUT
        silent = now - participant.heard_at > limits.silent_signal
        if silent or (peer.is_open and now - peer.heard_at > limits.silent_transport):
            self.dismiss(participant, reason, action=rtc.LeaveRequest.RECONNECT)
        elif not peer.is_open and now - participant.since > limits.connect_within:
            self.dismiss(participant, models.JOIN_FAILURE)
        elif refresh:
            self.refresh_token(participant)
        for track in participant.published():
            subscribing.tell_wanted_quality(track, participant)
