"""One's own page: the next thing to do, what comes after it, and where one has a part."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.events import queries as events
from server.me import queries, rules
from server.me.rules import Ahead
from server.mentoring import queries as mentoring
from server.mentoring.models import Round, Team
from server.mentoring.plans.meetings import Meeting, meetings_of
from server.records import listing
from server.rooms import places, present
from server.rooms.models import Room, RoomKind
from server.rooms.present import Present
from server.rounds import queries as rounds
from server.web.pages import known_visitor, page
from server.web.services import services

MOST_LATER: Final = 8
MOST_VISITS: Final = 6
MOST_SEATS: Final = 7  # drawn with names


class Next(NamedTuple):
    """The next session, the room one belongs in, who is there already; in a training one's team,
    round and visits.
    """

    ahead: Ahead
    people: list[Present]
    room: Room | None
    team: Team | None
    round: Round | None  # the one that runs, when it has sent one to a room of its own
    meetings: list[Meeting]  # one's visits to come

    @property
    def apart(self) -> bool:
        """Whether a round has sent one to another room than the session's main one."""
        return self.room is not None and self.room.kind is not RoomKind.MAIN

    @property
    def key(self) -> str:
        """Differs when the page has something new to show."""
        at = self.ahead
        there = (str(each.participation_id) for each in self.people)
        room = str(self.room.id) if self.room else ""
        visits = (f"{each.span.starts_at.isoformat()} {each.mentor}" for each in self.meetings)
        here = [str(at.session.id), str(at.session.v), at.door, at.phase, room]
        return " ".join([*here, *there, *visits])


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
        teams = await mentoring.own_teams(db, who.account_id)
        mentored = await mentoring.mentored_events(db, who.account_id)
        first = await _next(db, ahead, who.account_id, teams, now)
        records = await listing.attended(db, who.account_id, now=now)
    return page(
        request,
        "me/show.html",
        mine=rules.in_order(mine, now),
        teams=teams,
        mentored=mentored,
        records=records,
        first=first,
        plan=_plan(first, who.name) if first else None,
        days=_days(ahead[1 : MOST_LATER + 1]),
        today=now.astimezone(ZoneInfo(first.ahead.event.zone if first else who.zone)).date(),
    )


async def _next(
    db: Db, ahead: list[Ahead], account_id: UUID, teams: Mapping[UUID, Team], now: datetime
) -> Next | None:
    if not ahead:
        return None
    event, session = ahead[0].event, ahead[0].session
    participation = await events.participation_of(db, event, account_id)
    assert participation is not None  # who goes to a session takes part
    room = await places.known_place(db, participation=participation, session=session)
    people = await present.people(db, [room.id], now=now) if room else []
    running = await rounds.running(db, session.id)
    meetings = await meetings_of(db, event, account_id)
    return Next(
        ahead=ahead[0],
        people=people,
        room=room,
        team=teams.get(event.id),
        round=running[0] if running and room and room.kind is not RoomKind.MAIN else None,
        meetings=[each for each in meetings if each.span.ends_at > now][:MOST_VISITS],
    )


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
