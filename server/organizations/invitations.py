"""A mailed invitation: looked at by GET, accepted by POST, which logs in too."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import actions as accounts
from server.accounts import links
from server.accounts.entering import browser_of, logged_in, unless_spent
from server.accounts.links import LinkKind
from server.core import clock
from server.organizations import actions, mails
from server.organizations.models import MembershipRole
from server.web.forms import Form, bind
from server.web.pages import page
from server.web.services import services

KINDS: Final = (LinkKind.INVITATION,)


@unless_spent
async def show(request: Request) -> Response:
    """GET /invitation/{token}: who invites to what. Looking does not spend it."""
    async with services(request).database.reading() as db:
        link = await links.look(db, request.path_params["token"], kinds=KINDS, now=clock.now())
        invitation = await mails.invitation(db, link)
    return page(request, "organizations/invitation.html", link=link, invitation=invitation)


@unless_spent
async def accept(request: Request) -> Response:
    """POST /invitation/{token}: belong to the organization, log in, and go there."""
    await bind(request, Form)
    now = clock.now()
    async with services(request).database.writing() as db:
        link = await links.look(db, request.path_params["token"], kinds=KINDS, now=now)
        invitation = await mails.invitation(db, link)
        token = await accounts.enter_by_link(db, link, browser=browser_of(request), now=now)
        assert link.account_id
        await actions.accept(db, invitation.organization.id, account_id=link.account_id, now=now)
    manages = invitation.membership.role is MembershipRole.MANAGER
    office = f"/organizations/{invitation.organization.id}"
    return logged_in(request, token, office if manages else link.target)


routes = [
    Route("/invitation/{token}", show, methods=["GET"]),
    Route("/invitation/{token}", accept, methods=["POST"]),
]
