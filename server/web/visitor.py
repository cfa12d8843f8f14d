"""Who looks at the page: known by the login cookie, or a guest with a language."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, cast
from uuid import UUID

from starlette.datastructures import URL
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.core import clock, i18n
from server.core.i18n import Locale

Theme = Literal["light", "dark", "auto"]
LOGIN_COOKIE: Final = "login"
LOCALE_COOKIE: Final = "locale"
THEME_COOKIE: Final = "theme"
YEAR: Final = 365 * 86400
HOME: Final = "/me"  # where one goes who has logged in and wanted nothing else


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """What pages know of the person. `account_id` and `login_id` are None for a guest."""

    locale: Locale
    zone: str = "Asia/Tokyo"
    theme: Theme = "auto"
    account_id: UUID | None = None
    login_id: UUID | None = None
    name: str = ""
    is_staff: bool = False


Recognise = Callable[[HTTPConnection, str, datetime], Awaitable[Visitor | None]]


def visitor(connection: HTTPConnection) -> Visitor:
    """Who looks; a guest where nobody asked yet."""
    known = connection.scope.get("state", {}).get("visitor")
    return cast(Visitor, known) if known else guest(connection)


def guest(connection: HTTPConnection) -> Visitor:
    """Somebody without a login, in the language of cookie or browser."""
    wish = connection.cookies.get(LOCALE_COOKIE, "")
    accepted = i18n.negotiate(connection.headers.get("accept-language", ""))
    theme = connection.cookies.get(THEME_COOKIE, "")
    return Visitor(
        locale=next((own for own in i18n.LOCALES if own == wish), accepted),
        theme=cast(Theme, theme) if theme in ("light", "dark") else "auto",
    )


class VisitorMiddleware:
    """Recognises the visitor of every page before the page runs.

    `recognise` turns the login cookie's token into a visitor, or None when it is not (or no
    longer) a login. A choice of language or theme by cookie wins over the account's.
    """

    def __init__(self, app: ASGIApp, *, recognise: Recognise, secure: bool) -> None:
        self.app = app
        self.recognise = recognise
        self.cookie = cookie_name(LOGIN_COOKIE, secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the visitor into the scope."""
        if scope["type"] == "http" and not scope["path"].startswith(("/static/", "/healthz")):
            connection = HTTPConnection(scope)
            scope.setdefault("state", {})["visitor"] = await self._find(connection)
        await self.app(scope, receive, send)

    async def _find(self, connection: HTTPConnection) -> Visitor:
        unknown = guest(connection)
        token = connection.cookies.get(self.cookie)
        known = await self.recognise(connection, token, clock.now()) if token else None
        if known is None:
            return unknown
        chosen = LOCALE_COOKIE in connection.cookies
        locale = unknown.locale if chosen else known.locale
        return replace(known, locale=locale, theme=unknown.theme)


def cookie_name(name: str, *, secure: bool) -> str:
    """The cookie's name: `__Host-` binds it to our host and to https (RFC 6265bis §4.1.3.2)."""
    return f"__Host-{name}" if secure else name


def set_cookie(
    response: Response, name: str, value: str, *, secure: bool, seconds: int, readable: bool = False
) -> None:
    """Set one of our cookies; only `readable` ones are seen by scripts."""
    response.set_cookie(
        cookie_name(name, secure=secure) if not readable else name,
        value,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=not readable,
        samesite="lax",
    )


def local_path(request: Request, wish: str, *, otherwise: str = "/") -> str:
    """A path on our own site to go on to; anything that leads elsewhere becomes `otherwise`."""
    if not wish.startswith("/") or wish.startswith(("//", "/\\")) or "\\" in wish:
        return otherwise
    if any(ord(character) < 0x20 for character in wish):
        return otherwise
    here = request.url.replace(path="/", query="", fragment="")
    there = URL(str(here).rstrip("/") + wish)
    return wish if there.netloc == here.netloc else otherwise
