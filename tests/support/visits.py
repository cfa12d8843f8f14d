"""Who visits a running application: its language and login, without the way through the form."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from playwright.async_api import BrowserContext
from sqlalchemy import delete, text, update
from sqlmodel import col, select

from server.accounts import logins, queries
from server.accounts.actions import open_account
from server.accounts.links import MAIL, LinkKind
from server.accounts.models import Link
from server.accounts.tokens import token_hash
from server.core import clock
from server.core.config import Settings
from server.core.db import Database, Db
from server.mail import outbox
from server.mail.models import OutgoingMail
from server.organizations.models import Membership, MembershipState
from server.web.visitor import LOCALE_COOKIE, LOGIN_COOKIE, cookie_name
from tests.support.app import App

STRANGER: Final = "stranger"  # an account without a place in any event
INVITATION: Final = "an-invitation"  # the token of a mailed one
STAFF: Final = "staff"  # one that takes care of the server


async def log_in(context: BrowserContext, app: App, who: str, *, locale: str) -> None:
    """Give a browser context a language, and the login of a demo account or of a stranger."""
    await context.add_cookies([{"name": LOCALE_COOKIE, "value": locale, "url": app.url}])
    if not who:
        return
    settings = _settings(app)
    database = Database(settings.database)
    async with database.writing() as db:
        token = await _login_token(db, app, who)
    await database.close()
    name = cookie_name(LOGIN_COOKIE, secure=settings.secure)
    await context.add_cookies([{"name": name, "value": token, "url": app.url}])


async def _login_token(db: Db, app: App, who: str) -> str:
    now = clock.now()
    if who in (STRANGER, STAFF):
        place = f"{uuid4().hex}@sample.example"
        account = await open_account(
            db,
            name="森川 とき子",
            address=place,
            password_hash=None,
            is_staff=who == STAFF,
            now=now,
        )
    else:
        found = await queries.by_address(db, app.accounts[who][0])
        assert found, who
        account = found
    return await logins.start(db, account=account, browser="table of pages", now=now)


async def invite(app: App, who: str) -> None:
    """Give an invited account of the demo the link `/invitation/INVITATION`, for an hour."""
    database = Database(_settings(app).database)
    async with database.writing() as db:
        await db.exec(delete(Link).where(col(Link.token_hash) == token_hash(INVITATION)))
        account = await queries.by_address(db, app.accounts[who][0])
        assert account
        invited = Membership.account_id == account.id, Membership.state == MembershipState.INVITED
        membership = (await db.exec(select(Membership).where(*invited))).one()
        db.add(
            Link(
                kind=LinkKind.INVITATION,
                token_hash=token_hash(INVITATION),
                account_id=account.id,
                address=app.accounts[who][0],
                target=f"/organizations#{membership.organization_id}",
                expires_at=clock.now() + timedelta(hours=1),
            )
        )
    await database.close()


async def refuse_mails(app: App, *who: str) -> None:
    """A mail to each of these accounts of the demo that the mail server would not take."""
    database = Database(_settings(app).database)
    async with database.writing() as db:
        for name in who:
            account = await queries.by_address(db, app.accounts[name][0])
            assert account
            await outbox.order(
                db, kind=MAIL, subject="refused", account_id=account.id, now=clock.now()
            )
        refused = {"attempts": 3, "error": "SMTPDataError: (451, 'come again later')"}
        await db.exec(update(OutgoingMail).where(col(OutgoingMail.error) == "").values(**refused))
    await database.close()


def _settings(app: App) -> Settings:
    return Settings.model_validate({name.lower(): value for name, value in app.environment.items()})


def first_link(app: App) -> str:
    """The path of the first staff link, as the application told it last."""
    told = (Path(app.environment["HOME"]) / "serve.log").read_text("utf-8")
    links: list[str] = re.findall(r"(/link/\S+)", told)
    return links[-1]


async def execute(app: App, statement: str) -> None:
    """Run a statement on the application's database, beside it."""
    database = Database(_settings(app).database)
    async with database.writing() as db:
        await (await db.connection()).execute(text(statement))
    await database.close()
