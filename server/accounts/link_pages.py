"""Mailed links, and the first staff link: looked at by GET, spent by POST."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import actions, links, passwords
from server.accounts.actions import AddressTaken
from server.accounts.entering import browser_of, logged_in, unless_spent
from server.accounts.forms import FirstStaffForm
from server.accounts.links import LinkKind
from server.core import clock
from server.web.errors import text_of
from server.web.forms import Bound, Form, bind
from server.web.pages import page
from server.web.services import services
from server.web.visitor import HOME, local_path, visitor

KINDS: Final = (LinkKind.LOGIN, LinkKind.FIRST_STAFF)


@unless_spent
async def show_link(request: Request) -> Response:
    """GET /link/{token}: what the link is for. Looking does not spend it."""
    async with services(request).database.reading() as db:
        link = await links.look(db, request.path_params["token"], kinds=KINDS, now=clock.now())
    if link.kind == LinkKind.LOGIN:
        return page(request, "accounts/link.html", link=link)
    return page(request, "accounts/first_staff.html", form=Bound[FirstStaffForm](None))


@unless_spent
async def spend_link(request: Request) -> Response:
    """POST /link/{token}: spend it, and go in."""
    async with services(request).database.reading() as db:
        link = await links.look(db, request.path_params["token"], kinds=KINDS, now=clock.now())
    if link.kind == LinkKind.LOGIN:
        return await _enter(request)
    return await _become_first_staff(request)


async def _enter(request: Request) -> Response:
    """By a mailed link: the address is proven, this browser logged in."""
    await bind(request, Form)
    now = clock.now()
    async with services(request).database.writing() as db:
        link = await links.look(db, request.path_params["token"], kinds=KINDS, now=now)
        token = await actions.enter_by_link(db, link, browser=browser_of(request), now=now)
    return logged_in(request, token, local_path(request, link.target, otherwise=HOME))


async def _become_first_staff(request: Request) -> Response:
    form = await bind(request, FirstStaffForm)
    if form.values is None:
        return page(request, "accounts/first_staff.html", status=422, form=form)
    password_hash = await passwords.hashed(form.values.password)
    now = clock.now()
    try:
        async with services(request).database.writing() as db:
            link = await links.look(db, request.path_params["token"], kinds=KINDS, now=now)
            token = await actions.become_first_staff(
                db,
                link,
                name=form.values.name,
                address=form.values.address,
                password_hash=password_hash,
                locale=visitor(request).locale,
                browser=browser_of(request),
                now=now,
            )
    except AddressTaken as error:
        sentence = {"address": text_of(error, visitor(request).locale)}
        again = Bound[FirstStaffForm](None, sentence, form.raw)
        return page(request, "accounts/first_staff.html", status=409, form=again)
    return logged_in(request, token, "/")


routes = [
    Route("/link/{token}", show_link, methods=["GET"]),
    Route("/link/{token}", spend_link, methods=["POST"]),
]
