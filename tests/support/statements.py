"""What SQLAlchemy has compiled for one test's database serves the next.

An engine compiles every statement for itself. A process of the product has one engine; a run of
tests has a thousand, and spent a sixth of its time on compiling the same statements anew.
"""

from typing import Any, Final

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine import Engine

_COMPILED: Final[dict[Any, Any]] = {}


class _OneForAll:
    """A dialect that is the same for every engine: a compiled statement is found by it."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """SQLAlchemy calls it with each engine it has made."""
        engine.update_execution_options(compiled_cache=_COMPILED)


class SQLite(_OneForAll, SQLiteDialect_aiosqlite):
    """SQLite as the product speaks to it."""

    supports_statement_cache = True


class PostgreSQL(_OneForAll, PGDialect_asyncpg):
    """PostgreSQL as the product speaks to it."""

    supports_statement_cache = True


registry.register("sqlite.aiosqlite", __name__, SQLite.__name__)
registry.register("postgresql.asyncpg", __name__, PostgreSQL.__name__)
