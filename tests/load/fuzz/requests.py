"""Targets behind the TCP port: offers, signalling requests, the room service."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from aiohttp import ClientSession
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from livekit.api import AccessToken, VideoGrants
from livekit.protocol import room, rtc

from tests.load.access import Engine
from tests.load.sdp import LocalTransport, OutgoingTrack, Section, write_offer

from .conversation import ROOM, Conversation, Conversations, is_at_join
from .hunt import Broken
from .messages import fill
from .mutants import bend, bend_text

OFFERS = Path("tests/realtime/media/offers")


class Sdp:
    """Offers of a light client and of a real browser, bent."""

    name = "sdp"

    def __init__(self, engine: Engine) -> None:
        self._conversations = Conversations(engine)
        self._samples = [_light_offer(), *(path.read_text() for path in OFFERS.glob("*.sdp"))]

    def mutant(self, chance: random.Random) -> bytes:
        text = chance.choice(self._samples).replace("\r\n", "\n").replace("\n", "\r\n")
        return bend_text(text, chance).encode("utf-8", "replace")

    async def throw(self, mutants: Sequence[bytes]) -> None:
        await self._conversations.each(mutants, self._offer)

    async def _offer(self, by: Conversation, mutant: bytes) -> None:
        await by.offer(mutant.decode(), at_join=is_at_join(mutant))

    async def end(self) -> None:
        await self._conversations.end()


def _light_offer() -> str:
    track = OutgoingTrack("camera", 1, rids=("q", "h", "f"))
    sections = [Section("0", "audio", OutgoingTrack("sound", 2)), Section("1", "video", track)]
    waiting = [Section("2", "audio"), Section("3", "video")]
    fingerprint = ":".join(["AB"] * 32)
    return write_offer(
        LocalTransport("u" * 8, "p" * 24, fingerprint), [*sections, *waiting], version=1
    )


class Signals:
    """Requests of every kind, with odd fields, and bent."""

    name = "signal"

    def __init__(self, engine: Engine) -> None:
        self._conversations = Conversations(engine)

    def mutant(self, chance: random.Random) -> bytes:
        request = rtc.SignalRequest()
        fill(request, chance)
        if request.HasField("offer"):
            request.offer.sdp = bend_text(_light_offer(), chance)
        message = request.SerializeToString()
        return bend(message, chance) if chance.random() < 0.5 else message

    async def throw(self, mutants: Sequence[bytes]) -> None:
        await self._conversations.each(mutants, Conversation.say)

    async def end(self) -> None:
        await self._conversations.end()


REQUESTS: dict[str, type[Message]] = {
    "CreateRoom": room.CreateRoomRequest,
    "ListRooms": room.ListRoomsRequest,
    "DeleteRoom": room.DeleteRoomRequest,
    "ListParticipants": room.ListParticipantsRequest,
    "GetParticipant": room.RoomParticipantIdentity,
    "RemoveParticipant": room.RoomParticipantIdentity,
    "MutePublishedTrack": room.MuteRoomTrackRequest,
    "UpdateParticipant": room.UpdateParticipantRequest,
    "UpdateSubscriptions": room.UpdateSubscriptionsRequest,
    "SendData": room.SendDataRequest,
    "UpdateRoomMetadata": room.UpdateRoomMetadataRequest,
    "ForwardParticipant": room.ForwardParticipantRequest,
    "MoveParticipant": room.MoveParticipantRequest,
}


class Twirp:
    """Requests to the room service by somebody who may do anything; a mutant is a whole request:
    method, content type and body."""

    name = "twirp"

    def __init__(self, engine: Engine) -> None:
        self._url = f"{engine.url}/twirp/livekit.RoomService"
        grants = VideoGrants(
            room_create=True, room_list=True, room_admin=True, room=ROOM, room_join=True
        )
        token = AccessToken(engine.key, engine.secret).with_identity("admin").with_grants(grants)
        self._token = token.with_ttl(timedelta(hours=2)).to_jwt()
        self._http: ClientSession | None = None

    def mutant(self, chance: random.Random) -> bytes:
        method = chance.choice(list(REQUESTS))
        request = REQUESTS[method]()
        fill(request, chance)
        if "room" in request.DESCRIPTOR.fields_by_name and chance.random() < 0.7:
            request.room = ROOM  # type: ignore[attr-defined]
        as_json = chance.random() < 0.5
        body = MessageToJson(request).encode() if as_json else request.SerializeToString()
        if chance.random() < 0.7:
            body = bend(body, chance)
        kind = chance.choice(["application/json", "application/protobuf", "text/plain", ""])
        if chance.random() < 0.7:
            kind = "application/json" if as_json else "application/protobuf"
        return json.dumps([method, kind]).encode() + b"\n" + body

    async def throw(self, mutants: Sequence[bytes]) -> None:
        if self._http is None:
            self._http = ClientSession(headers={"Authorization": f"Bearer {self._token}"})
        for mutant in mutants:
            head, _, body = mutant.partition(b"\n")
            method, kind = json.loads(head)
            headers = {"Content-Type": kind}
            url = f"{self._url}/{method}"
            async with self._http.post(url, data=body, headers=headers) as answer:
                await answer.read()
                if answer.status >= 500 and answer.status != HTTPStatus.NOT_IMPLEMENTED:
                    raise Broken(f"{method} was answered with {answer.status}")

    async def end(self) -> None:
        if self._http is not None:
            await self._http.close()
