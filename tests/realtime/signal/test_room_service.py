"""The room service as an application calls it, with `livekit-api`."""

import asyncio
from functools import partial
from typing import Any

import httpx2
import jwt
import pytest
from livekit.api import (
    DeleteRoomRequest,
    ForwardParticipantRequest,
    ListParticipantsRequest,
    ListRoomsRequest,
    MoveParticipantRequest,
    MuteRoomTrackRequest,
    RoomParticipantIdentity,
    TwirpError,
    UpdateParticipantRequest,
    UpdateSubscriptionsRequest,
)
from livekit.protocol import models, room, rtc

from realtime.signal.limits import Limits
from realtime.signal.twirp import MAX_BODY
from tests.load.signalling import Signalling
from tests.realtime.signal.house import KEY, ROOM, SECRET, House, Talk, joined, token
from tests.support.http import http_client
from tests.support.waiting import until

AI = RoomParticipantIdentity(room=ROOM, identity="ai")


async def ask(
    den: House, method: str, body: bytes, kind: str, bearer: str | None
) -> httpx2.Response:
    headers = {"content-type": kind} | ({"authorization": f"Bearer {bearer}"} if bearer else {})
    async with http_client() as client:
        return await client.post(
            f"{den.url}/twirp/livekit.RoomService/{method}", content=body, headers=headers
        )


async def test_rooms_and_people_are_listed(den: House) -> None:
    async with joined(den, "ai"), joined(den, "bo"), den.api() as api:
        rooms = await api.room.list_rooms(ListRoomsRequest())
        assert [(r.name, r.num_participants) for r in rooms.rooms] == [(ROOM, 2)]
        people = await api.room.list_participants(ListParticipantsRequest(room=ROOM))
        assert {p.identity for p in people.participants} == {"ai", "bo"}
        nobody = await api.room.list_participants(ListParticipantsRequest(room="lair"))
        assert list(nobody.participants) == []
        assert (await api.room.get_participant(AI)).identity == "ai"
        with pytest.raises(TwirpError) as refused:
            await api.room.get_participant(RoomParticipantIdentity(room=ROOM, identity="nobody"))
        assert refused.value.code == "not_found"


async def test_a_removed_participant_is_told_and_gone(den: House) -> None:
    async with joined(den, "ai") as ai, den.api() as api:
        await api.room.remove_participant(AI)
        left = await ai.leave_told()
        assert left.reason == models.PARTICIPANT_REMOVED
        assert left.action == rtc.LeaveRequest.DISCONNECT
        assert list(den.rooms[ROOM].participants) == []


async def test_a_deleted_room_ends_for_everybody(den: House) -> None:
    async with joined(den, "ai") as ai, den.api() as api:
        await api.room.delete_room(DeleteRoomRequest(room=ROOM))
        assert (await ai.leave_told()).reason == models.ROOM_DELETED
        assert ROOM not in den.rooms


async def test_a_track_is_muted_from_afar_but_never_opened(den: House) -> None:
    async with den.peer("ai", publishes=True), den.api() as api:
        await until(lambda: has_tracks(api, 2))
        track = (await api.room.get_participant(AI)).tracks[0]
        mute = MuteRoomTrackRequest(room=ROOM, identity="ai", track_sid=track.sid, muted=True)
        assert (await api.room.mute_published_track(mute)).track.muted
        mute.muted = False
        with pytest.raises(TwirpError):
            await api.room.mute_published_track(mute)
        assert (await api.room.get_participant(AI)).tracks[0].muted


async def has_tracks(api: Any, count: int) -> bool:
    return len((await api.room.get_participant(AI)).tracks) == count


async def test_changed_rights_reach_the_client_and_end_its_tracks(den: House) -> None:
    async with den.peer("ai", publishes=True), joined(den, "bo") as bo, den.api() as api:
        await until(lambda: has_tracks(api, 2))
        rights = models.ParticipantPermission(can_subscribe=True)
        for identity in ("ai", "bo"):
            await api.room.update_participant(
                UpdateParticipantRequest(room=ROOM, identity=identity, permission=rights)
            )
        assert await has_tracks(api, 0)
        await until(bo.has_token_without_publishing)


@pytest.mark.parametrize("bearer", [None, "rubbish"])
async def test_who_shows_no_token_of_ours_may_call_nothing(den: House, bearer: str | None) -> None:
    answer = await ask(den, "ListRooms", b"{}", "application/json", bearer)
    assert answer.status_code == 401, answer.text


@pytest.mark.parametrize(
    ("grants", "method", "status"),
    [
        ({"room_admin": True}, "ListRooms", 403),
        ({"room_list": True}, "ListParticipants", 403),
        ({"room_admin": True, "room": "other"}, "ListParticipants", 403),
        ({"room_list": True}, "DeleteRoom", 403),
        ({"room_list": True}, "Unknown", 404),
        ({"room_list": True}, "ListRooms", 200),
        ({"room_admin": True}, "ListParticipants", 200),
    ],
)
async def test_who_may_call_what(
    den: House, grants: dict[str, Any], method: str, status: int
) -> None:
    async with joined(den, "ai"):
        body = b'{"room": "%s"}' % ROOM.encode()
        answer = await ask(den, method, body, "application/json", token("ai", **grants))
        assert answer.status_code == status, answer.text


async def test_json_and_protobuf_say_the_same(den: House) -> None:
    bearer = token("ai", room_list=True)
    async with joined(den, "ai"):
        plain = await ask(den, "ListRooms", b"{}", "application/json", bearer)
        packed = await ask(den, "ListRooms", b"", "application/protobuf", bearer)
        unpacked = room.ListRoomsResponse.FromString(packed.content)
        assert plain.json()["rooms"][0]["sid"] == unpacked.rooms[0].sid
        assert plain.json()["rooms"][0]["num_participants"] == 1
        assert plain.json()["rooms"][0]["metadata"] == ""
        broken = await ask(den, "ListRooms", b"\xff", "application/protobuf", bearer)
        assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
        other = await ask(den, "ListRooms", b"", "text/plain", bearer)
        assert (other.status_code, other.json()["code"]) == (404, "bad_route")


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY, 200), (MAX_BODY + 1, 400)])
async def test_a_body_is_bounded(den: House, size: int, status: int) -> None:
    body = b"{}".ljust(size)
    answer = await ask(
        den, "ListRooms", body, "application/json", token("x", room_list=True, room_join=False)
    )
    assert answer.status_code == status


async def test_texts_are_changed_from_afar_and_kept_in_the_token(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo") as bo, den.api() as api:
        change = UpdateParticipantRequest(
            room=ROOM, identity="ai", name="あい", metadata="m", attributes={"hand": "up"}
        )
        answered = await api.room.update_participant(change)
        assert (answered.name, answered.metadata) == ("あい", "m")
        assert dict(answered.attributes) == {"hand": "up"}
        await until(partial(has_heard, bo, answered))
        await until(partial(has_token_named, ai, "あい"))
        claims = jwt.decode(ai.tokens[-1], SECRET, ["HS256"])
        assert (claims["metadata"], claims["attributes"]) == ("m", {"hand": "up"})


async def has_heard(talk: Talk, info: models.ParticipantInfo) -> bool:
    return any(info in r.update.participants for r in talk.heard)


async def has_token_named(talk: Talk, name: str) -> bool:
    return any(jwt.decode(t, SECRET, ["HS256"]).get("name") == name for t in talk.tokens)


async def test_texts_too_large_change_nothing(den: House) -> None:
    async with joined(den, "ai"), den.api() as api:
        change = UpdateParticipantRequest(room=ROOM, identity="ai", name="n", metadata="m" * 5000)
        with pytest.raises(TwirpError) as refused:
            await api.room.update_participant(change)
        assert refused.value.code == "invalid_argument"
        assert (await api.room.get_participant(AI)).name == ""


async def test_the_largest_texts_fit_into_the_token_for_coming_back(den: House) -> None:
    limits = Limits()
    async with joined(den, "ai") as ai, den.api() as api:
        change = UpdateParticipantRequest(
            room=ROOM,
            identity="ai",
            name="い" * (limits.name_bytes // 3),
            metadata="い" * (limits.metadata_bytes // 3),
            attributes={"k": "い" * (limits.attributes_bytes // 3 - 1)},
        )
        await api.room.update_participant(change)
        await until(partial(has_token_named, ai, change.name))
        again = Talk(await Signalling.open(den.url, ai.tokens[-1], None))
        listening = asyncio.create_task(again.listen())
        assert (await again.told("join")).participant.metadata == change.metadata
        await again.signalling.leave()
        await listening


async def test_who_watches_what_is_decided_from_afar(den: House) -> None:
    async with den.peer("ai", publishes=True), joined(den, "bo"), den.api() as api:
        await until(lambda: has_tracks(api, 2))
        sids = [track.sid for track in (await api.room.get_participant(AI)).tracks]
        watching = den.rooms[ROOM].participants["bo"].subscriptions
        assert set(watching) == set(sids)
        change = UpdateSubscriptionsRequest(room=ROOM, identity="bo", track_sids=sids[:1])
        await api.room.update_subscriptions(change)
        assert set(watching) == set(sids[1:])
        change.subscribe = True
        await api.room.update_subscriptions(change)
        assert set(watching) == set(sids)


async def test_nobody_is_moved_or_forwarded_between_rooms(den: House) -> None:
    move = MoveParticipantRequest(room=ROOM, identity="ai", destination_room="lair")
    forward = ForwardParticipantRequest(room=ROOM, identity="ai", destination_room="lair")
    async with joined(den, "ai"), den.api() as api:
        for call in (api.room.move_participant(move), api.room.forward_participant(forward)):
            with pytest.raises(TwirpError) as refused:
                await call
            assert refused.value.code == "unimplemented"
            assert "joining" in refused.value.message
        assert list(den.rooms) == [ROOM]


async def test_a_refresh_token_comes_with_the_join(den: House) -> None:
    async with joined(den, "ai", can_publish=False) as ai:
        await until(ai.has_token_without_publishing)
        claims = jwt.decode(ai.tokens[-1], SECRET, ["HS256"])
        assert claims["iss"] == KEY
        assert claims["exp"] - claims["nbf"] <= 600
