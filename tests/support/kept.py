"""One PostgreSQL database for test after test: emptied, or made anew when a test has changed its
tables. To make and drop one for each took longer than most tests.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.support.servers import administer

# Whoever is still connected, as a process of the test before, is shut out.
_SHUT_OUT = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

_EMPTY = """
DO $$
DECLARE one text;
BEGIN
  SET LOCAL session_replication_role = replica; -- no order among the tables
  FOR one IN SELECT format('%I', tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
  LOOP
    EXECUTE 'DELETE FROM ' || one;
  END LOOP;
END $$
"""

# Columns of tables and indexes, and constraints.
_SHAPE = """
SELECT md5(string_agg(what, ' ' ORDER BY what)) FROM (
  SELECT c.relname || '.' || a.attname || ':' || a.atttypid || a.attnotnull AS what
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = 'public'::regnamespace
  UNION ALL SELECT conrelid::regclass::text || conname FROM pg_constraint
) AS all_of_it
"""


class KeptDatabase:
    """The database, a copy of `template`."""

    def __init__(self, port: int, template: str, name: str = "kept") -> None:
        self._port = port
        self._template = template
        self.name = name
        self._shape = ""

    async def ready(self) -> None:
        """Let it be as the template is, with nobody connected."""
        if not self._shape or not await self._emptied():
            await administer(self._port, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            await administer(self._port, f"CREATE DATABASE {self.name} TEMPLATE {self._template}")
            self._shape = await self.shape()

    async def shape(self) -> str:
        """A sum over its columns and constraints."""
        async with self._connected() as connection:
            return str(await connection.fetchval(_SHAPE))

    async def _emptied(self) -> bool:
        """Take all rows out; False when its tables are not the template's any more."""
        async with self._connected() as connection:
            await connection.execute(_SHUT_OUT)
            if await connection.fetchval(_SHAPE) != self._shape:
                return False
            await connection.execute(_EMPTY)
            return True

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        connection = await asyncpg.connect(  # type: ignore[no-untyped-call]
            host="127.0.0.1", port=self._port, user="yoriai", database=self.name
        )
        try:
            yield connection
        finally:
            await connection.close()
