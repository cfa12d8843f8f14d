"""What an application decides about a room: how long it is kept, how many come in, what it says."""

from functools import partial

import pytest
from aiohttp import ClientSession
from livekit.api import CreateRoomRequest, TwirpError, UpdateRoomMetadataRequest
from livekit.protocol import models, rtc

from realtime.signal.limits import Limits
from tests.load.signalling import Refused, Signalling, join_request
from tests.realtime.signal.house import ROOM, House, Talk, house, joined, token
from tests.support.waiting import until


async def validate(den: House, identity: str, room: str = ROOM) -> int:
    """What a page is told that asks whether it may join."""
    query = {"access_token": token(identity, room=room), "join_request": join_request(None, [])}
    async with (
        ClientSession() as http,
        http.get(f"{den.url}/rtc/v1/validate", params=query) as answer,
    ):
        return answer.status


async def told_of_room(talk: Talk, expected: models.Room) -> bool:
    told = [r.room_update.room for r in talk.heard if r.HasField("room_update")]
    return bool(told) and told[-1] == expected


async def test_a_room_is_made_as_wished_and_a_second_wish_changes_only_what_it_says(
    den: House,
) -> None:
    async with den.api() as api:
        wish = CreateRoomRequest(
            name=ROOM, empty_timeout=7, departure_timeout=5, max_participants=3, metadata="sun"
        )
        made = await api.room.create_room(wish)
        assert (made.empty_timeout, made.departure_timeout) == (7, 5)
        assert (made.max_participants, made.metadata) == (3, "sun")
        changed = await api.room.create_room(CreateRoomRequest(name=ROOM, max_participants=4))
        assert (changed.sid, changed.empty_timeout) == (made.sid, 7)
        assert (changed.max_participants, changed.metadata) == (4, "sun")


async def test_who_is_in_is_told_new_metadata_and_how_many_are_there(den: House) -> None:
    async with den.api() as api:
        await api.room.create_room(CreateRoomRequest(name=ROOM, metadata="sun"))
        async with joined(den, "ai") as ai:
            assert (await ai.told("join")).room.metadata == "sun"
            rain = UpdateRoomMetadataRequest(room=ROOM, metadata="rain")
            answered = await api.room.update_room_metadata(rain)
            assert (answered.metadata, answered.num_participants) == ("rain", 1)
            await until(partial(told_of_room, ai, answered))
            async with joined(den, "bo"):
                await until(partial(told_of_room, ai, den.rooms[ROOM].info()))


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "too large"])
async def test_metadata_is_bounded(den: House, kept: bool) -> None:
    bound = Limits().room_metadata_bytes
    metadata = "い" * (bound // 3 + (0 if kept else 1))
    async with den.api() as api:
        await api.room.create_room(CreateRoomRequest(name=ROOM))
        update = UpdateRoomMetadataRequest(room=ROOM, metadata=metadata)
        if kept:
            assert (await api.room.update_room_metadata(update)).metadata == metadata
            return
        for call in (
            api.room.update_room_metadata(update),
            api.room.create_room(CreateRoomRequest(name=ROOM, metadata=metadata)),
        ):
            with pytest.raises(TwirpError) as refused:
                await call
            assert refused.value.code == "invalid_argument"


async def test_a_room_ends_when_nobody_comes_or_comes_back(den: House) -> None:
    async with den.api() as api:
        await api.room.create_room(CreateRoomRequest(name=ROOM, departure_timeout=9))
    room = den.rooms[ROOM]
    made_at = room.empty_since or 0
    assert not room.is_over(now=made_at + Limits().empty_timeout - 1)
    assert room.is_over(now=made_at + Limits().empty_timeout + 1)
    async with joined(den, "ai"):
        assert not room.is_over(now=made_at + 10_000)
    await until(partial(_is_empty, den))
    left_at = room.empty_since or 0
    assert not room.is_over(now=left_at + 8)
    assert room.is_over(now=left_at + 10)


async def _is_empty(den: House) -> bool:
    return not den.rooms[ROOM].participants


@pytest.mark.parametrize(("most", "second"), [(1, 403), (2, 200), (0, 200)])
async def test_no_more_come_in_than_wished(den: House, most: int, second: int) -> None:
    async with den.api() as api:
        await api.room.create_room(CreateRoomRequest(name=ROOM, max_participants=most))
    async with joined(den, "ai"):
        assert await validate(den, "bo") == second
        assert await validate(den, "ai") == 200  # comes again, in the own place
        if second == 403:
            with pytest.raises(Refused):
                await Signalling.open(den.url, token("bo"), None)
        else:
            async with joined(den, "bo"):
                assert set(den.rooms[ROOM].participants) == {"ai", "bo"}


async def test_the_last_place_goes_to_one_even_when_both_passed_the_door(
    den: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with den.api() as api:
        await api.room.create_room(CreateRoomRequest(name=ROOM, max_participants=1))
    monkeypatch.setattr("realtime.signal.http.ensure_place", lambda *_: None)
    async with joined(den, "ai"):
        late = await Signalling.open(den.url, token("bo"), None)
        answers = [response async for response in late.responses()]
        assert [answer.leave.reason for answer in answers] == [models.JOIN_FAILURE]
        assert answers[0].leave.action == rtc.LeaveRequest.DISCONNECT
        assert set(den.rooms[ROOM].participants) == {"ai"}


@pytest.mark.parametrize(("bound", "status"), [(1, 503), (2, 200)])
async def test_a_process_carries_a_bounded_number_of_rooms(bound: int, status: int) -> None:
    async with house(limits=Limits(rooms=bound)) as den, joined(den, "ai"), den.api() as api:
        assert await validate(den, "bo", room="lair") == status
        assert await validate(den, "bo") == 200  # a room that is open already
        if status == 200:
            assert (await api.room.create_room(CreateRoomRequest(name="lair"))).name == "lair"
            return
        with pytest.raises(TwirpError) as refused:
            await api.room.create_room(CreateRoomRequest(name="lair"))
        assert refused.value.code == "resource_exhausted"


@pytest.mark.parametrize(("size", "status"), [(256, 200), (257, 400)])
async def test_names_are_bounded(den: House, size: int, status: int) -> None:
    assert await validate(den, "a" * size) == status
    assert await validate(den, "ai", room="r" * size) == status
    async with den.api() as api:
        wish = CreateRoomRequest(name="r" * size)
        if status == 200:
            assert (await api.room.create_room(wish)).name == wish.name
            return
        with pytest.raises(TwirpError) as refused:
            await api.room.create_room(wish)
        assert refused.value.code == "invalid_argument"
