"""Public pages: the front page and an event with its sessions."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.events import queries
from server.events.models import Event, Role, Session
from server.events.rules import Door, Phase, door, phase
from server.web.pages import page
from server.web.services import services
from server.web.visitor import visitor


class SessionRow(NamedTuple):
    """A session as the event page shows it."""

    session: Session
    date: date  # in the event's zone
    phase: Phase
    door: Door
    next: bool  # the first that has not begun


async def home(request: Request) -> Response:
    """GET /"""
    now = clock.now()
    async with services(request).database.reading() as db:
        coming = await queries.coming(db, now)
        past = await queries.past(db, now)
        people = await queries.people_of(db, [*coming, *past])
    everybody = sum((Counter(people[event.id]) for event in coming), Counter[Role]())
    return page(
        request,
        "events/home.html",
        coming=coming,
        past=past,
        people=people,
        everybody=everybody,
    )


async def show(request: Request) -> Response:
    """GET /e/{slug}"""
    now, who = clock.now(), visitor(request)
    async with services(request).database.reading() as db:
        event = await queries.published(db, request.path_params["slug"])
        sessions = await queries.sessions_of(db, event)
        mine = await queries.participation_of(db, event, who.account_id) if who.account_id else None
        seated = bool(mine and await queries.roles_of(db, mine.id))  # who waits has no role yet
        people = (await queries.people_of(db, [event]))[event.id]
    return page(
        request,
        "events/show.html",
        event=event,
        rows=list(_rows(event, sessions, now)),
        participation=mine if seated else None,
        people=people,
    )


def _rows(event: Event, sessions: list[Session], now: datetime) -> Iterator[SessionRow]:
    to_come = next((session for session in sessions if session.starts_at > now), None)
    zone = ZoneInfo(event.zone)
    for session in sessions:
        day = session.starts_at.astimezone(zone).date()
        yield SessionRow(session, day, phase(session, now), door(session, now), session is to_come)


routes = [
    Route("/", home, methods=["GET"]),
    Route("/e/{slug}", show, methods=["GET"]),
]
