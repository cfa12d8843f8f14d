"""Attendance at the organizer's desk: who was in a session, to look at and to take away."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.accounts.mails import recipients_of
from server.core import clock
from server.core.db import Db
from server.core.errors import NotFound
from server.events import queries as events
from server.events.access import Desk, at_desk
from server.events.models import Session
from server.events.roles import Capability, can
from server.records import drawing, export
from server.records.drawing import Bars
from server.records.listing import Line, Listing, Show, default, listing
from server.web.pages import known_visitor, page
from server.web.services import services
from server.web.sheet import csv_response


class Row(NamedTuple):
    """A person as the page shows one: with bars, and the same in words."""

    line: Line
    bars: Bars
    words: str


async def show(request: Request) -> Response:
    """GET /manage/{slug}/attendance: a session's people, their time there and a verdict."""
    now, wanted = clock.now(), _show(request)
    async with services(request).database.reading() as db:
        desk = await _desk(db, request, Capability.PEOPLE_READ)
        sessions = await events.sessions_of(db, desk.event)
        session = _chosen(request, sessions) or default(sessions, now)
        found = await listing(db, session, now=now) if session else None
    return page(
        request,
        "records/attendance.html",
        event=desk.event,
        sessions=sessions,
        found=found,
        running=session is not None and session.starts_at <= now < session.ends_at,
        show=wanted,
        choices=list(Show),
        may_export=can(desk.roles, Capability.RECORDS_EXPORT),
        rows=_rows(found, wanted, desk) if found else [],
        drawing=drawing,
    )


async def download(request: Request) -> Response:
    """GET /manage/{slug}/attendance.csv: exactly the rows that the page shows."""
    who, now = known_visitor(request), clock.now()
    async with services(request).database.reading() as db:
        desk = await _desk(db, request, Capability.RECORDS_EXPORT)
        sessions = await events.sessions_of(db, desk.event)
        session = _chosen(request, sessions) or default(sessions, now)
        if session is None:
            raise NotFound(event=desk.event.slug)
        lines = (await listing(db, session, now=now)).shown(_show(request))
        readers = await recipients_of(db, {line.person.account_id for line in lines})
    async with services(request).database.writing() as db:
        await audit.note(
            db,
            actor=who.account_id,
            verb="attendance.exported",
            object=audit.about("session", session.id),
            now=now,
            rows=len(lines),
        )
    return csv_response(
        export.name(desk.event, session, who.locale),
        export.header(who.locale),
        export.rows(lines, readers, event=desk.event, session=session, locale=who.locale),
    )


async def _desk(db: Db, request: Request, capability: Capability) -> Desk:
    who = known_visitor(request)
    assert who.account_id is not None
    slug = request.path_params["slug"]
    return await at_desk(db, slug=slug, account_id=who.account_id, capability=capability)


def _chosen(request: Request, sessions: list[Session]) -> Session | None:
    """The session that the address names; None where it names none.

    Raises:
        NotFound: it names one that the event does not have.
    """
    number = request.query_params.get("session", "")
    if not number:
        return None
    found = next((each for each in sessions if str(each.number) == number), None)
    if found is None:
        raise NotFound(session=number)
    return found


def _show(request: Request) -> Show:
    wish = request.query_params.get("show", "")
    return next((choice for choice in Show if choice == wish), Show.ALL)


def _rows(found: Listing, wanted: Show, desk: Desk) -> list[Row]:
    zone = ZoneInfo(desk.event.zone)
    return [
        Row(line, drawing.bars(line, found), export.in_words(line.spans, zone))
        for line in found.shown(wanted)
    ]


routes = [
    Route("/manage/{slug}/attendance", show, methods=["GET"]),
    Route("/manage/{slug}/attendance.csv", download, methods=["GET"]),
]
