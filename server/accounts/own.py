"""One's own account: what one is called, the password, the browsers in which one is logged in."""

from datetime import datetime, timedelta
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import actions, links, logins, passwords, queries, rules
from server.accounts.browsers import described
from server.accounts.entering import logged_out
from server.accounts.forms import OwnForm, PasswordForm
from server.accounts.models import Account
from server.accounts.rules import PasswordChanged
from server.core import clock, i18n
from server.core.db import Db
from server.core.i18n import N_
from server.web.errors import text_of
from server.web.forms import Bound, Form, bind
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.throttle import PER_ADDRESS, TooMany
from server.web.visitor import LOCALE_COOKIE, YEAR, Visitor, set_cookie
from server.web.zones import zones

WRONG = N_("いまのパスワードがちがいます。もう一度お確かめください。")
PAGE = "/me/account"


async def show(request: Request) -> Response:
    """GET /me/account: `?done=` names what was just saved."""
    return await _page(request)


async def edit(request: Request) -> Response:
    """POST /me/account: what one is called, language and zone."""
    who = known_visitor(request)
    form = await bind(request, OwnForm)
    if form.values is None:
        return await _page(request, form=form, status=422)
    async with services(request).database.writing() as db:
        account = await queries.by_id(db, _id(who))
        account.sqlmodel_update(form.values.model_dump())
        db.add(account)
    response = go(f"{PAGE}?done=account")
    secure = services(request).settings.secure
    set_cookie(
        response, LOCALE_COOKIE, form.values.locale, secure=secure, seconds=YEAR, readable=True
    )
    return response


async def set_password(request: Request) -> Response:
    """POST /me/password: set or change it; every other login ends."""
    who = known_visitor(request)
    form = await bind(request, PasswordForm)
    if form.values is None:
        return await _page(request, password=form, status=422)
    try:
        done = await _set_password(request, who, form.values)
    except TooMany as error:
        return await _wrong(request, form, "present", text_of(error, who.locale), 429)
    except PasswordChanged as error:
        return await _wrong(request, form, "password", text_of(error, who.locale), 409)
    if not done:
        sentence = i18n.catalog(who.locale).gettext(WRONG)
        return await _wrong(request, form, "present", sentence, 422)
    return go(f"{PAGE}?done=password")


async def _set_password(request: Request, who: Visitor, form: PasswordForm) -> bool:
    """False: the present password was asked for, and this is not it."""
    now, database = clock.now(), services(request).database
    async with database.reading() as db:
        account = await queries.by_id(db, _id(who))
        asks = await _asks(db, who, account, now)
        address = await queries.address_of(db, account.id)
    if asks:
        throttle = services(request).throttle
        # The same count as at the login page: a found browser is no way round it.
        if not await throttle.count(PER_ADDRESS, "password", address):
            raise TooMany(minutes=15)
        if not await passwords.fits(form.present, account.password_hash):
            return False
        await throttle.forgive(PER_ADDRESS, "password", address)
    password_hash = await passwords.hashed(form.password)
    async with database.writing() as db:
        await actions.set_password(
            db,
            account.id,
            before=account.password_hash,
            password_hash=password_hash,
            login_id=who.login_id,
            now=now,
        )
    return True


async def show_logins(request: Request) -> Response:
    """GET /me/logins: the browsers in which one is logged in."""
    who, found = known_visitor(request), services(request)
    lasts = timedelta(days=found.settings.login_days)
    async with found.database.reading() as db:
        live = await logins.live(db, _id(who), now=clock.now(), lasts=lasts)
    rows = [(login, described(login.browser)) for login in live]
    return page(request, "accounts/logins.html", logins=rows)


async def end_login(request: Request) -> Response:
    """POST /me/logins/{id}/end: log one browser out. Its live sockets end within 5 s."""
    who = known_visitor(request)
    await bind(request, Form)
    async with services(request).database.writing() as db:
        login = await logins.own(db, request.path_params["id"], account_id=_id(who))
        await logins.revoke(db, login.id, now=clock.now())
    return logged_out(request, "/") if login.id == who.login_id else go("/me/logins")


async def end_logins(request: Request) -> Response:
    """POST /me/logins/end: log out everywhere, here too."""
    who = known_visitor(request)
    await bind(request, Form)
    async with services(request).database.writing() as db:
        await logins.revoke_all(db, _id(who), now=clock.now())
    return logged_out(request, "/")


async def _page(
    request: Request,
    *,
    form: Bound[OwnForm] | None = None,
    password: Bound[PasswordForm] | None = None,
    status: int = 200,
) -> Response:
    who = known_visitor(request)
    async with services(request).database.reading() as db:
        account = await queries.by_id(db, _id(who))
        addresses = await queries.own_addresses(db, account.id)
        asks = await _asks(db, who, account, clock.now())
    fields = ("name", "reading", "roman", "locale", "zone")
    as_it_is = {name: str(getattr(account, name)) for name in fields}
    return page(
        request,
        "accounts/own.html",
        status=status,
        account=account,
        addresses=addresses,
        form=form or Bound[OwnForm](None, {}, as_it_is),
        password=password or Bound[PasswordForm](None),
        asks_present=asks,
        zones=zones(who.locale),
        done=request.query_params.get("done", "") if status == 200 else "",
    )


async def _wrong(
    request: Request, form: Bound[PasswordForm], field: str, sentence: str, status: int
) -> Response:
    again = Bound[PasswordForm](None, {field: sentence}, form.raw)
    return await _page(request, password=again, status=status)


async def _asks(db: Db, who: Visitor, account: Account, now: datetime) -> bool:
    """Whether this browser must show the present password to set another."""
    assert who.login_id
    came = await links.began(db, who.login_id)
    return rules.asks_present_password(
        has_password=account.password_hash is not None, came_by_link_at=came, now=now
    )


def _id(who: Visitor) -> UUID:
    assert who.account_id
    return who.account_id


routes = [
    Route("/me/account", show, methods=["GET"]),
    Route("/me/account", edit, methods=["POST"]),
    Route("/me/password", set_password, methods=["POST"]),
    Route("/me/logins", show_logins, methods=["GET"]),
    Route("/me/logins/end", end_logins, methods=["POST"]),
    Route("/me/logins/{id:uuid}/end", end_login, methods=["POST"]),
]
