"""The database: deferred reads, and write transactions in which nothing else is awaited."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel.ext.asyncio.session import AsyncSession

from server.core.errors import DomainError

SQLITE_BUSY_SECONDS = 20
TURN_SECONDS = 30  # nobody waits longer for a connection

# Execution options of a connection that writes.
_SQLITE_WRITE: Final = {"begin": "IMMEDIATE"}
_SERVER_WRITE: Final = {"isolation_level": "READ COMMITTED"}

Db = AsyncSession


class Crowded(DomainError):
    """More people than there are connections wanted one, for half a minute."""

    code = "crowded"


class Database:
    """One engine and the two ways to use it.

    `reading()` for a GET, `writing()` for an action: one transaction, committed when the block
    ends, rolled back when it raises. Whoever waits for a connection gets one in turn, or
    `Crowded` after half a minute. On SQLite a write takes the write lock at once (`BEGIN
    IMMEDIATE`), so that what it reads cannot change before it writes. On PostgreSQL each statement
    of a read sees what was committed when it began, so that it needs no transaction, whose two
    more ways to the server would be half of a small read. Errors end in the log, so they do not
    tell what was to be written.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.to_write = dict(_SQLITE_WRITE if self.is_sqlite else _SERVER_WRITE)
        self.engine = (_sqlite_engine if self.is_sqlite else _server_engine)(url, pool_size)
        # The pool itself lets whoever asks at the right moment pass those who wait: in a rush
        # some then wait for half a minute and fail, while others come and go.
        self._turns = asyncio.Semaphore(pool_size)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Db]:
        """A session for reads; nothing of it is committed."""
        async with self._session(autoflush=False) as db:
            yield db

    @asynccontextmanager
    async def reading_one_moment(self) -> AsyncIterator[Db]:
        """A session whose reads all see the database as it was at the first of them."""
        async with self._session(autoflush=False) as db:
            if not self.is_sqlite:  # where a read transaction sees one moment anyway
                await db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield db

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Db]:
        """One write transaction."""
        async with self._session() as db:
            await db.connection(execution_options=self.to_write)
            async with _committing(db):
                yield db

    @asynccontextmanager
    async def supposing(self) -> AsyncIterator[Db]:
        """A write transaction that is taken back in the end: how things would be.

        What was read stays usable afterwards.
        """
        async with self._session() as db:
            await db.connection(execution_options=self.to_write)
            try:
                yield db
                db.expunge_all()
            finally:
                await db.rollback()

    @asynccontextmanager
    async def _session(self, *, autoflush: bool = True) -> AsyncIterator[Db]:
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Crowded from error
        try:
            async with AsyncSession(self.engine, expire_on_commit=False, autoflush=autoflush) as db:
                yield db
        finally:
            self._turns.release()

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


@asynccontextmanager
async def _committing(db: Db) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await db.rollback()
        raise
    await db.commit()


def _server_engine(url: str, pool_size: int) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=TURN_SECONDS,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT",  # of reads; `to_write` begins a transaction
        hide_parameters=True,
    )


def _sqlite_engine(url: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": SQLITE_BUSY_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        f"busy_timeout = {SQLITE_BUSY_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    mode = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
