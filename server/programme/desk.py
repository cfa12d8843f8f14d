"""The editor: write an event's draft, look at it, publish it."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.events import actions, queries
from server.events.actions import DraftChanged, NotReady, SlugTaken
from server.events.draft import typed
from server.events.models import Event
from server.programme import queries as programme
from server.programme.at_editor import edited, editor_of
from server.programme.compare import Compared, compared
from server.programme.editor import base_of, editing
from server.programme.event_page import event_page
from server.programme.forms import PublishForm
from server.web.errors import text_of
from server.web.forms import bind, texts
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor
from server.web.zones import zones

MOST_FIELDS: Final = 2000  # sixty sessions with all their texts, and to spare


async def show(request: Request) -> Response:
    """GET /manage/{slug}/sessions: the editor."""
    return await _editor(request)


async def save(request: Request) -> Response:
    """POST /manage/{slug}/sessions: keep the draft; `do` says what else is to be done with it."""
    raw = await texts(request, most=MOST_FIELDS)
    mine, actor = typed(raw), editor_of(request)
    async with services(request).database.writing() as db:
        event = await edited(db, request)
        last = await queries.last_saved(db, event, but=actor)
        merged = await actions.save(
            db, event, mine, base=base_of(raw), actor=actor, now=clock.now()
        )
        anchor = await _do(db, event, raw, actor)
    if merged.conflicts:
        return await _conflict(request, merged.conflicts, last)
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
        event = await edited(db, request)
        await actions.discard(db, event)
    return go(f"/manage/{event.slug}/sessions")


async def publish(request: Request) -> Response:
    """POST /manage/{slug}/publish: the draft becomes what people see."""
    form = await bind(request, PublishForm)
    try:
        async with services(request).database.writing() as db:
            event = await edited(db, request)
            seen = form.values.v if form.values else 0
            await actions.publish(db, event, v=seen, actor=editor_of(request), now=clock.now())
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
            event = await edited(db, request)
            version = await queries.draft_of(db, event)
            if version is not None:
                actor = editor_of(request)
                await actions.publish(db, event, v=version.v, actor=actor, now=now)
            found = await programme.programme(db, event.slug, None)
            people = (await queries.people_of(db, [event]))[event.id]
    except (NotReady, SlugTaken) as error:
        return await _editor(request, refused=error, status=409)
    return event_page(request, found, people, now=now, preview=True)


async def _editor(
    request: Request, *, refused: DomainError | None = None, status: int = 200
) -> Response:
    who = visitor(request)
    async with services(request).database.reading() as db:
        event = await edited(db, request)
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


async def _conflict(
    request: Request, mine: Mapping[str, str], last: queries.Saved | None
) -> Response:
    """Both versions of what two people changed; the rest of what came is kept already."""
    async with services(request).database.reading() as db:
        event = await edited(db, request)
        shown = await editing(db, event)
    both: dict[str, Compared] = {
        name: compared(shown.draft.get(name, ""), text) for name, text in mine.items()
    }
    return page(
        request,
        "programme/conflict.html",
        status=409,
        event=event,
        editing=shown,
        both=both,
        last=last,
    )


routes = [
    Route("/manage/{slug}/sessions", show, methods=["GET"]),
    Route("/manage/{slug}/sessions", save, methods=["POST"]),
    Route("/manage/{slug}/discard", discard, methods=["POST"]),
    Route("/manage/{slug}/publish", publish, methods=["POST"]),
    Route("/manage/{slug}/preview", preview, methods=["GET"]),
]
