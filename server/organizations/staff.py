"""Organizations for staff: all of them, found one, let one host, name its managers."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.core import clock
from server.organizations import actions, office, queries
from server.organizations.forms import EditForm, HostForm, InviteForm, OrganizationForm
from server.organizations.office import Problem
from server.organizations.rules import OrganizationChanged, OrganizationNameTaken
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.listing import PAGE, Paging, wanted
from server.web.pages import go, page, staff_visitor
from server.web.services import services


async def show_all(request: Request) -> Response:
    """GET /staff/organizations: all, by name, with a search."""
    return await _list(request, Bound[OrganizationForm](None))


async def found(request: Request) -> Response:
    """POST /staff/organizations: found one."""
    who = staff_visitor(request)
    assert who.account_id
    form = await bind(request, OrganizationForm)
    if form.values is None:
        return await _list(request, form, status=422)
    try:
        async with services(request).database.writing() as db:
            organization = await actions.found(
                db,
                name=form.values.name,
                region=form.values.region,
                actor=who.account_id,
                now=clock.now(),
            )
    except OrganizationNameTaken as error:
        again = Bound[OrganizationForm](None, {"name": text_of(error, who.locale)}, form.raw)
        return await _list(request, again, status=status_of(error))
    return go(_at(organization.id))


async def show(request: Request) -> Response:
    """GET /staff/organizations/{id}"""
    staff_visitor(request)
    return await _page(request)


async def edit(request: Request) -> Response:
    """POST /staff/organizations/{id}: another name or region."""
    who = staff_visitor(request)
    assert who.account_id
    organization_id = request.path_params["id"]
    form = await bind(request, EditForm)
    if form.values is None:
        return await _page(request, edit=form, status=422)
    try:
        async with services(request).database.writing() as db:
            await actions.edit(
                db,
                organization_id,
                name=form.values.name,
                region=form.values.region,
                v=form.values.v,
                actor=who.account_id,
                now=clock.now(),
            )
    except (OrganizationNameTaken, OrganizationChanged) as error:
        again = Bound[EditForm](None, {"name": text_of(error, who.locale)}, form.raw)
        return await _page(request, edit=again, status=status_of(error))
    return go(_at(organization_id))


async def let_host(request: Request) -> Response:
    """POST /staff/organizations/{id}/host: its managers may create events, or no longer."""
    who = staff_visitor(request)
    assert who.account_id
    form = await bind(request, HostForm)
    may_host = form.values is not None and form.values.may_host
    organization_id = request.path_params["id"]
    async with services(request).database.writing() as db:
        await actions.let_host(
            db, organization_id, may_host=may_host, actor=who.account_id, now=clock.now()
        )
    return go(_at(organization_id))


async def decide(request: Request) -> Response:
    """POST /staff/organizations/{id}/members/{account}: staff decide about somebody."""
    problem = await office.decide(request, staff_visitor(request))
    if problem is not None:
        return await _page(request, problem=problem)
    return go(_at(request.path_params["id"]))


async def invite(request: Request) -> Response:
    """POST /staff/organizations/{id}/invite: staff invite a manager or member by mail."""
    form, status = await office.invite(request, staff_visitor(request))
    if form.errors:
        return await _page(request, invitation=form, status=status)
    return go(_at(request.path_params["id"]))


def _at(organization_id: object) -> str:
    return f"/staff/organizations/{organization_id}"


async def _list(request: Request, form: Bound[OrganizationForm], *, status: int = 200) -> Response:
    staff_visitor(request)
    search = wanted(request)
    async with services(request).database.reading() as db:
        rows = await queries.listed(db, search.text, offset=search.offset, limit=PAGE)
        total = await queries.count(db, search.text)
        counts = await queries.counts(db, [row.id for row in rows])
    return page(
        request,
        "organizations/staff_list.html",
        status=status,
        rows=rows,
        counts=counts,
        paging=Paging(search, total),
        form=form,
    )


async def _page(
    request: Request,
    *,
    edit: Bound[EditForm] | None = None,
    invitation: Bound[InviteForm] | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> Response:
    organization_id = request.path_params["id"]
    async with services(request).database.reading() as db:
        shown = await office.read(db, organization_id)
        acts = await audit.of(db, audit.about("organization", organization_id))
    there = shown.organization
    as_it_is = {"name": there.name, "region": there.region}
    return page(
        request,
        "organizations/staff_show.html",
        status=problem.status if problem else status,
        office=shown,
        acts=acts,
        edit=edit or Bound[EditForm](None, {}, as_it_is),
        form=invitation or Bound[InviteForm](None),
        problem=problem,
    )


routes = [
    Route("/staff/organizations", show_all, methods=["GET"]),
    Route("/staff/organizations", found, methods=["POST"]),
    Route("/staff/organizations/{id:uuid}", show, methods=["GET"]),
    Route("/staff/organizations/{id:uuid}", edit, methods=["POST"]),
    Route("/staff/organizations/{id:uuid}/host", let_host, methods=["POST"]),
    Route("/staff/organizations/{id:uuid}/members/{account:uuid}", decide, methods=["POST"]),
    Route("/staff/organizations/{id:uuid}/invite", invite, methods=["POST"]),
]
