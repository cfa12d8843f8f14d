"""How many statements a page costs."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from server.core.db import Database


@dataclass(eq=False)
class Count:
    """Statements so far, and how many of them changed something."""

    statements: int = 0
    written: int = 0


_counting: ContextVar[Count | None] = ContextVar("counting", default=None)


@contextmanager
def counting(database: Database) -> Iterator[Count]:
    """Count what the block sends to the database.

    What the application's own tasks ask for meanwhile is not counted: they have another context.
    """
    count = Count()

    def one_more(*arguments: Any) -> None:
        if _counting.get() is count:
            count.statements += 1
            count.written += arguments[2].startswith(("INSERT", "UPDATE", "DELETE"))

    event.listen(database.engine.sync_engine, "before_cursor_execute", one_more)
    outer = _counting.set(count)
    try:
        yield count
        assert count.statements, "what ran did not run in the block's context"
    finally:
        _counting.reset(outer)
        event.remove(database.engine.sync_engine, "before_cursor_execute", one_more)


async def cost(database: Database, look: Callable[[], Awaitable[object]]) -> int:
    """How many statements a look at a page takes."""
    with counting(database) as count:
        await look()
    return count.statements
