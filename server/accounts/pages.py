"""Pages of accounts: log in, log out, language and light."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import actions, links, logins, passwords, queries
from server.accounts.entering import browser_of, logged_in, logged_out, slow_down
from server.accounts.forms import LoginForm, Way
from server.core import clock, i18n
from server.core.i18n import N_
from server.web.errors import text_of
from server.web.forms import Bound, Form, bind
from server.web.pages import go, page
from server.web.services import services
from server.web.throttle import PER_ADDRESS, PER_IP, TooMany
from server.web.visitor import (
    HOME,
    LOCALE_COOKIE,
    THEME_COOKIE,
    YEAR,
    local_path,
    set_cookie,
    visitor,
)

WRONG = N_("メールアドレスかパスワードがちがいます。もう一度お確かめください。")


class PreferencesForm(Form):
    """Language and light, and the page to go back to."""

    locale: str = ""
    theme: str = ""
    next: str = "/"


async def show_login(request: Request) -> Response:
    """GET /login"""
    then = local_path(request, request.query_params.get("next", HOME), otherwise=HOME)
    if visitor(request).account_id:
        return go(then)
    return page(request, "accounts/login.html", form=Bound(None, raw={"next": then}))


async def log_in(request: Request) -> Response:
    """POST /login: by a mailed link, or by password.

    Never says which of address and password is wrong: nobody learns who has an account.
    """
    form = await bind(request, LoginForm)
    if form.values is None:
        return page(request, "accounts/login.html", status=422, form=form)
    if form.values.way is Way.LINK:
        return await _mail_link(request, form, form.values)
    try:
        token = await _login_token(request, form.values)
    except TooMany as error:
        return _login_again(request, form, text_of(error, visitor(request).locale), 429)
    if token is None:
        sentence = i18n.catalog(visitor(request).locale).gettext(WRONG)
        address = queries.canonical(form.values.address)
        left = await services(request).throttle.left(PER_ADDRESS, "password", address)
        return _login_again(request, form, sentence, 422, tries_left=left)
    return logged_in(request, token, local_path(request, form.values.next, otherwise=HOME))


async def _mail_link(request: Request, form: Bound[LoginForm], wanted: LoginForm) -> Response:
    """The same answer whether the address is known or not."""
    settings, now = services(request).settings, clock.now()
    address = queries.canonical(wanted.address)
    try:
        await slow_down(request, "link", address)
    except TooMany as error:
        sentence = {"address": text_of(error, visitor(request).locale)}
        again = Bound[LoginForm](None, sentence, form.raw)
        return page(request, "accounts/login.html", status=429, form=again)
    then = local_path(request, wanted.next, otherwise=HOME)
    async with services(request).database.writing() as db:
        account = await queries.by_address(db, address)
        if account is not None:
            await actions.ask_link(db, account_id=account.id, then=then, now=now)
        else:
            await actions.pretend_link(db, address=address, then=then, now=now)
    return page(
        request,
        "accounts/sent.html",
        form=form,
        then=then,
        sender=settings.mail_from,
        expires_at=now + links.MAILED_LASTS,
        now=now,
        again_at=now + links.FRESH_FOR,
    )


async def _login_token(request: Request, form: LoginForm) -> str | None:
    address = queries.canonical(form.address)
    throttle = services(request).throttle
    caller = request.client.host if request.client else ""
    if not await throttle.count(PER_IP, "login", caller):
        raise TooMany(minutes=1)
    # Counted before the hash, which takes its time: of many guesses at once only five are tried.
    if not await throttle.count(PER_ADDRESS, "password", address):
        raise TooMany(minutes=15)
    async with services(request).database.reading() as db:
        account = await queries.by_address(db, address)
    if not await passwords.fits(form.password, account.password_hash if account else None):
        return None
    assert account is not None
    await throttle.forgive(PER_ADDRESS, "password", address)
    async with services(request).database.writing() as db:
        return await logins.start(db, account=account, browser=browser_of(request), now=clock.now())


def _login_again(
    request: Request, form: Bound[LoginForm], sentence: str, status: int, **shown: int
) -> Response:
    again = Bound[LoginForm](None, {"password": sentence}, form.raw)
    return page(request, "accounts/login.html", status=status, form=again, **shown)


async def log_out(request: Request) -> Response:
    """POST /logout"""
    await bind(request, Form)
    login_id = visitor(request).login_id
    if login_id:
        async with services(request).database.writing() as db:
            await logins.revoke(db, login_id, now=clock.now())
    return logged_out(request, "/")


async def sign_up(request: Request) -> Response:
    """GET /signup: how one comes to have an account."""
    return page(request, "accounts/signup.html")


async def prefer(request: Request) -> Response:
    """POST /preferences: choose language or light for this browser."""
    form = await bind(request, PreferencesForm)
    assert form.values is not None  # every field has a default
    response = go(local_path(request, form.values.next))
    secure = services(request).settings.secure
    if form.values.locale in i18n.LOCALES:
        set_cookie(
            response, LOCALE_COOKIE, form.values.locale, secure=secure, seconds=YEAR, readable=True
        )
    if form.values.theme in ("light", "dark", "auto"):
        set_cookie(
            response, THEME_COOKIE, form.values.theme, secure=secure, seconds=YEAR, readable=True
        )
    return response


routes = [
    Route("/login", show_login, methods=["GET"]),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"]),
    Route("/signup", sign_up, methods=["GET"]),
    Route("/preferences", prefer, methods=["POST"]),
]
