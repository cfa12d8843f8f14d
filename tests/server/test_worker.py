"""The worker really runs its jobs, and goes on when the broker was away."""

import asyncio
from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as BrokerAway
from sqlmodel import select

from server import worker
from server.accounts import actions, links, logins
from server.accounts.links import LinkKind
from server.accounts.models import Link, Login
from server.core import broker, clock
from server.core.config import Settings
from server.core.db import Database
from server.live import log
from server.live.models import StreamEvent

DAY = timedelta(days=1)


async def leave_behind(database: Database, *, age: timedelta) -> None:
    """A login, a link and a live event of some age."""
    then = clock.now() - age
    async with database.writing() as db:
        account = await actions.open_account(
            db, name="古", address=f"{age.days}@sample.example", password_hash=None, now=then
        )
        await logins.start(db, account=account, browser="", now=then)
        await links.make(db, LinkKind.FIRST_STAFF, now=then, lasts=timedelta(hours=1))
        await log.append(db, stream="room:test", type="chat.posted", payload={}, now=then)


async def kept(database: Database) -> tuple[int, int, int]:
    """How many logins, links and live events there are."""
    async with database.reading() as db:
        logins_ = (await db.exec(select(Login))).all()
        links_ = (await db.exec(select(Link))).all()
        events = (await db.exec(select(StreamEvent))).all()
    return len(logins_), len(links_), len(events)


async def cleaned(settings: Settings, database: Database) -> None:
    """Run the worker until only what may stay is left."""
    task = asyncio.create_task(worker.work(settings, database))
    try:
        async with asyncio.timeout(60):
            while await kept(database) != (1, 0, 1):
                await asyncio.sleep(0.05)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_is_over_is_removed_and_the_rest_stays(
    settings: Settings, database: Database
) -> None:
    await leave_behind(database, age=40 * DAY)
    await leave_behind(database, age=DAY)
    assert await kept(database) == (2, 2, 2)
    await cleaned(settings, database)


async def test_the_worker_waits_for_a_broker_that_is_away(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await leave_behind(database, age=40 * DAY)
    await leave_behind(database, age=DAY)
    connect, tries = broker.connect, []

    def away_at_first(redis_url: str) -> broker.Broker:
        tries.append(redis_url)
        if len(tries) == 1:
            raise BrokerAway("away")
        return connect(redis_url)

    monkeypatch.setattr(broker, "connect", away_at_first)
    await cleaned(settings, database)
    assert len(tries) == 2
