"""An organization for its managers: who belongs, who waits, who is invited."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.organizations import office
from server.organizations.forms import InviteForm
from server.organizations.office import Problem
from server.web.forms import Bound
from server.web.pages import go, known_visitor, page
from server.web.services import services


async def show(request: Request) -> Response:
    """GET /organizations/{id}: for its managers, and staff."""
    return await _page(request)


async def decide(request: Request) -> Response:
    """POST /organizations/{id}/members/{account}: a manager decides about somebody."""
    problem = await office.decide(request, known_visitor(request))
    if problem is not None:
        return await _page(request, problem=problem)
    return go(f"/organizations/{request.path_params['id']}")


async def invite(request: Request) -> Response:
    """POST /organizations/{id}/invite: a manager invites somebody by mail."""
    form, status = await office.invite(request, known_visitor(request))
    if form.errors:
        return await _page(request, form=form, status=status)
    return go(f"/organizations/{request.path_params['id']}")


async def _page(
    request: Request,
    *,
    form: Bound[InviteForm] | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> Response:
    who, organization_id = known_visitor(request), request.path_params["id"]
    async with services(request).database.reading() as db:
        await office.ensure_in_charge(db, organization_id, who)
        shown = await office.read(db, organization_id)
    return page(
        request,
        "organizations/show.html",
        status=problem.status if problem else status,
        office=shown,
        form=form or Bound[InviteForm](None),
        problem=problem,
    )


routes = [
    Route("/organizations/{id:uuid}", show, methods=["GET"]),
    Route("/organizations/{id:uuid}/members/{account:uuid}", decide, methods=["POST"]),
    Route("/organizations/{id:uuid}/invite", invite, methods=["POST"]),
]
