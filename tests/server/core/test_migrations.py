"""Revisions keep what an older installation holds, and lead to exactly the tables of the code."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import server.tables  # noqa: F401 - registers every table
from server.core.db import Database
from server.migrations import configuration

EVENT = "00000000-0000-7000-8000-000000000001".replace("-", "")
SESSION = "00000000-0000-7000-8000-000000000002".replace("-", "")
THEN = "2027-02-13 01:00:00+00:00"

OLD_ROWS = (
    f"INSERT INTO event (id, slug, kind, title, summary, host, zone, state, starts_at, ends_at, v)"
    f" VALUES ('{EVENT}', 'old', 'forum', '{{\"ja\": \"前\"}}', '{{}}', '{{}}', 'Asia/Tokyo',"
    f" 'published', '{THEN}', '{THEN}', 1)",
    f"INSERT INTO session (id, event_id, number, kind, title, summary, starts_at, ends_at,"
    f" doors_at, capacity, v) VALUES ('{SESSION}', '{EVENT}', 1, 'stage', '{{}}', '{{}}',"
    f" '{THEN}', '{THEN}', '{THEN}', 9, 1)",
)


async def test_old_rows_live_on_and_no_difference_is_left(database_url: str) -> None:
    database = Database(database_url)
    await _run(database, _to, "base")
    await _run(database, _to, "0001")
    async with database.engine.begin() as connection:
        for row in OLD_ROWS:
            await connection.execute(text(row))
    await _run(database, _to, "head")
    async with database.engine.connect() as connection:
        kept = await connection.execute(text("SELECT slug, approval, version FROM event"))
        assert [tuple(row) for row in kept] == [("old", False, 0)]
        kept = await connection.execute(text("SELECT number, by_seat FROM session"))
        assert [tuple(row) for row in kept] == [(1, False)]
        assert await connection.run_sync(_differences) == []
    await database.close()


async def _run(database: Database, step: Any, revision: str) -> None:
    options = {"begin": "IMMEDIATE"} if database.is_sqlite else {}
    async with database.engine.connect() as connection:
        await connection.execution_options(**options)
        async with connection.begin():
            await connection.run_sync(step, revision)


def _to(connection: Connection, revision: str) -> None:
    if revision == "base":
        command.downgrade(configuration(connection=connection), revision)
    else:
        command.upgrade(configuration(connection=connection), revision)


def _differences(connection: Connection) -> list[Any]:
    found: list[Any] = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    return found
