"""No other site acts in a person's name: where a request comes from, and a token in each form.

The browser says where a request comes from (Fetch Metadata, else Origin). A form also carries a
token bound to a cookie that only our pages can set.
"""

import hashlib
import hmac
import secrets
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.core.errors import DomainError
from server.web.services import services
from server.web.visitor import YEAR, cookie_name, set_cookie

COOKIE: Final = "form"
FIELD: Final = "csrf_token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SERVER_PATHS: Final = ("/hooks/",)  # called by servers, which sign what they send


class FormExpired(DomainError):
    """The form is not one of ours, or its cookie is gone."""

    code = "form_expired"


def same_site(connection: HTTPConnection, *, origin: str) -> bool:
    """Whether our own pages sent this request (Fetch Metadata, else RFC 6454 Origin)."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    sent = connection.headers.get("origin")
    return sent == origin if sent is not None else site is not None


def same_origin(connection: HTTPConnection, origin: str) -> bool:
    """Whether a WebSocket handshake names our own origin; browsers always send one."""
    return connection.headers.get("origin") == origin.rstrip("/")


class CrossSiteGuard:
    """Refuses every state change that another site asks for."""

    def __init__(self, app: ASGIApp, *, origin: str) -> None:
        self.app = app
        self.origin = origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let safe methods, server calls and our own pages pass."""
        if scope["type"] != "http" or self._allowed(HTTPConnection(scope), scope["method"]):
            await self.app(scope, receive, send)
            return
        await PlainTextResponse("cross-site request refused", 403)(scope, receive, send)

    def _allowed(self, connection: HTTPConnection, method: str) -> bool:
        if method in SAFE_METHODS or connection.url.path.startswith(SERVER_PATHS):
            return True
        return same_site(connection, origin=self.origin)


def token(request: Request) -> str:
    """The token for the forms of this response."""
    return _sign(request, _visit(request))


def remember(request: Request, response: Response) -> None:
    """Set the cookie that the token is bound to, where the browser has none yet."""
    secure = services(request).settings.secure
    if cookie_name(COOKIE, secure=secure) not in request.cookies:
        set_cookie(response, COOKIE, _visit(request), secure=secure, seconds=YEAR)


def check(request: Request, sent: object) -> None:
    """Check the token that a form sent.

    Raises:
        FormExpired: it does not belong to this browser.
    """
    secure = services(request).settings.secure
    cookie = request.cookies.get(cookie_name(COOKIE, secure=secure))
    if not cookie or not hmac.compare_digest(_sign(request, cookie), str(sent or "")):
        raise FormExpired


def _visit(request: Request) -> str:
    secure = services(request).settings.secure
    known = request.cookies.get(cookie_name(COOKIE, secure=secure))
    if known:
        return known
    if not hasattr(request.state, "form_visit"):
        request.state.form_visit = secrets.token_urlsafe(16)
    return str(request.state.form_visit)


def _sign(request: Request, visit: str) -> str:
    key = services(request).settings.secret_key.encode()
    return hmac.new(key, b"form:" + visit.encode(), hashlib.sha256).hexdigest()
