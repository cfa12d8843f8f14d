"""The live log: numbers follow commits, resends change nothing, old events are forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from server.core.db import Database, Db
from server.live import log
from server.live.log import Forgotten
from tests.support.queries import counting
from tests.support.servers import Servers

NOW = datetime(2027, 2, 13, 6, 0, tzinfo=UTC)
STREAM = "room:test"


async def append(database: Database, **facts: Any) -> int:
    async with database.writing() as db:
        event = await log.append(
            db, stream=STREAM, type="chat.posted", payload={}, now=facts.pop("now", NOW), **facts
        )
    return event.seq


async def test_numbers_have_no_holes_even_when_transactions_fail(database: Database) -> None:
    async def fail() -> None:
        async with database.writing() as db:
            await log.append(db, stream=STREAM, type="chat.posted", payload={}, now=NOW)
            raise RuntimeError

    assert await append(database) == 1
    with pytest.raises(RuntimeError):
        await fail()
    assert await append(database) == 2


async def test_many_writers_at_once_get_each_number_once(database: Database) -> None:
    numbers = await asyncio.gather(*(append(database) for _ in range(30)))
    assert sorted(numbers) == list(range(1, 31))


async def test_a_resend_finds_the_first_answer_even_at_the_same_moment(
    database: Database,
) -> None:
    actor, request = uuid4(), uuid4()

    async def ask() -> int:
        async with database.writing() as db:
            known = await log.answered(db, stream=STREAM, actor=actor, request_id=request)
            event = known or await log.append(
                db,
                stream=STREAM,
                type="chat.posted",
                payload={},
                actor=actor,
                request_id=request,
                now=NOW,
            )
        return event.seq

    assert await asyncio.gather(*(ask() for _ in range(10))) == [1] * 10


async def test_since_tells_everything_after_a_number(database: Database) -> None:
    for _ in range(3):
        await append(database)
    async with database.reading() as db:
        assert [event.seq for event in await log.since(db, STREAM, 1)] == [2, 3]
        assert await log.since(db, STREAM, 3) == []
        assert await log.heads(db, [STREAM, "room:other"]) == {STREAM: 3}


async def test_forgotten_events_are_not_passed_over_in_silence(database: Database) -> None:
    await append(database, now=NOW - timedelta(days=40))
    await append(database)
    async with database.writing() as db:
        assert await log.forget(db, before=NOW - timedelta(days=30)) == 1
    async with database.reading() as db:
        with pytest.raises(Forgotten):
            await log.since(db, STREAM, 0)
        assert [event.seq for event in await log.since(db, STREAM, 1)] == [2]
    assert await append(database) == 3


async def overtaken(database: Database, number: Any, store: Any, read: Any) -> list[int]:
    """A begins, B begins, B commits, a reader reads to the end, A commits; what the reader saw."""
    seen: list[int] = []
    a_has_written, b_is_done = asyncio.Event(), asyncio.Event()

    async def a() -> None:
        async with database.writing() as db:
            await store(db, await number(db))
            a_has_written.set()
            await asyncio.wait({asyncio.ensure_future(b_is_done.wait())}, timeout=1)

    async def b() -> None:
        await a_has_written.wait()
        async with database.writing() as db:
            await store(db, await number(db))

    async def look() -> None:
        async with database.reading() as db:
            seen.extend(await read(db, max(seen, default=0)))

    first, second = asyncio.create_task(a()), asyncio.create_task(b())
    await asyncio.wait({second}, timeout=0.5)  # without the stream's lock B is done by now
    await look()
    b_is_done.set()
    await asyncio.gather(first, second)
    await look()
    return seen


async def test_a_writer_that_overtakes_never_hides_an_event(servers: Servers) -> None:
    database = Database(servers.database_url)

    async def number(db: Db) -> int:
        event = await log.append(db, stream=STREAM, type="chat.posted", payload={}, now=NOW)
        return event.seq

    async def store(db: Db, seq: int) -> None:
        return None

    async def read(db: Db, seq: int) -> list[int]:
        return [event.seq for event in await log.since(db, STREAM, seq)]

    assert await overtaken(database, number, store, read) == [1, 2]
    await database.close()


async def test_a_plain_sequence_would_hide_it(servers: Servers) -> None:
    """Control: the same writers and reader, numbered by a database sequence."""
    database = Database(servers.database_url)
    async with database.writing() as db:
        await db.exec(text("CREATE TABLE plain (seq BIGSERIAL PRIMARY KEY)"))  # type: ignore[call-overload]

    async def number(db: Db) -> int:
        rows = await db.exec(text("SELECT nextval('plain_seq_seq')"))  # type: ignore[call-overload]
        return int(rows.scalar_one())

    async def store(db: Db, seq: int) -> None:
        await db.exec(text(f"INSERT INTO plain VALUES ({seq})"))  # type: ignore[call-overload]

    async def read(db: Db, seq: int) -> list[int]:
        rows = await db.exec(text(f"SELECT seq FROM plain WHERE seq > {seq} ORDER BY seq"))  # type: ignore[call-overload]
        return [row[0] for row in rows]

    assert await overtaken(database, number, store, read) == [2]
    await database.close()


async def test_many_streams_that_were_read_equally_far_cost_one_query_more(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fill(stream: str, count: int) -> None:
        for _ in range(count):
            async with database.writing() as db:
                await log.append(db, stream=stream, type="chat.posted", payload={}, now=NOW)

    await fill("person:a", 2)
    await fill("person:b", 1)
    await fill("room:c", 5)
    read = {"person:a": 0, "person:b": 0, "room:c": 5, "room:d": 0}
    with counting(database) as count:
        async with database.reading() as db:
            found = await log.since_each(db, read)
    assert {stream: [e.seq for e in events] for stream, events in found.events.items()} == {
        "person:a": [1, 2],
        "person:b": [1],
        "room:c": [],
        "room:d": [],
    }
    begin = 1 if database.is_sqlite else 0
    assert (found.forgotten, found.more, count.statements - begin) == (set(), set(), 2)
    monkeypatch.setattr(log, "MOST_AT_ONCE", 2)
    async with database.reading() as db:
        part = await log.since_each(db, {"person:a": 0, "person:b": 0})
    assert [e.seq for events in part.events.values() for e in events] == [1, 1]
    assert part.more == {"person:a", "person:b"}


async def test_only_the_stream_of_which_something_is_gone_is_called_forgotten(
    database: Database,
) -> None:
    await append(database, now=NOW - timedelta(days=40))
    async with database.writing() as db:
        await log.append(db, stream="room:young", type="chat.posted", payload={}, now=NOW)
        await log.forget(db, before=NOW - timedelta(days=30))
    async with database.reading() as db:
        found = await log.since_each(db, {STREAM: 0, "room:young": 0})
    assert found.forgotten == {STREAM}
    assert [event.seq for event in found.events["room:young"]] == [1]
