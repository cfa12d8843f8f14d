"""Public pages: the front page and an event with its sessions."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.events import queries
from server.events.models import Session
from server.events.rules import Door, Phase, door, phase
from server.web.pages import page
from server.web.services import services
from server.web.visitor import visitor


class SessionRow(NamedTuple):
    """A session as the event page shows it."""

    session: Session
    phase: Phase
    door: Door


async def home(request: Request) -> Response:
    """GET /"""
    now = clock.now()
    async with services(request).database.reading() as db:
        coming = await queries.coming(db, now)
        past = await queries.past(db, now)
    return page(request, "events/home.html", coming=coming, past=past)


async def show(request: Request) -> Response:
    """GET /e/{slug}"""
    now, who = clock.now(), visitor(request)
    async with services(request).database.reading() as db:
        event = await queries.published(db, request.path_params["slug"])
        sessions = await queries.sessions_of(db, event)
        mine = await queries.participation_of(db, event, who.account_id) if who.account_id else None
    rows = [SessionRow(session, phase(session, now), door(session, now)) for session in sessions]
    return page(request, "events/show.html", event=event, rows=rows, participation=mine)


routes = [
    Route("/", home, methods=["GET"]),
    Route("/e/{slug}", show, methods=["GET"]),
]
