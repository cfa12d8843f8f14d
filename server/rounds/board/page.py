"""The organizer's board as a page: the room pointed at, the view, who could replace a mentor."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.events import queries as events
from server.events.access import at_desk
from server.events.roles import Capability
from server.mentoring import queries
from server.mentoring.models import Round, RoundState
from server.mentoring.plans.rules import Visit
from server.rounds.board import repair
from server.rounds.board import state as board
from server.rounds.board.health import Need
from server.rounds.board.proposing import proposals
from server.rounds.board.room import RoomNow
from server.rounds.board.state import Board
from server.web.pages import go, known_visitor, page
from server.web.services import services

MOST_SEATS: Final = 9  # that a plan can draw
KEPT: Final = ("room", "view")  # of the address, from one act to the next
SECONDS_FIRST: Final = timedelta(minutes=1)


async def show(request: Request) -> Response:
    """GET /manage/{slug}/board/{number}: the board of a round."""
    return await shown(request)


async def now(request: Request) -> Response:
    """GET /manage/{slug}/board: the board of the round that runs, or of the next one, or the last.

    Without any round it leads to where they are planned.
    """
    who = known_visitor(request)
    assert who.account_id is not None
    async with services(request).database.reading() as db:
        desk = await at_desk(
            db,
            slug=request.path_params["slug"],
            account_id=who.account_id,
            capability=Capability.ROUND_RUN,
        )
        rounds = await queries.rounds_of(db, desk.event.id)
    if not rounds:
        return go(f"/manage/{desk.event.slug}/rounds")
    return go(f"/manage/{desk.event.slug}/board/{_present(rounds).number}")


async def shown(request: Request, *, refused: str = "", status: int = 200) -> Response:
    """The board; `refused` says why what was asked for was not done."""
    who, at = known_visitor(request), clock.now()
    assert who.account_id is not None
    found = services(request)
    async with found.database.reading() as db:
        desk = await at_desk(
            db,
            slug=request.path_params["slug"],
            account_id=who.account_id,
            capability=Capability.ROUND_RUN,
        )
        round_ = await queries.round_of(db, desk.event, request.path_params["number"])
        session = await events.session_by_id(db, round_.session_id)
    seen = await board.look(found.database, found.broker, desk.event, round_, now=at)
    asked = request.query_params
    room = _pointed_at(seen, asked.get("room", ""))
    proposed = await proposals(found.database, desk.event, seen.round_, _missing(seen), now=at)
    hits = _search(seen, asked.get("q", "").strip())
    return page(
        request,
        "rounds/board.html",
        status=status,
        event=desk.event,
        session=session,
        board=seen,
        round=seen.round_,
        at=at,
        room=room or (hits[0] if len(hits) == 1 else None),
        hits=hits,
        query=asked.get("q", ""),
        view="list" if asked.get("view") == "list" else "plan",
        replacing=await _replacing(request, seen, room) if asked.get("do") == "replace" else None,
        proposed={visit.team_id: told for visit, told in proposed.items()},
        absent=" ".join(str(visit.mentor_id) for visit in proposed),
        refused=refused,
        here=f"/manage/{desk.event.slug}/board/{round_.number}",
        seats=_seats,
        waited=_waited,
        you=desk.participation.id,
    )


def address(slug: str, number: int, sent: Mapping[str, str]) -> str:
    """The board again, as it was looked at."""
    kept = {name: sent[name] for name in KEPT if sent.get(name)}
    return f"/manage/{slug}/board/{number}" + (f"?{urlencode(kept)}" if kept else "")


async def _replacing(
    request: Request, seen: Board, room: RoomNow | None
) -> list[tuple[str, str]] | None:
    """Ids and names of the mentors who could make the visit of a room; None: there is no visit."""
    if room is None or room.visit is None:
        return None
    async with services(request).database.reading() as db:
        visit = room.visit
        free = await repair.free_mentors(db, seen.event.id, visit.slot.id, visit.team_id)
    return [(str(each.id), seen.names.get(each.participation_id, "")) for each in free]


def _missing(seen: Board) -> list[Visit]:
    """The visits of the slot that runs whose mentors do not come."""
    return [
        Visit(room.visit.slot.id, room.visit.team_id, room.visit.mentor_id)
        for room in seen.queue
        if room.visit and Need.MISSING in {hand.need for hand in room.hands}
    ]


def _present(rounds: list[Round]) -> Round:
    for states in ({RoundState.OPEN, RoundState.RETURNING}, {RoundState.PLANNED}):
        for round_ in rounds:
            if round_.state in states:
                return round_
    return rounds[-1]


def _pointed_at(seen: Board, typed: str) -> RoomNow | None:
    return seen.room(int(typed)) if typed.isdecimal() else None


def _search(seen: Board, words: str) -> list[RoomNow]:
    """Rooms by number, by name, or by the name of somebody who belongs or is there."""
    if not words:
        return []
    return [
        room
        for room in seen.rooms
        if words == str(room.spot.number)
        or words in room.spot.name
        or any(words in each.name for each in (*room.spot.people, *room.guests))
        or (room.mentor and words in room.mentor)
    ]


def _seats(room: RoomNow) -> list[str]:
    """The seats of a room's plan, each at its place; guests take the last ones."""
    states = ["here" if seat.here else "open" for seat in room.seats]
    return (states + ["here"] * len(room.guests))[:MOST_SEATS]


def _waited(at: datetime, now: datetime) -> tuple[str, int]:
    """How long since (or until) a moment: seconds below a minute, else whole minutes."""
    span = abs(now - at)
    if span < SECONDS_FIRST:
        return "seconds", int(span.total_seconds())
    return "minutes", int(span.total_seconds()) // 60


routes = [
    Route("/manage/{slug}/board", now, methods=["GET"]),
    Route("/manage/{slug}/board/{number:int}", show, methods=["GET"]),
]
