"""What every page handler uses: render, redirect, read and write."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from server.core import clock
from server.core.errors import DomainError, NotFound
from server.web import csrf
from server.web.services import services
from server.web.visitor import Visitor, visitor


class LoginNeeded(DomainError):
    """The page is for somebody who has logged in."""

    code = "login_needed"


def page(request: Request, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page from a template, in the visitor's language.

    Every template knows `visitor`, `path` (with query), `now` and `csrf_token`.
    """
    who = visitor(request)
    query = f"?{request.url.query}" if request.url.query else ""
    body = services(request).templates.render(
        name,
        who.locale,
        {
            "visitor": who,
            "path": request.url.path + query,
            "now": clock.now(),
            "csrf_token": csrf.token(request),
            **context,
        },
    )
    response = HTMLResponse(body, status, headers={"Cache-Control": "no-store"})
    csrf.remember(request, response)
    return response


def go(path: str) -> RedirectResponse:
    """Send the browser to a page after an action (303: by GET)."""
    return RedirectResponse(path, 303)


def known_visitor(request: Request) -> Visitor:
    """The visitor, who must have logged in.

    Raises:
        LoginNeeded: nobody has.
    """
    who = visitor(request)
    if who.account_id is None:
        raise LoginNeeded
    return who


def staff_visitor(request: Request) -> Visitor:
    """The visitor, who must be staff; for others there is no such page.

    Raises:
        LoginNeeded: nobody has logged in.
        NotFound: the visitor is not staff.
    """
    who = known_visitor(request)
    if not who.is_staff:
        raise NotFound
    return who
