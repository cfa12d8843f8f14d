"""The room service: what an application may ask of rooms, over Twirp (JSON or protobuf)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.protobuf.json_format import MessageToJson, Parse, ParseError
from google.protobuf.message import DecodeError, Message
from livekit.api import VideoGrants
from livekit.protocol import models, room
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from realtime.signal import requests, tokens
from realtime.signal.participant import Participant
from realtime.signal.room import Room
from realtime.signal.rooms import Rooms
from realtime.signal.tokens import TokenError

MAX_BODY = 256 * 1024
_STATUS = {
    "bad_route": 404,
    "invalid_argument": 400,
    "malformed": 400,
    "not_found": 404,
    "permission_denied": 403,
    "failed_precondition": 412,
    "unauthenticated": 401,
}


class TwirpError(Exception):
    """A refusal with one of Twirp's codes."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class RoomService:
    """`/twirp/livekit.RoomService/{method}` on the rooms of this process."""

    def __init__(self, rooms: Rooms, keys: dict[str, str]) -> None:
        self._rooms = rooms
        self._keys = keys
        self._methods: dict[str, tuple[type[Message], Callable[[Any, VideoGrants], Message]]] = {
            "CreateRoom": (room.CreateRoomRequest, self._create_room),
            "ListRooms": (room.ListRoomsRequest, self._list_rooms),
            "DeleteRoom": (room.DeleteRoomRequest, self._delete_room),
            "ListParticipants": (room.ListParticipantsRequest, self._list_participants),
            "GetParticipant": (room.RoomParticipantIdentity, self._get_participant),
            "RemoveParticipant": (room.RoomParticipantIdentity, self._remove_participant),
            "MutePublishedTrack": (room.MuteRoomTrackRequest, self._mute_track),
            "UpdateParticipant": (room.UpdateParticipantRequest, self._update_participant),
        }

    async def answer(self, request: Request) -> Response:
        as_json = request.headers.get("content-type", "").startswith("application/json")
        try:
            grants = self._grants(request)
            kind, method = self._method(request.path_params["method"])
            reply = method(_parsed(kind, await request.body(), as_json), grants)
        except TwirpError as error:
            text = {"code": error.code, "msg": str(error)}
            return JSONResponse(text, status_code=_STATUS[error.code])
        if as_json:
            return Response(MessageToJson(reply), media_type="application/json")
        return Response(reply.SerializeToString(), media_type="application/protobuf")

    def _grants(self, request: Request) -> VideoGrants:
        header = request.headers.get("authorization", "")
        try:
            return tokens.admit(header.removeprefix("Bearer "), self._keys).grants
        except TokenError as error:
            raise TwirpError("unauthenticated", str(error)) from error

    def _method(self, name: str) -> tuple[type[Message], Callable[[Any, VideoGrants], Message]]:
        if name not in self._methods:
            raise TwirpError("bad_route", "no such method")
        return self._methods[name]

    def _create_room(self, ask: room.CreateRoomRequest, grants: VideoGrants) -> models.Room:
        _require(bool(grants.room_create))
        if not 0 < len(ask.name) <= 256:
            raise TwirpError("invalid_argument", "room name missing or too long")
        return self._rooms.room(ask.name).info()

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

    def _list_participants(
        self, ask: room.ListParticipantsRequest, grants: VideoGrants
    ) -> room.ListParticipantsResponse:
        _require_admin(grants, ask.room)
        participants = self._room(ask.room).participants.values()
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
            requests.mute_from_afar(participant, track)
        return room.MuteRoomTrackResponse(track=track.info)

    def _update_participant(
        self, ask: room.UpdateParticipantRequest, grants: VideoGrants
    ) -> models.ParticipantInfo:
        participant = self._participant(ask, grants)
        if ask.name or ask.metadata or ask.attributes:
            texts = (ask.name, ask.metadata, ask.attributes)
            if not requests.change_texts(self._rooms, participant, *texts):
                raise TwirpError("invalid_argument", "too large")
        if ask.HasField("permission"):
            self._rooms.change_permission(participant, ask.permission)
        return participant.info()

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


def _parsed(kind: type[Message], body: bytes, as_json: bool) -> Message:
    if len(body) > MAX_BODY:
        raise TwirpError("invalid_argument", "body too large")
    try:
        if as_json:
            return Parse(body or b"{}", kind(), ignore_unknown_fields=True)
        return kind.FromString(body)
    except (ParseError, DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TwirpError("malformed", "body cannot be read") from error


def _require(allowed: bool) -> None:
    if not allowed:
        raise TwirpError("permission_denied", "the token does not allow this")


def _require_admin(grants: VideoGrants, name: str) -> None:
    _require(bool(grants.room_admin) and grants.room == name)
