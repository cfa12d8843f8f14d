"""Public pages: the front page, an event, its programme, a session, and the calendar."""

from collections import Counter
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock, i18n
from server.core.i18n import LOCALES, Locale
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.events.models import Role
from server.mail.calendar import calendar
from server.programme import feed, grid, queries, rows, rules
from server.programme.event_page import event_page, host
from server.registration import seats
from server.web.pages import page
from server.web.services import services
from server.web.visitor import visitor

FRESH_SECONDS: Final = 300  # a calendar may be as old as this


async def home(request: Request) -> Response:
    """GET /"""
    now, who = clock.now(), visitor(request)
    async with services(request).database.reading() as db:
        coming = await events.coming(db, now)
        past = await events.past(db, now)
        people = await events.people_of(db, [*coming, *past])
        taken = await seats.of_events(db, [*coming, *past])
        standings = await queries.standings(db, coming, who.account_id)
    ways = {event.id: rules.way(event, taken[event.id], now) for event in coming}
    offered = [each for each in coming if rules.offers(standings[each.id], ways[each.id])]
    return page(
        request,
        "events/home.html",
        coming=coming,
        past=past,
        everybody=sum((Counter(people[event.id]) for event in coming), Counter[Role]()),
        free=sum(taken[event.id].free or 0 for event in coming),
        seats=taken,
        past_people={event.id: sum(people[event.id].values()) for event in past},
        lit={event.id for event in coming if rules.is_lit(event, now)},
        standings=standings,
        ways=ways,
        first=offered[0] if offered else None,
    )


@follows_slugs
async def show(request: Request) -> Response:
    """GET /e/{slug}"""
    now, who = clock.now(), visitor(request)
    async with services(request).database.reading() as db:
        found = await queries.programme(db, request.path_params["slug"], who.account_id)
        people = (await events.people_of(db, [found.event]))[found.event.id]
    return event_page(request, found, people, now=now)


@follows_slugs
async def schedule(request: Request) -> Response:
    """GET /e/{slug}/schedule: the programme. `?show=mine` or `all` chooses the seats shown."""
    now, who = clock.now(), visitor(request)
    async with services(request).database.reading() as db:
        found = await queries.programme(db, request.path_params["slug"], who.account_id)
    shown = rows.session_rows(found, now)
    chosen = request.query_params.get("show", "")
    other_zone = who.account_id is not None and _differs(who.zone, found.event.zone, now)
    return page(
        request,
        "events/schedule.html",
        event=found.event,
        rows=shown,
        days=grid.days(shown, found.topics, zone=found.event.zone, now=now),
        running=rows.running(shown),
        coming=rows.coming(shown),
        turning=_turning(shown, now),
        filtered=rows.has_seats(found),
        show=chosen if chosen in ("mine", "all") else "",
        zone=who.zone if other_zone else "",
        standing=found.standing,
        host=host(request),
    )


@follows_slugs
async def session(request: Request) -> Response:
    """GET /e/{slug}/s/{n}"""
    now, who = clock.now(), visitor(request)
    number = request.path_params["number"]
    async with services(request).database.reading() as db:
        found = await queries.programme(db, request.path_params["slug"], who.account_id)
        await events.session_of(db, found.event, number)
    row = next(each for each in rows.session_rows(found, now) if each.session.number == number)
    return page(
        request,
        "events/session.html",
        event=found.event,
        row=row,
        session=row.session,
        standing=found.standing,
        way=rules.way(found.event, found.seats, now),
        zone=who.zone
        if who.account_id and _differs(who.zone, found.event.zone, row.session.starts_at)
        else "",
        host=host(request),
    )


@follows_slugs
async def subscribed(request: Request) -> Response:
    """GET /e/{slug}/calendar.ics: all sessions. `?lang=` chooses, for calendars have no cookies."""
    async with services(request).database.reading() as db:
        event = await events.published(db, request.path_params["slug"])
        sessions = await events.sessions_of(db, event)
    locale = _asked_locale(request)
    public_url = services(request).settings.public_url
    made = feed.entries(event, sessions, locale=locale, public_url=public_url)
    name = i18n.pick(event.title, locale).body
    headers = {
        "ETag": feed.etag(name, made),
        "Cache-Control": f"public, max-age={FRESH_SECONDS}",
        "Vary": "Accept-Language, Cookie",
    }
    if headers["ETag"] in _known(request):
        return Response(status_code=304, headers=headers)
    body = calendar(made, now=clock.now(), name=name)
    headers["Content-Disposition"] = f'inline; filename="{event.slug}.ics"'
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _asked_locale(request: Request) -> Locale:
    asked = request.query_params.get("lang", "")
    return next((own for own in LOCALES if own == asked), visitor(request).locale)


def _known(request: Request) -> list[str]:
    return [each.strip() for each in request.headers.get("if-none-match", "").split(",")]


def _differs(zone: str, other: str, at: datetime) -> bool:
    """Whether the clocks of two zones show another time."""
    return at.astimezone(ZoneInfo(zone)).utcoffset() != at.astimezone(ZoneInfo(other)).utcoffset()


def _turning(shown: list[rows.SessionRow], now: datetime) -> datetime | None:
    """When the page is no longer true: a door opens, a session begins or ends."""
    moments = [
        moment
        for row in shown
        if row.session.cancelled_at is None
        for moment in (row.session.doors_at, row.session.starts_at, row.session.ends_at)
        if moment > now
    ]
    return min(moments, default=None)


routes = [
    Route("/", home, methods=["GET"]),
    Route("/e/{slug}", show, methods=["GET"]),
    Route("/e/{slug}/schedule", schedule, methods=["GET"]),
    Route("/e/{slug}/calendar.ics", subscribed, methods=["GET"]),
    Route("/e/{slug}/s/{number:int}", session, methods=["GET"]),
]
