"""Waiting for a condition, never for a time."""

import asyncio
from collections.abc import Awaitable, Callable

CEILING = 120.0  # on a slow machine with the whole suite on it, a minute has not sufficed
_PAUSE = 0.1


async def until(condition: Callable[[], Awaitable[bool]], *, ceiling: float = CEILING) -> None:
    """Return once the condition holds.

    Raises:
        TimeoutError: it did not within `ceiling` seconds.
    """
    async with asyncio.timeout(ceiling):
        while not await condition():
            await asyncio.sleep(_PAUSE)
