"""The room service: what an application may ask of rooms and of who is in them."""

from __future__ import annotations

from typing import Any, NoReturn

from google.protobuf.message import Message
from livekit.api import VideoGrants
from livekit.protocol import models, room

from realtime.signal import data, publishing, requests
from realtime.signal.participant import Participant
from realtime.signal.refusals import Refusal
from realtime.signal.room import Room
from realtime.signal.rooms import Rooms
from realtime.signal.space import ProcessFull
from realtime.signal.twirp import Method, TwirpError

# Room for the packet around it within the longest data message.
MAX_DATA = 60_000


class RoomService:
    """The methods of `livekit.RoomService` on the rooms of this process."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    @property
    def methods(self) -> dict[str, Method]:
        return {
            "CreateRoom": (room.CreateRoomRequest, self._create_room),
            "ListRooms": (room.ListRoomsRequest, self._list_rooms),
            "DeleteRoom": (room.DeleteRoomRequest, self._delete_room),
            "UpdateRoomMetadata": (room.UpdateRoomMetadataRequest, self._update_room_metadata),
            "ListParticipants": (room.ListParticipantsRequest, self._list_participants),
            "GetParticipant": (room.RoomParticipantIdentity, self._get_participant),
            "RemoveParticipant": (room.RoomParticipantIdentity, self._remove_participant),
            "UpdateParticipant": (room.UpdateParticipantRequest, self._update_participant),
            "MutePublishedTrack": (room.MuteRoomTrackRequest, self._mute_track),
            "UpdateSubscriptions": (room.UpdateSubscriptionsRequest, self._update_subscriptions),
            "SendData": (room.SendDataRequest, self._send_data),
            "ForwardParticipant": (room.ForwardParticipantRequest, _one_room_each),
            "MoveParticipant": (room.MoveParticipantRequest, _one_room_each),
        }

    def _create_room(self, ask: room.CreateRoomRequest, grants: VideoGrants) -> models.Room:
        _require(bool(grants.room_create))
        limits = self._rooms.limits
        if not 0 < len(ask.name.encode()) <= limits.room_name_bytes:
            raise TwirpError("invalid_argument", "room name missing or too long")
        self._check_metadata(ask.metadata)
        if ask.room_preset:
            raise TwirpError("invalid_argument", "this server knows no room presets")
        if ask.HasField("egress"):
            raise TwirpError("unimplemented", "this server records nothing")
        try:
            return self._rooms.open_room(ask).info()
        except ProcessFull as error:
            raise TwirpError("resource_exhausted", str(error)) from error

    def _list_rooms(
        self, ask: room.ListRoomsRequest, grants: VideoGrants
    ) -> room.ListRoomsResponse:
        _require(bool(grants.room_list))
        rooms = self._rooms.rooms.values()
        return room.ListRoomsResponse(
            rooms=[r.info() for r in rooms if not ask.names or r.name in ask.names]
        )

    def _delete_room(
        self, ask: room.DeleteRoomRequest, grants: VideoGrants
    ) -> room.DeleteRoomResponse:
        _require(bool(grants.room_create))
        self._rooms.close_room(self._room(ask.room))
        return room.DeleteRoomResponse()

    def _update_room_metadata(
        self, ask: room.UpdateRoomMetadataRequest, grants: VideoGrants
    ) -> models.Room:
        _require_admin(grants, ask.room)
        self._check_metadata(ask.metadata)
        found = self._room(ask.room)
        found.change(found.settings.with_metadata(ask.metadata))
        return found.info()

    def _list_participants(
        self, ask: room.ListParticipantsRequest, grants: VideoGrants
    ) -> room.ListParticipantsResponse:
        """Nobody is in a room that there is not: as LiveKit answers."""
        _require_admin(grants, ask.room)
        found = self._rooms.rooms.get(ask.room)
        participants = found.participants.values() if found else ()
        return room.ListParticipantsResponse(participants=[p.info() for p in participants])

    def _get_participant(
        self, ask: room.RoomParticipantIdentity, grants: VideoGrants
    ) -> models.ParticipantInfo:
        return self._participant(ask, grants).info()

    def _remove_participant(
        self, ask: room.RoomParticipantIdentity, grants: VideoGrants
    ) -> room.RemoveParticipantResponse:
        self._rooms.dismiss(self._participant(ask, grants), models.PARTICIPANT_REMOVED)
        return room.RemoveParticipantResponse()

    def _update_participant(
        self, ask: room.UpdateParticipantRequest, grants: VideoGrants
    ) -> models.ParticipantInfo:
        participant = self._participant(ask, grants)
        if ask.name or ask.metadata or ask.attributes:
            texts = (ask.name, ask.metadata, ask.attributes)
            try:
                requests.change_texts(self._rooms, participant, *texts)
            except Refusal as error:
                raise TwirpError("invalid_argument", str(error)) from error
        if ask.HasField("permission"):
            self._rooms.change_permission(participant, ask.permission)
        return participant.info()

    def _mute_track(
        self, ask: room.MuteRoomTrackRequest, grants: VideoGrants
    ) -> room.MuteRoomTrackResponse:
        participant = self._participant(ask, grants)
        track = participant.tracks.get(ask.track_sid)
        if track is None:
            raise TwirpError("not_found", "no such track")
        if not ask.muted and track.info.muted:
            raise TwirpError("failed_precondition", "nobody's microphone is opened from afar")
        if ask.muted:
            publishing.mute_from_afar(participant, track)
        return room.MuteRoomTrackResponse(track=track.info)

    def _update_subscriptions(
        self, ask: room.UpdateSubscriptionsRequest, grants: VideoGrants
    ) -> room.UpdateSubscriptionsResponse:
        requests.change_subscriptions(self._participant(ask, grants), ask)
        return room.UpdateSubscriptionsResponse()

    def _send_data(self, ask: room.SendDataRequest, grants: VideoGrants) -> room.SendDataResponse:
        _require_admin(grants, ask.room)
        if len(ask.nonce) not in (0, 16) or len(ask.data) > MAX_DATA:
            raise TwirpError(
                "invalid_argument", "nonce of another length than 16, or data too long"
            )
        packet = models.DataPacket(kind=ask.kind, destination_identities=ask.destination_identities)
        packet.user.payload = ask.data
        packet.user.destination_identities[:] = ask.destination_identities
        packet.user.destination_sids[:] = ask.destination_sids
        if ask.HasField("topic"):
            packet.user.topic = ask.topic
        packet.user.nonce = ask.nonce
        data.send(self._room(ask.room), packet)
        return room.SendDataResponse()

    def _check_metadata(self, metadata: str) -> None:
        if len(metadata.encode()) > self._rooms.limits.room_metadata_bytes:
            raise TwirpError("invalid_argument", "metadata too large")

    def _room(self, name: str) -> Room:
        found = self._rooms.rooms.get(name)
        if found is None:
            raise TwirpError("not_found", "no such room")
        return found

    def _participant(self, ask: Any, grants: VideoGrants) -> Participant:
        _require_admin(grants, ask.room)
        participant = self._room(ask.room).participants.get(ask.identity)
        if participant is None:
            raise TwirpError("not_found", "no such participant")
        return participant


def _one_room_each(ask: Message, grants: VideoGrants) -> NoReturn:
    text = "participants stay in the room that they joined: a client moves by joining the other one"
    raise TwirpError("unimplemented", text)


def _require(allowed: bool) -> None:
    if not allowed:
        raise TwirpError("permission_denied", "the token does not allow this")


def _require_admin(grants: VideoGrants, name: str) -> None:
    _require(bool(grants.room_admin) and grants.room == name)
