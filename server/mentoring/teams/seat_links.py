"""The links of seats: looked at by GET; by POST a mailed one is sat down with, a printed one gets
an address that mail can go to.
"""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import links
from server.accounts import queries as account_queries
from server.accounts.entering import browser_of, logged_in, slow_down, unless_spent
from server.accounts.links import LinkKind
from server.core import clock
from server.mentoring import mails
from server.mentoring.forms import PaperForm, SeatForm
from server.mentoring.teams import seats
from server.mentoring.teams.members import Somebody
from server.web.errors import text_of
from server.web.forms import Bound, bind
from server.web.pages import page
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor

MAILED: Final = (LinkKind.TEAM_SEAT,)
PRINTED: Final = (LinkKind.TEAM_PAPER,)


@unless_spent
async def show(request: Request) -> Response:
    """GET /seat/{token}: who offers which seat. Looking does not spend it."""
    return await _page(request, Bound[Any](None))


@unless_spent
async def answer(request: Request) -> Response:
    """POST /seat/{token}"""
    async with services(request).database.reading() as db:
        link = await links.look(
            db, request.path_params["token"], kinds=MAILED + PRINTED, now=clock.now()
        )
    return await (_sit_down if link.kind in MAILED else _name_address)(request)


async def _sit_down(request: Request) -> Response:
    form, now = await bind(request, SeatForm), clock.now()
    if form.values is None:
        return await _page(request, form, status=422)
    async with services(request).database.writing() as db:
        link = await links.look(db, request.path_params["token"], kinds=MAILED, now=now)
        confirmed = await seats.confirm(
            db,
            link,
            name=form.values.name,
            reading=form.values.reading,
            browser=browser_of(request),
            now=now,
        )
    place = f"/e/{confirmed.event.slug}/team/{confirmed.team.number}"
    return logged_in(request, confirmed.token, f"{place}?registered=1")


async def _name_address(request: Request) -> Response:
    form, who, now = await bind(request, PaperForm), visitor(request), clock.now()
    if form.values is None:
        return await _page(request, form, status=422)
    person = Somebody(form.values.name, form.values.reading, form.values.address)
    try:
        await slow_down(request, "register", account_queries.canonical(person.address))
    except TooMany as error:
        wrong = Bound[Any](None, {"address": text_of(error, who.locale)}, form.raw)
        return await _page(request, wrong, status=429)
    async with services(request).database.writing() as db:
        link = await links.look(db, request.path_params["token"], kinds=PRINTED, now=now)
        offer = await seats.name_address(db, link, person, locale=who.locale, now=now)
    return page(request, "mentoring/sent.html", event=offer.event, address=person.address)


async def _page(request: Request, form: Bound[Any], *, status: int = 200) -> Response:
    async with services(request).database.reading() as db:
        link = await links.look(
            db, request.path_params["token"], kinds=MAILED + PRINTED, now=clock.now()
        )
        offer = await mails.seat_offer(db, link)
        account = await account_queries.by_id(db, link.account_id) if link.account_id else None
        is_known = bool(account and await account_queries.is_verified(db, account.id))
    raw = form.raw or {"name": offer.member.name, "reading": offer.member.reading}
    return page(
        request,
        "mentoring/seat.html",
        status=status,
        event=offer.event,
        offer=offer,
        link=link,
        printed=link.kind in PRINTED,
        known=account if is_known else None,
        form=Bound[Any](None, form.errors, raw),
    )


routes = [
    Route("/seat/{token}", show, methods=["GET"]),
    Route("/seat/{token}", answer, methods=["POST"]),
]
