"""Jobs of the live log."""

from datetime import timedelta
from typing import Any

import structlog

from server.core import clock
from server.live import log as live_log

log = structlog.get_logger()


async def forget_old_events(context: dict[Any, Any]) -> None:
    """Remove live events that nobody will ask for any more. Safe to run twice."""
    before = clock.now() - timedelta(days=context["settings"].live_keep_days)
    async with context["database"].writing() as db:
        forgotten = await live_log.forget(db, before=before)
    log.info("old live events removed", events=forgotten)
