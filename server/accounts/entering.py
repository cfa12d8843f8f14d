"""What pages share when a browser comes in, goes out, or has a mail sent."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from server.accounts import links
from server.accounts.links import LinkSpent
from server.web.forms import Bound, Form
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.throttle import (
    PER_IP,
    PER_PERSON,
    PER_READER,
    PER_READER_AND_IP,
    TooManyMails,
)
from server.web.visitor import HOME, LOGIN_COOKIE, local_path, set_cookie


def logged_in(request: Request, token: str, then: str) -> Response:
    """Give a browser its login, and go on."""
    settings = services(request).settings
    response = go(then)
    seconds = int(timedelta(days=settings.login_days).total_seconds())
    set_cookie(response, LOGIN_COOKIE, token, secure=settings.secure, seconds=seconds)
    return response


def logged_out(request: Request, then: str) -> Response:
    """Take the login from a browser, and go on."""
    response = go(then)
    set_cookie(response, LOGIN_COOKIE, "", secure=services(request).settings.secure, seconds=0)
    return response


def unless_spent(
    handler: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """A page of a link, with its own answer (410) where the link cannot be used any more."""

    @wraps(handler)
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except LinkSpent:
            return await _spent(request)

    return guarded


async def _spent(request: Request) -> Response:
    """What is safe, and how to get a new link to the same place."""
    async with services(request).database.reading() as db:
        led_to = await links.target_of(db, request.path_params["token"])
    then = local_path(request, led_to, otherwise=HOME)
    form = Bound[Form](None, raw={"next": then})
    return page(request, "accounts/link_spent.html", status=410, form=form, then=then)


def browser_of(request: Request) -> str:
    """What the browser says that it is."""
    return request.headers.get("user-agent", "")


async def slow_down(request: Request, what: str, address: str) -> None:
    """Count a request for a mail to an address: in 15 minutes five of one IP and 20 in all, and
    300 a minute of one IP to whomever.

    What one IP may not have any more does not count for the address: whoever asks in the name of
    another takes little from its owner, who sits elsewhere.

    Raises:
        TooManyMails: this one is too many.
    """
    count = services(request).throttle.count
    caller = request.client.host if request.client else ""
    if not await count(PER_READER_AND_IP, what, address, caller):
        raise TooManyMails(minutes=15)
    if not await count(PER_READER, what, address):
        raise TooManyMails(minutes=15)
    if not await count(PER_IP, what, caller):
        raise TooManyMails(minutes=1)


async def slow_down_person(request: Request, what: str) -> None:
    """Count a mail that somebody who is known has sent to somebody else: 60 in an hour.

    Raises:
        TooManyMails: this one is too many.
    """
    sender = str(known_visitor(request).account_id)
    if not await services(request).throttle.count(PER_PERSON, what, sender):
        raise TooManyMails(minutes=60)
