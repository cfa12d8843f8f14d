"""Accounts for staff: find one, end its logins, make it one of staff."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import actions, audit, logins, queries
from server.accounts.browsers import described
from server.accounts.forms import StaffForm
from server.accounts.rules import LastStaff
from server.core import clock
from server.web.errors import status_of, text_of
from server.web.forms import Form, bind
from server.web.listing import PAGE, Paging, wanted
from server.web.pages import go, page, staff_visitor
from server.web.services import services


async def enter(request: Request) -> Response:
    """GET /staff/: to the first of staff's pages."""
    staff_visitor(request)
    return go("/staff/accounts")


async def show_all(request: Request) -> Response:
    """GET /staff/accounts: all, by reading, with a search."""
    staff_visitor(request)
    search = wanted(request)
    async with services(request).database.reading() as db:
        rows = await queries.listed(db, search.text, offset=search.offset, limit=PAGE)
        total = await queries.count(db, search.text)
        ids = [row.id for row in rows]
        addresses = await queries.addresses_of(db, ids)
        last_seen = await logins.last_seen(db, ids)
    return page(
        request,
        "accounts/staff_list.html",
        rows=rows,
        addresses=addresses,
        last_seen=last_seen,
        paging=Paging(search, total),
    )


async def show(request: Request) -> Response:
    """GET /staff/accounts/{id}"""
    return await _page(request)


async def make_staff(request: Request) -> Response:
    """POST /staff/accounts/{id}/staff: one of staff, or no longer; never nobody."""
    who = staff_visitor(request)
    assert who.account_id
    form = await bind(request, StaffForm)
    if form.values is None:
        return await _page(request, status=422)
    account_id = request.path_params["id"]
    try:
        async with services(request).database.writing() as db:
            await actions.make_staff(
                db,
                account_id,
                is_staff=form.values.is_staff,
                actor=who.account_id,
                now=clock.now(),
            )
    except LastStaff as error:
        problem = text_of(error, who.locale)
        return await _page(request, problem=problem, status=status_of(error))
    if account_id == who.account_id:
        return go("/")  # staff's pages are not theirs any more
    return go(f"/staff/accounts/{account_id}")


async def end_logins(request: Request) -> Response:
    """POST /staff/accounts/{id}/logins/end: log the person out everywhere."""
    who = staff_visitor(request)
    assert who.account_id
    await bind(request, Form)
    account_id = request.path_params["id"]
    async with services(request).database.writing() as db:
        await actions.end_logins(db, account_id, actor=who.account_id, now=clock.now())
    return go(f"/staff/accounts/{account_id}")


async def _page(request: Request, *, problem: str = "", status: int = 200) -> Response:
    staff_visitor(request)
    account_id, found = request.path_params["id"], services(request)
    lasts = timedelta(days=found.settings.login_days)
    async with found.database.reading() as db:
        account = await queries.by_id(db, account_id)
        addresses = await queries.own_addresses(db, account_id)
        live = await logins.live(db, account_id, now=clock.now(), lasts=lasts)
        acts = await audit.of(db, audit.about("account", account_id))
    return page(
        request,
        "accounts/staff_show.html",
        status=status,
        account=account,
        addresses=addresses,
        logins=[(login, described(login.browser)) for login in live],
        acts=acts,
        problem=problem,
    )


routes = [
    Route("/staff/", enter, methods=["GET"]),
    Route("/staff/accounts", show_all, methods=["GET"]),
    Route("/staff/accounts/{id:uuid}", show, methods=["GET"]),
    Route("/staff/accounts/{id:uuid}/staff", make_staff, methods=["POST"]),
    Route("/staff/accounts/{id:uuid}/logins/end", end_logins, methods=["POST"]),
]
