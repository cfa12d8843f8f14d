"""One's own organizations: to which one belongs, which invite, and asking another."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts.entering import slow_down_person
from server.core import clock
from server.core.db import Db
from server.organizations import actions, queries
from server.organizations.rules import LastManager
from server.web.errors import status_of, text_of
from server.web.forms import Form, bind
from server.web.listing import wanted
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.throttle import TooMany

MOST_FOUND: Final = 20


async def show(request: Request) -> Response:
    """GET /organizations: one's own, and a search for others."""
    return await _page(request)


async def ask(request: Request) -> Response:
    """POST /organizations/{id}/ask: ask to belong; its managers get a mail."""

    async def do(db: Db, account_id: UUID, now: datetime) -> None:
        await actions.ask(db, request.path_params["id"], account_id=account_id, now=now)

    return await _done(request, do, mails=True)


async def accept(request: Request) -> Response:
    """POST /organizations/{id}/accept: say yes to an invitation."""

    async def do(db: Db, account_id: UUID, now: datetime) -> None:
        await actions.accept(db, request.path_params["id"], account_id=account_id, now=now)

    return await _done(request, do)


async def leave(request: Request) -> Response:
    """POST /organizations/{id}/leave: leave, take a wish back, or say no to an invitation."""

    async def do(db: Db, account_id: UUID, now: datetime) -> None:
        await actions.leave(db, request.path_params["id"], account_id=account_id, now=now)

    return await _done(request, do)


async def _done(
    request: Request,
    do: Callable[[Db, UUID, datetime], Awaitable[None]],
    *,
    mails: bool = False,
) -> Response:
    """`mails`: others get a mail by it, so that nobody does it all day."""
    who = known_visitor(request)
    assert who.account_id
    await bind(request, Form)
    try:
        if mails:
            await slow_down_person(request, "membership")
        async with services(request).database.writing() as db:
            await do(db, who.account_id, clock.now())
    except (LastManager, TooMany) as error:
        return await _page(request, problem=text_of(error, who.locale), status=status_of(error))
    return go("/organizations")


async def _page(request: Request, *, problem: str = "", status: int = 200) -> Response:
    who, search = known_visitor(request), wanted(request).text
    assert who.account_id
    async with services(request).database.reading() as db:
        mine = await queries.mine(db, who.account_id)
        managed = [row.organization_id for row, _ in mine]
        counts = await queries.counts(db, managed)
        found = await queries.listed(db, search, offset=0, limit=MOST_FOUND) if search else []
    return page(
        request,
        "organizations/mine.html",
        status=status,
        mine=mine,
        states={row.organization_id: row.state for row, _ in mine},
        counts=counts,
        search=search,
        found=found,
        most_found=MOST_FOUND,
        problem=problem,
    )


routes = [
    Route("/organizations", show, methods=["GET"]),
    Route("/organizations/{id:uuid}/ask", ask, methods=["POST"]),
    Route("/organizations/{id:uuid}/accept", accept, methods=["POST"]),
    Route("/organizations/{id:uuid}/leave", leave, methods=["POST"]),
]
