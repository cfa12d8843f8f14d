"""Write transactions: nothing is lost between reading and writing."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event, literal, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from server.core import db as db_module
from server.core.db import Crowded, Database, Db

WRITERS = 20


async def increment(db: Db) -> None:
    """Read the counter, then write one more."""
    count = (await db.exec(text("SELECT n FROM counter"))).one()[0]  # type: ignore[call-overload]
    await asyncio.sleep(0)
    await db.exec(text(f"UPDATE counter SET n = {count + 1}"))  # type: ignore[call-overload]


@pytest.fixture
async def sqlite(tmp_path: Path) -> Database:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/counter.db")
    async with database.writing() as db:
        await db.exec(text("CREATE TABLE counter (n INTEGER)"))  # type: ignore[call-overload]
        await db.exec(text("INSERT INTO counter VALUES (0)"))  # type: ignore[call-overload]
    return database


async def counted(database: Database) -> int:
    async with database.reading() as db:
        return int((await db.exec(text("SELECT n FROM counter"))).one()[0])  # type: ignore[call-overload]


async def test_concurrent_writers_lose_nothing(sqlite: Database) -> None:
    async def write() -> None:
        async with sqlite.writing() as db:
            await increment(db)

    await asyncio.gather(*(write() for _ in range(WRITERS)))
    assert await counted(sqlite) == WRITERS
    await sqlite.close()


async def test_without_the_write_lock_at_the_start_updates_are_lost_or_refused(
    sqlite: Database,
) -> None:
    """Control: the same writers in deferred transactions."""

    async def write() -> None:
        async with AsyncSession(sqlite.engine) as db:
            await increment(db)  # type: ignore[arg-type]  # the plain session suffices here
            await db.commit()

    ends = await asyncio.gather(*(write() for _ in range(WRITERS)), return_exceptions=True)
    refused = [end for end in ends if isinstance(end, OperationalError)]
    assert refused or await counted(sqlite) < WRITERS
    await sqlite.close()


async def test_a_reader_does_not_wait_for_a_writer(sqlite: Database) -> None:
    async with sqlite.writing() as writing:
        await increment(writing)
        assert await counted(sqlite) == 0
    assert await counted(sqlite) == 1
    await sqlite.close()


async def test_a_failing_block_leaves_nothing(sqlite: Database) -> None:
    async def fail() -> None:
        async with sqlite.writing() as db:
            await increment(db)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await counted(sqlite) == 0
    await sqlite.close()


async def test_an_error_does_not_tell_what_was_written(database: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with database.writing() as db:
            await db.exec(text("INSERT INTO nowhere VALUES (:body)"), params={"body": "内緒の話"})  # type: ignore[call-overload]
    assert "nowhere" in str(failed.value)
    assert "内緒の話" not in str(failed.value)


@pytest.mark.parametrize("in_turn", [True, False])
async def test_whoever_waits_for_a_connection_gets_it_before_newcomers(
    database_url: str, monkeypatch: pytest.MonkeyPatch, in_turn: bool
) -> None:
    """The second case is the control: the pool alone serves a newcomer first.

    Between giving a connection back and the waiting one's awaking lies a turn of the loop, so a
    newcomer begins in every turn.
    """
    database = Database(database_url, pool_size=1)
    if not in_turn:
        monkeypatch.setattr(database, "_turns", asyncio.Semaphore(10_000))
    loop, newcomers = asyncio.get_running_loop(), list[asyncio.Task[None]]()
    first = loop.create_future()

    async def come() -> None:
        async with database.reading() as db:
            await db.exec(select(literal(1)))

    def arrive() -> None:
        if not first.done():
            loop.call_soon(arrive)
            newcomers.append(loop.create_task(come()))

    def handed_over(*_: object) -> None:
        if not first.done():
            first.set_result(asyncio.current_task())

    async with database.reading() as db:
        await db.exec(select(literal(1)))
        waiting = loop.create_task(come())
        await asyncio.sleep(0.01)
        event.listen(database.engine.sync_engine, "checkout", handed_over)
        arrive()
    assert (await first is waiting) is in_turn
    await asyncio.gather(waiting, *newcomers)
    await database.close()


async def test_who_waits_too_long_for_a_connection_is_told_of_the_crowd(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db_module, "TURN_SECONDS", 0.05)
    database = Database(database_url, pool_size=1)
    async with database.reading():
        with pytest.raises(Crowded):
            async with database.reading():
                pass
    async with database.reading() as db:  # the turn was not lost
        assert (await db.exec(select(literal(1)))).one() == 1
    await database.close()
