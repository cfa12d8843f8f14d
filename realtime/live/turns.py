"""Work that goes on beside the connections, turn by turn, until the process ends."""

from collections.abc import Awaitable, Callable
from typing import Final

import anyio
import structlog

log = structlog.get_logger()

LONGEST_SECONDS: Final = 30.0  # as long as one waits for a connection of the database


async def turn(work: Callable[[], Awaitable[object]], *, trouble: str) -> bool:
    """One turn of a loop that must not end; what fails is logged as `trouble`, and answers False.

    A turn that has begun is finished even when the process ends. Cancelled in the midst of a
    statement, its database connection would have to be thrown away, which may never end.
    """
    with anyio.move_on_after(LONGEST_SECONDS, shield=True):
        try:
            await work()
        except Exception as error:  # the database or the broker may be away
            log.warning(trouble, error=type(error).__name__)
        else:
            return True
    return False
