"""Events begin: from nothing, or after the model of another."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import DomainError
from server.events import actions, queries
from server.events.actions import SlugTaken
from server.organizations import queries as organizations
from server.programme.at_editor import edited, editor_of
from server.programme.forms import DuplicateForm, NewEventForm
from server.web.errors import text_of
from server.web.forms import Bound, bind
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.visitor import visitor


class NotHosting(DomainError):
    """The person manages no organization of this id that may host events."""

    code = "not_hosting"


async def index(request: Request) -> Response:
    """GET /manage: the events that one organizes."""
    who = known_visitor(request)
    assert who.account_id is not None
    async with services(request).database.reading() as db:
        events = await queries.organized_by(db, who.account_id)
        hosts = await organizations.hosting(db, who.account_id)
    return page(request, "programme/index.html", events=events, hosts=hosts)


async def show_new(request: Request) -> Response:
    """GET /manage/new"""
    return await _new(request, Bound(None))


async def create(request: Request) -> Response:
    """POST /manage/new: begin an event."""
    who = known_visitor(request)
    assert who.account_id is not None
    form = await bind(request, NewEventForm)
    if form.values is None:
        return await _new(request, form, status=422)
    try:
        async with services(request).database.writing() as db:
            hosts = {each.id: each for each in await organizations.hosting(db, who.account_id)}
            if form.values.organization not in hosts:
                raise NotHosting
            event = await actions.create(
                db,
                organization_id=form.values.organization,
                creator_id=who.account_id,
                slug=form.values.slug,
                kind=form.values.kind,
                title=form.values.texts,
                starts_at=form.values.starts_at,
                ends_at=form.values.ends_at,
                now=clock.now(),
            )
    except SlugTaken as error:
        return await _new(request, _with(request, form, "slug", error), status=409)
    return go(f"/manage/{event.slug}/sessions")


async def show_duplicate(request: Request) -> Response:
    """GET /manage/{slug}/duplicate"""
    return await _duplicate(request, Bound(None))


async def duplicate(request: Request) -> Response:
    """POST /manage/{slug}/duplicate: a new draft after the model of this event."""
    form = await bind(request, DuplicateForm)
    if form.values is None:
        return await _duplicate(request, form, status=422)
    try:
        async with services(request).database.writing() as db:
            event = await edited(db, request)
            made = await actions.duplicate(
                db,
                event,
                slug=form.values.slug,
                to=form.values.day,
                actor=editor_of(request),
                now=clock.now(),
            )
    except SlugTaken as error:
        return await _duplicate(request, _with(request, form, "slug", error), status=409)
    return go(f"/manage/{made.slug}/sessions")


async def _new(request: Request, form: Bound[Any], *, status: int = 200) -> Response:
    who = known_visitor(request)
    assert who.account_id is not None
    async with services(request).database.reading() as db:
        hosts = await organizations.hosting(db, who.account_id)
    return page(request, "programme/new.html", status=status, form=form, hosts=hosts)


async def _duplicate(request: Request, form: Bound[Any], *, status: int = 200) -> Response:
    async with services(request).database.reading() as db:
        event = await edited(db, request)
    return page(request, "programme/duplicate.html", status=status, form=form, event=event)


def _with(request: Request, form: Bound[Any], name: str, error: DomainError) -> Bound[Any]:
    return Bound(None, {name: text_of(error, visitor(request).locale)}, form.raw)


routes = [
    Route("/manage", index, methods=["GET"]),
    Route("/manage/new", show_new, methods=["GET"]),
    Route("/manage/new", create, methods=["POST"]),
    Route("/manage/{slug}/duplicate", show_duplicate, methods=["GET"]),
    Route("/manage/{slug}/duplicate", duplicate, methods=["POST"]),
]
