"""One's own page: the next thing to do, what comes after it, and where one has a part."""

from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.me import queries, rules
from server.me.rules import Ahead
from server.records import listing
from server.rooms import places, present
from server.rooms.present import Present
from server.web.pages import known_visitor, page
from server.web.services import services

MOST_LATER: Final = 8
MOST_SEATS: Final = 7  # drawn with names


class Next(NamedTuple):
    """The next session, and who is in its room already."""

    ahead: Ahead
    people: list[Present]

    @property
    def key(self) -> str:
        """Differs when the page has something new to show."""
        at = self.ahead
        there = (str(each.participation_id) for each in self.people)
        return " ".join([str(at.session.id), str(at.session.v), at.door, at.phase, *there])


class Day(NamedTuple):
    """Sessions of one day."""

    day: date
    sessions: list[Ahead]


async def show(request: Request) -> Response:
    """GET /me"""
    who, now = known_visitor(request), clock.now()
    assert who.account_id is not None
    async with services(request).database.reading() as db:
        mine = await queries.mine(db, who.account_id)
        sessions = await queries.sessions_ahead(db, [each.event.id for each in mine], now)
        ahead = rules.ahead(mine, sessions, now)
        first = await _next(db, ahead, now)
        records = await listing.attended(db, who.account_id, now=now)
    return page(
        request,
        "me/show.html",
        mine=rules.in_order(mine, now),
        records=records,
        first=first,
        plan=_plan(first, who.name) if first else None,
        days=_days(ahead[1 : MOST_LATER + 1]),
        today=now.astimezone(ZoneInfo(first.ahead.event.zone if first else who.zone)).date(),
    )


async def _next(db: Db, ahead: list[Ahead], now: datetime) -> Next | None:
    if not ahead:
        return None
    room = await places.main_room(db, ahead[0].session)
    people = await present.people(db, [room.id], now=now) if room else []
    return Next(ahead[0], people)


def _plan(first: Next, name: str) -> dict[str, Any]:
    """What the drawing of the room needs: who is there, and one's own seat."""
    others = [{"name": each.name, "role": each.role} for each in first.people][: MOST_SEATS - 1]
    return {"people": others, "you": name, "open": first.ahead.door == "open"}


def _days(sessions: list[Ahead]) -> list[Day]:
    days: dict[date, list[Ahead]] = {}
    for each in sessions:
        days.setdefault(each.day, []).append(each)
    return [Day(day, of_day) for day, of_day in days.items()]


routes = [Route("/me", show, methods=["GET"])]
