"""The mailed invitation of a mentor: looked at by GET, answered by POST with yes or no."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import links
from server.accounts import queries as account_queries
from server.accounts.entering import browser_of, logged_in, unless_spent
from server.accounts.links import LinkKind
from server.core import clock
from server.mentoring import mails
from server.mentoring.forms import AnswerForm
from server.mentoring.mentors import actions as mentors
from server.web.forms import Bound, bind
from server.web.pages import page
from server.web.services import services

KINDS: Final = (LinkKind.MENTOR,)


@unless_spent
async def show(request: Request) -> Response:
    """GET /mentoring/{token}: who asks for what. Looking does not spend it."""
    return await _page(request, Bound[Any](None))


@unless_spent
async def answer(request: Request) -> Response:
    """POST /mentoring/{token}: a yes logs in and leads to the profile; a no is told."""
    form, now = await bind(request, AnswerForm), clock.now()
    if form.values is None:
        return await _page(request, form, status=422)
    async with services(request).database.writing() as db:
        link = await links.look(db, request.path_params["token"], kinds=KINDS, now=now)
        if form.values.answer == "no":
            event = await mentors.decline(db, link, now=now)
            token = ""
        else:
            event, token = await mentors.accept(
                db,
                link,
                name=form.values.name,
                reading=form.values.reading,
                browser=browser_of(request),
                now=now,
            )
    if not token:
        return page(request, "mentoring/declined.html", event=event)
    return logged_in(request, token, f"/e/{event.slug}/mentor/profile?welcome=1")


async def _page(request: Request, form: Bound[Any], *, status: int = 200) -> Response:
    async with services(request).database.reading() as db:
        link = await links.look(db, request.path_params["token"], kinds=KINDS, now=clock.now())
        offer = await mails.mentor_offer(db, link)
        is_known = await account_queries.is_verified(db, offer.account.id)
    raw = form.raw or {"name": offer.account.name, "reading": offer.account.reading}
    return page(
        request,
        "mentoring/mentor_invitation.html",
        status=status,
        event=offer.event,
        offer=offer,
        link=link,
        known=offer.account if is_known else None,
        form=Bound[Any](None, form.errors, raw),
    )


routes = [
    Route("/mentoring/{token}", show, methods=["GET"]),
    Route("/mentoring/{token}", answer, methods=["POST"]),
]
