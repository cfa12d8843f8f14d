"""Visits and notes at the organizer's desk, to look at and to take away; reads are logged."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.core import clock, i18n
from server.core.db import Db
from server.core.i18n import N_, Locale
from server.events.access import Desk, at_desk
from server.events.roles import Capability, can
from server.records.rules import MINUTE
from server.rounds import reading
from server.rounds.held import record as held
from server.rounds.held.record import HeldVisit, Minutes
from server.web.pages import known_visitor, page
from server.web.services import services
from server.web.sheet import csv_response

_ROUND, _SLOT, _BEGIN, _END = N_("ラウンド"), N_("枠"), N_("開始"), N_("終了")
_ROOM, _TEAM, _MENTOR, _NAME = N_("ルーム"), N_("チーム"), N_("メンター"), N_("名前")
VISIT_HEADER: Final = (
    *(_ROUND, _SLOT, _BEGIN, _END, _ROOM, _TEAM, _MENTOR),
    *(
        N_("訪問"),
        N_("メンターのいた分"),
        N_("いっしょにいた分"),
        N_("チームの人数"),
        N_("ノートの字数"),
    ),
)
MINUTES_HEADER: Final = (
    *(_ROUND, _SLOT, _BEGIN, _END, _TEAM, _NAME, N_("よみ"), N_("役割"), N_("ルームにいた分")),
)
_HELD, _NOT_HELD = N_("visit.held"), N_("visit.not_held")
_PARTICIPANT = N_("参加者")


async def show(request: Request) -> Response:
    """GET /manage/{slug}/visits: the visits of the rounds that have opened."""
    now = clock.now()
    async with services(request).database.reading() as db:
        desk = await _desk(db, request, Capability.PEOPLE_READ)
        found = await held.visits_held(db, desk.event.id, now=now)
    rounds = groupby(found, key=lambda each: each.round_number)
    return page(
        request,
        "visits/index.html",
        event=desk.event,
        rounds=[(number, list(visits)) for number, visits in rounds],
        by_mentor=held.by_mentor(found),
        zero=timedelta(),
        may_export=can(desk.roles, Capability.RECORDS_EXPORT),
        may_read_notes=can(desk.roles, Capability.NOTE_READ),
    )


async def notes(request: Request) -> Response:
    """GET /manage/{slug}/notes: what mentors have noted. That somebody reads this is kept."""
    who, now = known_visitor(request), clock.now()
    async with services(request).database.writing() as db:
        desk = await _desk(db, request, Capability.NOTE_READ)
        found = await reading.all_notes(db, desk.event.id)
        await audit.note(
            db,
            actor=who.account_id,
            verb="notes.read",
            object=audit.about("event", desk.event.id),
            now=now,
            notes=len(found),
        )
    return page(request, "visits/notes.html", event=desk.event, notes=found)


async def download_visits(request: Request) -> Response:
    """GET /manage/{slug}/visits.csv: the same as a table."""
    return await _download(request, "visits")


async def download_minutes(request: Request) -> Response:
    """GET /manage/{slug}/minutes.csv: everybody's minutes by round and slot."""
    return await _download(request, "minutes")


async def _download(request: Request, what: str) -> Response:
    who, now = known_visitor(request), clock.now()
    async with services(request).database.reading() as db:
        desk = await _desk(db, request, Capability.RECORDS_EXPORT)
        zone = ZoneInfo(desk.event.zone)
        if what == "visits":
            found = await held.visits_held(db, desk.event.id, now=now)
            header: tuple[str, ...] = VISIT_HEADER
            rows = _visit_rows(found, zone, who.locale)
        else:
            spent = await held.minutes(db, desk.event.id, now=now)
            header, rows = MINUTES_HEADER, _minutes_rows(spent, zone, who.locale)
    async with services(request).database.writing() as db:
        await audit.note(
            db,
            actor=who.account_id,
            verb=f"{what}.exported",
            object=audit.about("event", desk.event.id),
            now=now,
            rows=len(rows),
        )
    say = i18n.catalog(who.locale).gettext
    return csv_response(f"{what}-{desk.event.slug}.csv", [say(word) for word in header], rows)


def _visit_rows(found: Iterable[HeldVisit], zone: ZoneInfo, locale: Locale) -> list[list[object]]:
    say = i18n.catalog(locale).gettext
    return [
        [
            each.round_number,
            each.visit.number,
            f"{each.visit.starts_at.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{each.visit.ends_at.astimezone(zone):%H:%M}",
            each.visit.team_number,
            each.visit.team_name,
            each.visit.mentor_name,
            say(_HELD if each.held else _NOT_HELD),
            each.mentor // MINUTE,
            each.together // MINUTE,
            each.members,
            each.note,
        ]
        for each in found
    ]


def _minutes_rows(found: Iterable[Minutes], zone: ZoneInfo, locale: Locale) -> list[list[object]]:
    say = i18n.catalog(locale).gettext
    return [
        [
            each.round_number,
            each.slot_number,
            f"{each.span.start.astimezone(zone):%Y-%m-%d %H:%M}",
            f"{each.span.end.astimezone(zone):%H:%M}",
            each.team,
            each.name,
            each.reading,
            say(_MENTOR if each.is_mentor else _PARTICIPANT),
            each.present // MINUTE,
        ]
        for each in found
    ]


async def _desk(db: Db, request: Request, capability: Capability) -> Desk:
    who = known_visitor(request)
    assert who.account_id is not None
    slug = request.path_params["slug"]
    return await at_desk(db, slug=slug, account_id=who.account_id, capability=capability)


routes = [
    Route("/manage/{slug}/visits", show, methods=["GET"]),
    Route("/manage/{slug}/visits.csv", download_visits, methods=["GET"]),
    Route("/manage/{slug}/minutes.csv", download_minutes, methods=["GET"]),
    Route("/manage/{slug}/notes", notes, methods=["GET"]),
]
