"""One PostgreSQL database for test after test: emptied, or made anew when a test has changed its
tables. To make and drop one for each took longer than most tests.
"""

import asyncio
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
    """The database, a copy of `template`. It keeps one connection too, and so a loop of its own:
    to the server a new one costs more than to empty all tables.
    """

    def __init__(self, port: int, template: str, name: str = "kept") -> None:
        self._port = port
        self._template = template
        self.name = name
        self._shape = ""
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._connection: Any = None

    def ready(self) -> None:
        """Let it be as the template is, with nobody else connected."""
        self._runner.run(self._ready())

    def shape(self) -> str:
        """A sum over its columns and constraints."""
        return str(self._runner.run(self._asked(_SHAPE)))

    def close(self) -> None:
        """Let go of it."""
        self._runner.run(self._disconnect())
        self._runner.close()

    async def _ready(self) -> None:
        if not self._shape or not await self._emptied():
            await self._disconnect()
            await administer(self._port, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            await administer(self._port, f"CREATE DATABASE {self.name} TEMPLATE {self._template}")
            self._shape = await self._asked(_SHAPE)

    async def _emptied(self) -> bool:
        """Take all rows out; False when its tables are not the template's any more."""
        await self._asked(_SHUT_OUT)
        if await self._asked(_SHAPE) != self._shape:
            return False
        await self._asked(_EMPTY)
        return True

    async def _asked(self, statement: str) -> Any:
        """Its only value, or None."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(  # type: ignore[no-untyped-call]
                host="127.0.0.1", port=self._port, user="yoriai", database=self.name
            )
        return await self._connection.fetchval(statement)

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
