"""The one place that turns errors into pages and statuses."""

import secrets
from typing import Final
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from server.core import i18n
from server.core.db import Crowded
from server.core.errors import DomainError, Forbidden, Gone, NotFound
from server.core.i18n import Locale
from server.web.csrf import FormExpired
from server.web.headers import security_headers
from server.web.pages import LoginNeeded, go, page
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor

log = structlog.get_logger()

STATUS: Final[dict[type[DomainError], int]] = {
    NotFound: 404,
    Forbidden: 403,
    Gone: 410,
    FormExpired: 403,
    LoginNeeded: 401,
    TooMany: 429,
    Crowded: 503,
}
CONFLICT: Final = 409
OWN_PAGES: Final = frozenset({403, 404, 410, 500})  # the others share one
SHARED_PAGE: Final = 400
REFERENCE_LETTERS: Final = (
    "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that sounds or looks like another
)


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), CONFLICT)


def text_of(error: DomainError, locale: Locale) -> str:
    """What the person is told, by the error's code."""
    return i18n.catalog(locale).gettext(f"error.{error.code}").format(**error.details)


async def refused(request: Request, error: Exception) -> Response:
    """A domain error: a page, or JSON for scripts; who is not logged in goes to log in."""
    assert isinstance(error, DomainError)
    if wants_json(request):
        return refusal(request, error)
    if isinstance(error, LoginNeeded):
        return go(f"/login?next={quote(request.url.path)}")
    text = text_of(error, visitor(request).locale)
    if isinstance(error, FormExpired):  # nobody's place was entered: not the page of a 403
        return page(request, f"errors/{SHARED_PAGE}.html", status=status_of(error), text=text)
    return _error_page(request, status_of(error), text)


def refusal(request: Request, error: DomainError) -> JSONResponse:
    """A domain error for a script of ours: its code, and a text to show."""
    text = text_of(error, visitor(request).locale)
    return JSONResponse({"code": error.code, "text": text}, status_of(error))


async def not_found(request: Request, error: Exception) -> Response:
    """What the framework refuses: 404, 405, 413 and so on."""
    assert isinstance(error, HTTPException)
    if wants_json(request):
        return JSONResponse({"code": f"http_{error.status_code}"}, error.status_code)
    return _error_page(request, error.status_code, "", headers=error.headers)


async def broken(request: Request, error: Exception) -> Response:
    """Our own fault: a page with a number to read out on the phone; the log has the same."""
    if isinstance(error, Crowded):  # nobody's fault; met before the page, by who looks whose it is
        response = await refused(request, error)
        response.headers.update(security_headers(services(request).settings))
        return response
    reference = _reference()
    log.error("request failed", reference=reference, path=request.url.path, exc_info=error)
    headers = security_headers(services(request).settings)
    if wants_json(request):
        return JSONResponse({"code": "broken", "reference": reference}, 500, headers)
    return _error_page(request, 500, "", reference=reference, headers=headers)


def wants_json(request: Request) -> bool:
    """Whether a script asks, not a person."""
    return "application/json" in request.headers.get("accept", "")


def _error_page(
    request: Request, status: int, text: str, *, reference: str = "", headers: object = None
) -> HTMLResponse:
    shown = status if status in OWN_PAGES else SHARED_PAGE
    response = page(request, f"errors/{shown}.html", status=status, text=text, reference=reference)
    response.headers.update(headers if isinstance(headers, dict) else {})
    return response


def _reference() -> str:
    letters = [secrets.choice(REFERENCE_LETTERS) for _ in range(6)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
