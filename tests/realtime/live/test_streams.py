"""Streams to the end: what comes while a snapshot is read, what is gone, what cannot be read."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from realtime.live.closing import Close
from realtime.live.connection import MOST_WAITING_BYTES, Connection
from server.core import clock
from server.events import queries
from server.events.models import Participation, Role
from server.live import log
from server.rooms import chat
from server.rooms.models import Room
from server.rooms.places import place
from tests.support.live_client import connect, first_of, hello
from tests.support.served import ROOM, SLUG, Served


async def _write(served: Served, bodies: list[str]) -> str:
    """Write lines into the room's chat, past the channel; the room's stream."""
    account, _ = await served.person("筆")
    async with served.database.writing() as db:
        event = await queries.published(db, SLUG)
        author = await queries.participation_of(db, event, account.id)
        assert author
        session = await queries.session_of(db, event, 1)
        room = await place(db, participation=author, session=session)
        for body in bodies:
            await _line(served, db, room, author, body)
    return chat.room_stream(room.id)


async def _line(served: Served, db: Any, room: Room, author: Participation, body: str) -> None:
    await chat.post(
        db,
        room=room,
        author=author,
        name="筆",
        role=Role.PARTICIPANT,
        body=body,
        request_id=uuid4(),
        now=clock.now(),
    )


async def _seen_around_a_snapshot(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[str], list[str]]:
    """What a page sees when a line is written after its snapshot was read, before it was sent."""
    gateway = served.live.gateway
    read = gateway.room_snapshot
    async with await served.page("話") as talker:
        await talker.ask("chat.post", body="前")

        async def read_and_dawdle(room: Room) -> tuple[int, list[dict[str, Any]]]:
            found = await read(room)
            await talker.ask("chat.post", body="間")
            await talker.until(lambda: talker.room_head == 2)  # delivered to who reads already
            return found

        monkeypatch.setattr(gateway, "room_snapshot", read_and_dawdle)
        _, token = await served.person("来る")
        async with connect(served.url, token) as line:
            await line.send(hello(ROOM, page=uuid4()))
            snapshot = await first_of(line, "room.snapshot")
            await talker.ask("chat.post", body="後")
            events = [await first_of(line, "chat.posted")]
            while events[-1]["data"]["body"] != "後":
                events.append(await first_of(line, "chat.posted"))
    return (
        [line["body"] for line in snapshot["chat"]],
        [event["data"]["body"] for event in events],
    )


async def test_what_happens_while_a_snapshot_is_read_comes_after_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await _seen_around_a_snapshot(served, monkeypatch) == (["前"], ["間", "後"])


async def test_control_when_nothing_is_held_back_it_is_lost(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Connection, "expect", lambda *_: None)
    assert await _seen_around_a_snapshot(served, monkeypatch) == (["前"], ["後"])


async def test_long_lines_fit_into_what_may_wait(served: Served) -> None:
    await _write(served, ["長" * 1990 + str(n) for n in range(200)])
    async with await served.page() as page:
        lines = page.of("room.snapshot")[0]["chat"]
        assert lines[-1]["body"].endswith("199")
        assert 10 < len(lines) < 200
        assert sum(len(line["body"].encode()) for line in lines) < MOST_WAITING_BYTES
        assert page.closes == []


async def test_who_missed_too_much_gets_a_snapshot(served: Served) -> None:
    stream = await _write(served, [str(n) for n in range(201)])
    _, token = await served.person("久")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4(), have={stream: 0}))
        assert (await first_of(line, "room.snapshot"))["seq"] == 201
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4(), have={stream: 1}))
        events = [await first_of(line, "chat.posted") for _ in range(200)]
        assert [event["seq"] for event in events] == list(range(2, 202))


async def test_who_knows_more_than_the_database_gets_a_snapshot(served: Served) -> None:
    stream = await _write(served, ["一"])
    _, token = await served.person("先")
    async with connect(served.url, token) as line:
        await line.send(hello(ROOM, page=uuid4(), have={stream: 7}))
        assert (await first_of(line, "room.snapshot"))["seq"] == 1


async def test_what_is_forgotten_is_told_by_a_snapshot(served: Served) -> None:
    stream = await _write(served, ["一", "二"])
    async with await served.page() as page:
        async with served.database.writing() as db:
            assert await log.forget(db, before=clock.now() + timedelta(days=1)) == 2
        answer = await page.ask("events.since", stream=stream, seq=0)
        assert (answer["ok"], answer["result"]) == (True, {"seq": 2})
        told = page.of("room.snapshot")
        assert len(told) == 2
        assert [line["body"] for line in told[1]["chat"]] == ["一", "二"]
        assert (await page.ask("chat.post", body="三"))["result"]["seq"] == 3
        await page.until(lambda: page.room_head == 3)


async def test_an_event_that_cannot_be_read_holds_up_nothing(served: Served) -> None:
    stream = await _write(served, ["一"])
    async with await served.page() as page:
        async with served.database.writing() as db:
            await log.append(db, stream=stream, type="future.kind", payload={}, now=clock.now())
        await page.until(lambda: page.closes)
        assert page.closes == [Close.RESTARTING]
        await page.until(lambda: page.room_head == 2)
        assert (await page.ask("chat.post", body="二"))["ok"]
        await page.until(lambda: page.room_head == 3)
