"""A kept database is as new for each test, whatever the one before did to it."""

import asyncio

import pytest
from sqlalchemy import text
from sqlmodel import select

from server.core import clock
from server.core.db import Database
from server.organizations.models import Organization
from tests.support.kept import KeptDatabase
from tests.support.servers import address


@pytest.mark.parametrize(
    "change",
    [
        "SELECT 1",
        "DROP TABLE membership",
        "CREATE TABLE plain (seq BIGSERIAL PRIMARY KEY)",
        "ALTER TABLE organization DROP CONSTRAINT uq_organization_name",
        "ALTER TABLE organization ALTER COLUMN region DROP NOT NULL",
    ],
)
async def test_nothing_of_the_test_before_is_left(
    postgres_port: int, migrated: str, change: str
) -> None:
    kept = KeptDatabase(postgres_port, migrated, "kept_twice")
    await asyncio.to_thread(kept.ready)
    shape = await asyncio.to_thread(kept.shape)
    before = Database(address(postgres_port, kept.name))
    async with before.writing() as db:
        db.add(Organization(name="見本市", created_at=clock.now()))
        await db.flush()
        await db.exec(text(change))  # type: ignore[call-overload]
    await asyncio.to_thread(kept.ready)  # while `before` is still connected
    assert await asyncio.to_thread(kept.shape) == shape
    after = Database(address(postgres_port, kept.name))
    async with after.writing() as db:
        assert (await db.exec(select(Organization))).all() == []
    await before.close()
    await after.close()
    await asyncio.to_thread(kept.close)
