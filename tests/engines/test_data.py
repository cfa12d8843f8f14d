"""Data channels as any client uses them: packets, streams and calls, in real Chromium."""

from functools import partial
from typing import Any

import pytest
from livekit.api import SendDataRequest, UpdateParticipantRequest
from livekit.protocol.models import DataPacket, ParticipantPermission
from playwright.async_api import Browser

from tests.engines.native import Native, native
from tests.engines.pages import Guest, guests
from tests.engines.target import Target
from tests.support.waiting import until

RELIABLE, LOSSY = DataPacket.RELIABLE, DataPacket.LOSSY


async def got(guest: Guest, *expected: list[Any]) -> None:
    """Wait until exactly this came, in this order."""

    async def came() -> bool:
        return bool((await guest.seen())["data"] == list(expected))

    await until(came)


async def may_send_data(engine: Target, room: str, identity: str, allowed: bool) -> None:
    permission = ParticipantPermission(
        can_subscribe=True, can_publish=True, can_publish_data=allowed
    )
    async with engine.api() as api:
        await api.room.update_participant(
            UpdateParticipantRequest(room=room, identity=identity, permission=permission)
        )


async def test_packets_reach_their_destinations_with_topic_and_kind(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo", "chi") as (ai, bo, chi):
        for guest in (ai, bo, chi):
            await guest.join(engine, room, can_subscribe=guest is not chi)
        await ai.do("publishData", "to all", {"reliable": True, "topic": "news"})
        to_bo = {"reliable": True, "destinationIdentities": ["bo"]}
        await ai.do("publishData", "to bo", to_bo)
        await ai.do("publishData", "soon", {"reliable": False})
        async with engine.api() as api:
            served = SendDataRequest(room=room, data=b"served", kind=RELIABLE, topic="desk")
            served.destination_identities.append("bo")
            await until(partial(_has, bo, 3))
            await api.room.send_data(served)
        said = ["ai", RELIABLE, "news", "to all"], ["ai", LOSSY, "", "soon"]
        await got(chi, *said)
        everything = [said[0], ["ai", RELIABLE, "", "to bo"], said[1]]
        await until(partial(_has, bo, 4))
        seen = (await bo.seen())["data"]
        assert sorted(map(str, seen[:3])) == sorted(map(str, everything))
        assert seen[3] == ["", RELIABLE, "desk", "served"]
        assert (await ai.seen())["data"] == []


@pytest.mark.parametrize("single", [True, False], ids=["one", "two"])
async def test_the_native_client_says_and_hears_reliable_and_lossy(
    browser: Browser, engine: Target, room: str, single: bool
) -> None:
    async with (
        guests(browser, "bo") as (bo,),
        native("nao") as nao,
    ):
        await bo.join(engine, room)
        await nao.join(engine.url, engine.token("nao", room), single=single)
        await until(partial(_knows_so_many, bo, 1))
        for kind, reliable in ((RELIABLE, True), (LOSSY, False)):
            await nao.say("from nao", reliable=reliable, topic="news")
            await until(partial(_was_told, bo, ["nao", kind, "news", "from nao"]))
            await bo.do("publishData", "from bo", {"reliable": reliable, "topic": "desk"})
            await until(partial(_noted, nao, ["bo", kind, "desk", "from bo"]))
        assert (len(nao.data), len((await bo.seen())["data"])) == (2, 2)


async def _was_told(guest: Guest, expected: list[Any]) -> bool:
    return expected in (await guest.seen())["data"]


async def _noted(person: Native, expected: list[Any]) -> bool:
    return expected in person.data


async def _has(guest: Guest, count: int) -> bool:
    return len((await guest.seen())["data"]) >= count


async def test_long_texts_and_bytes_arrive_whole(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo", "chi") as (ai, bo, chi):
        for guest in (ai, bo, chi):
            await guest.join(engine, room)
        for guest in (ai, bo):
            await until(partial(_knows_so_many, guest, 2))
        await ai.do("sendText", 300_000, None)
        await got(bo, ["ai", "text", 300_000, True])
        await got(chi, ["ai", "text", 300_000, True])
        await bo.do("sendBytes", 300_000, ["ai"])
        await got(ai, ["bo", "bytes", 300_000, True])
        assert len((await chi.seen())["data"]) == 1


async def _knows_so_many(guest: Guest, count: int) -> bool:
    return len(await guest.do("people")) == count


async def test_people_call_each_other(browser: Browser, engine: Target, room: str) -> None:
    async with guests(browser, "ai", "bo") as (ai, bo):
        await ai.join(engine, room)
        await bo.join(engine, room)
        await until(partial(_knows_so_many, ai, 1))
        assert await ai.do("call", "bo", "hello") == "ai: HELLO"
        long = "x" * 40_000
        assert await ai.do("call", "bo", long) == f"ai: {long.upper()}"
        assert await ai.do("call", "bo", "") == "error 1500"


async def test_who_may_not_send_data_is_not_heard(
    browser: Browser, engine: Target, room: str
) -> None:
    async with guests(browser, "ai", "bo", "chi") as (ai, bo, chi):
        await ai.join(engine, room, can_publish_data=False)
        for guest in (bo, chi):
            await guest.join(engine, room)
        await until(partial(bo.saw, "ParticipantConnected:chi:"))  # else it cannot be named
        reliable = {"reliable": True}

        async def heard_of(guest: Guest, text: str) -> bool:
            return [guest.identity, RELIABLE, "", text] in (await bo.seen())["data"]

        for round_, allowed in enumerate((False, True, False)):
            await may_send_data(engine, room, "ai", allowed)
            await ai.do("publishData", f"ai {round_}", reliable)
            for turn in range(5):
                await chi.do("publishData", f"chi {round_} {turn}", reliable)
            await until(partial(heard_of, chi, f"chi {round_} 4"))
            if allowed:
                await until(partial(heard_of, ai, f"ai {round_}"))
            else:
                assert not await heard_of(ai, f"ai {round_}")
