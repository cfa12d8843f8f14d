"""From a login cookie to the visitor that every page knows."""

from datetime import datetime, timedelta
from typing import cast

from starlette.requests import HTTPConnection

from server.accounts import logins
from server.core.i18n import Locale
from server.web.services import services
from server.web.visitor import Visitor


async def recognise(connection: HTTPConnection, token: str, now: datetime) -> Visitor | None:
    """Who holds this login token; None when the login has ended."""
    found = services(connection)
    lasts = timedelta(days=found.settings.login_days)
    async with found.database.reading() as db:
        known = await logins.find(db, token, now=now, lasts=lasts)
    if known is None:
        return None
    login, account = known
    if now - login.seen_at > logins.SEEN_EVERY:
        async with found.database.writing() as db:
            await logins.touch(db, login.id, now=now)
    return Visitor(
        locale=cast(Locale, account.locale),
        zone=account.zone,
        account_id=account.id,
        login_id=login.id,
        name=account.name,
        is_staff=account.is_staff,
    )
