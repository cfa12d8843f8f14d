"""The editor: begin an event, write its programme, publish it, begin another after its model."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.events import actions, queries
from server.events.access import at_desk
from server.events.actions import DraftChanged, NotReady, SlugTaken
from server.events.draft import typed
from server.events.models import Event
from server.events.roles import Capability
from server.organizations import queries as organizations
from server.programme import queries as programme
from server.programme.compare import Compared, compared
from server.programme.editor import base_of, editing
from server.programme.event_page import event_page
from server.programme.forms import DuplicateForm, NewEventForm, PublishForm
from server.web.errors import text_of
from server.web.forms import Bound, bind, texts
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.visitor import visitor
from server.web.zones import zones

MOST_FIELDS: Final = 2000  # sixty sessions with all their texts, and to spare


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


class NotHosting(DomainError):
    """The person manages no organization of this id that may host events."""

    code = "not_hosting"


async def show(request: Request) -> Response:
    """GET /manage/{slug}/sessions: the editor."""
    return await _editor(request)


async def save(request: Request) -> Response:
    """POST /manage/{slug}/sessions: keep the draft; `do` says what else is to be done with it."""
    raw = await texts(request, most=MOST_FIELDS)
    mine, actor = typed(raw), _actor(request)
    async with services(request).database.writing() as db:
        event = await _event(db, request)
        merged = await actions.save(
            db, event, mine, base=base_of(raw), actor=actor, now=clock.now()
        )
        anchor = await _do(db, event, raw, actor)
    if merged.conflicts:
        return await _conflict(request, merged.conflicts)
    return go(f"/manage/{event.slug}/sessions{anchor}")


async def _do(db: Db, event: Event, raw: Mapping[str, str], actor: UUID) -> str:
    """What a button asks for beside saving; the part of the page to go on at."""
    verb, _, row = raw.get("do", "").partition(" ")
    now = clock.now()
    if verb == "add-session":
        number = await actions.add_session(
            db,
            event,
            title=raw.get("new-title", "").strip(),
            begins=raw.get("new-from", "").strip(),
            ends=raw.get("new-until", "").strip(),
            actor=actor,
            now=now,
        )
        return f"#s{number}"
    if verb == "add-topic":
        return f"#t{await actions.add_topic(db, event, actor=actor, now=now)}"
    if verb in ("take-out", "put-back"):
        await actions.take_out(db, event, row, out=verb == "take-out", actor=actor, now=now)
        return f"#{row}"
    return ""


async def discard(request: Request) -> Response:
    """POST /manage/{slug}/discard: throw the draft away."""
    await texts(request)
    async with services(request).database.writing() as db:
        event = await _event(db, request)
        await actions.discard(db, event)
    return go(f"/manage/{event.slug}/sessions")


async def publish(request: Request) -> Response:
    """POST /manage/{slug}/publish: the draft becomes what people see."""
    form = await bind(request, PublishForm)
    try:
        async with services(request).database.writing() as db:
            event = await _event(db, request)
            seen = form.values.v if form.values else 0
            await actions.publish(db, event, v=seen, actor=_actor(request), now=clock.now())
    except (NotReady, SlugTaken, DraftChanged) as error:
        return await _editor(request, refused=error, status=409)
    return go(f"/manage/{event.slug}/sessions?published={event.version}")


async def preview(request: Request) -> Response:
    """GET /manage/{slug}/preview: the event's page as the draft would make it.

    The draft is published in a transaction that is taken back.
    """
    now = clock.now()
    try:
        async with services(request).database.supposing() as db:
            event = await _event(db, request)
            version = await queries.draft_of(db, event)
            if version is not None:
                actor = _actor(request)
                await actions.publish(db, event, v=version.v, actor=actor, now=now)
            found = await programme.programme(db, event.slug, None)
            people = (await queries.people_of(db, [event]))[event.id]
    except (NotReady, SlugTaken) as error:
        return await _editor(request, refused=error, status=409)
    return event_page(request, found, people, now=now, preview=True)


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
            event = await _event(db, request)
            made = await actions.duplicate(
                db,
                event,
                slug=form.values.slug,
                to=form.values.day,
                actor=_actor(request),
                now=clock.now(),
            )
    except SlugTaken as error:
        return await _duplicate(request, _with(request, form, "slug", error), status=409)
    return go(f"/manage/{made.slug}/sessions")


async def _editor(
    request: Request, *, refused: DomainError | None = None, status: int = 200
) -> Response:
    who = visitor(request)
    async with services(request).database.reading() as db:
        event = await _event(db, request)
        shown = await editing(db, event)
    errors = shown.errors(who.locale, all_of_them=refused is not None)
    sentence = text_of(refused, who.locale) if refused else ""
    if isinstance(refused, SlugTaken):
        errors["slug"] = sentence
    return page(
        request,
        "programme/editor.html",
        status=status,
        event=event,
        editing=shown,
        draft=shown.draft,
        errors=errors,
        refused=sentence,
        published=request.query_params.get("published", ""),
        zones=zones(who.locale),
    )


async def _conflict(request: Request, mine: Mapping[str, str]) -> Response:
    """Both versions of what two people changed; the rest of what came is kept already."""
    async with services(request).database.reading() as db:
        event = await _event(db, request)
        shown = await editing(db, event)
    both: dict[str, Compared] = {
        name: compared(shown.draft.get(name, ""), text) for name, text in mine.items()
    }
    return page(
        request, "programme/conflict.html", status=409, event=event, editing=shown, both=both
    )


async def _new(request: Request, form: Bound[Any], *, status: int = 200) -> Response:
    who = known_visitor(request)
    assert who.account_id is not None
    async with services(request).database.reading() as db:
        hosts = await organizations.hosting(db, who.account_id)
    return page(request, "programme/new.html", status=status, form=form, hosts=hosts)


async def _duplicate(request: Request, form: Bound[Any], *, status: int = 200) -> Response:
    async with services(request).database.reading() as db:
        event = await _event(db, request)
    return page(request, "programme/duplicate.html", status=status, form=form, event=event)


async def _event(db: Db, request: Request) -> Event:
    found = await at_desk(
        db,
        slug=request.path_params["slug"],
        account_id=_actor(request),
        capability=Capability.EVENT_EDIT,
    )
    return found.event


def _actor(request: Request) -> UUID:
    account_id = known_visitor(request).account_id
    assert account_id is not None
    return account_id


def _with(request: Request, form: Bound[Any], name: str, error: DomainError) -> Bound[Any]:
    return Bound(None, {name: text_of(error, visitor(request).locale)}, form.raw)


routes = [
    Route("/manage", index, methods=["GET"]),
    Route("/manage/new", show_new, methods=["GET"]),
    Route("/manage/new", create, methods=["POST"]),
    Route("/manage/{slug}/sessions", show, methods=["GET"]),
    Route("/manage/{slug}/sessions", save, methods=["POST"]),
    Route("/manage/{slug}/discard", discard, methods=["POST"]),
    Route("/manage/{slug}/publish", publish, methods=["POST"]),
    Route("/manage/{slug}/preview", preview, methods=["GET"]),
    Route("/manage/{slug}/duplicate", show_duplicate, methods=["GET"]),
    Route("/manage/{slug}/duplicate", duplicate, methods=["POST"]),
]
