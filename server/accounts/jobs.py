"""Jobs of accounts."""

from datetime import timedelta
from typing import Any

import structlog

from server.accounts import links, logins
from server.core import clock

log = structlog.get_logger()


async def forget_ended(context: dict[Any, Any]) -> None:
    """Remove logins and links that nobody can use any more. Safe to run twice."""
    now = clock.now()
    before = now - timedelta(days=context["settings"].login_days)
    async with context["database"].writing() as db:
        ended = await logins.forget(db, before=before)
        spent = await links.forget(db, now=now)
    log.info("ended logins and links removed", logins=ended, links=spent)
