"""How many statements a page costs."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import event

from server.core.db import Database


@dataclass
class Count:
    """Statements so far."""

    statements: int = 0


@contextmanager
def counting(database: Database) -> Iterator[Count]:
    """Count what is sent to the database while the block runs."""
    count = Count()

    def one_more(*_: object) -> None:
        count.statements += 1

    event.listen(database.engine.sync_engine, "before_cursor_execute", one_more)
    try:
        yield count
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", one_more)


async def cost(database: Database, look: Callable[[], Awaitable[object]]) -> int:
    """How many statements a look at a page takes: the least of three, as the application's own
    tasks may ask for something meanwhile.
    """
    counts = []
    for _ in range(3):
        with counting(database) as count:
            await look()
        counts.append(count.statements)
    return min(counts)
