"""Addresses that an event had before lead to where it is now."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.core.errors import NotFound
from server.events import queries
from server.web.services import services

Handler = Callable[[Request], Awaitable[Response]]
FOR_GOOD: Final = 301


def follows_slugs(handler: Handler) -> Handler:
    """A page under `/e/{slug}` that former slugs lead to, the rest of the address kept.

    Only who finds nothing asks, so an address that is right costs no query.
    """

    @wraps(handler)
    async def follow(request: Request) -> Response:
        try:
            return await handler(request)
        except NotFound:
            former = request.path_params["slug"]
            async with services(request).database.reading() as db:
                present = await queries.present_slug(db, former)
            if present is None:
                raise
            return RedirectResponse(_moved(request, former, present), FOR_GOOD)

    return follow


def _moved(request: Request, former: str, present: str) -> str:
    rest = request.url.path.removeprefix(f"/e/{former}")
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/e/{present}{rest}{query}"
