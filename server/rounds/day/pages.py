"""The mentor's day as a page: the next team, "on the way", "later", and what is unwritten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import Forbidden, NotFound
from server.events import queries as events
from server.events.models import Event, Participation
from server.events.roles import Capability, can
from server.mentoring.models import Mentor
from server.rounds import reading
from server.rounds.day import lateness
from server.rounds.day import team as day_team
from server.rounds.day import way as day
from server.rounds.day.lateness import VisitOver
from server.rounds.day.way import Day
from server.rounds.reading import Written
from server.web.errors import text_of
from server.web.forms import texts
from server.web.pages import go, known_visitor, page
from server.web.services import services

LATER: Final = (2, 5, 10)  # minutes
CANNOT: Final = "cannot"
LOOK: Final = "look"  # in the query of a page that only looks again: notes are not read anew


class NotMentor(Forbidden):
    """The page is for the event's mentors."""

    code = "not_mentor"


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody at a mentor's page; `mentor` is None until the person has accepted."""

    event: Event
    participation: Participation
    mentor: Mentor | None


async def show(request: Request) -> Response:
    """GET /e/{slug}/mentor: the mentor's day."""
    return await _shown(request)


async def coming(request: Request) -> Response:
    """POST /e/{slug}/mentor/coming: the mentor is on the way, and goes to the room."""
    sent, who, now = await texts(request), known_visitor(request), clock.now()
    try:
        async with services(request).database.writing() as db:
            mentor = await _mentor(db, request)
            visit = await lateness.coming(
                db, _id(sent.get("slot", "")), mentor, name=who.name, now=now
            )
            session = await events.session_by_id(db, visit.round_.session_id)
    except VisitOver as error:
        return await _shown(request, refused=text_of(error, who.locale), status=409)
    request.app.state.live.look()
    return go(f"/e/{request.path_params['slug']}/s/{session.number}/room")


async def late(request: Request) -> Response:
    """POST /e/{slug}/mentor/late: the mentor comes later, or cannot come."""
    sent, who, now = await texts(request), known_visitor(request), clock.now()
    try:
        async with services(request).database.writing() as db:
            mentor = await _mentor(db, request)
            await lateness.late(
                db,
                _id(sent.get("slot", "")),
                mentor,
                by=_minutes(sent.get("minutes", "")),
                name=who.name,
                now=now,
            )
    except VisitOver as error:
        return await _shown(request, refused=text_of(error, who.locale), status=409)
    request.app.state.live.look()
    return go(f"/e/{request.path_params['slug']}/mentor")


async def _shown(request: Request, *, refused: str = "", status: int = 200) -> Response:
    now, looks = clock.now(), request.query_params.get(LOOK) is not None
    async with services(request).database.reading() as db:
        here = await at_mentor_page(db, request)
        found, waiting = None, None
        notes: list[Written] = []
        if here.mentor is not None:
            found = await day.day_of(db, here.event, here.mentor, now)
            if found.at is not None and found.at.team is not None:
                waiting = await day_team.waiting(db, here.mentor, found.at.team, now=now)
                if not looks:
                    person = here.participation.id
                    notes = (await reading.earlier_notes(db, found.at.team.id, person))[::-1]
    await _keep_reading(request, here, notes, now)
    return page(
        request,
        "rounds/day.html",
        status=status,
        event=here.event,
        mentor=here.mentor,
        day=found,
        waiting=waiting,
        notes=notes,
        looks=looks,
        later=LATER,
        cannot=CANNOT,
        refused=refused,
        says=_says(found),
    )


async def _keep_reading(request: Request, here: Here, notes: list[Written], now: datetime) -> None:
    """Reads of other people's notes are logged."""
    others = [n for n in notes if n.note.author_id != here.participation.id]
    if not others or here.mentor is None:
        return
    reader = known_visitor(request).account_id
    assert reader is not None
    async with services(request).database.writing() as db:
        await day_team.note_reading(db, others, mentor=here.mentor, reader=reader, now=now)


def _says(found: Day | None) -> str:
    """What the mentor has said about the visit: "", "coming", "late" or "cannot"."""
    if found is None or found.said is None or found.at is None:
        return ""
    if found.said.arrives_at is None:
        return "coming"
    return "cannot" if found.said.arrives_at >= found.at.span.ends_at else "late"


async def at_mentor_page(db: Db, request: Request) -> Here:
    """Who is at a mentor's page of an event.

    Raises:
        LoginNeeded, NotFound: nobody has logged in; there is no such event.
        NotMentor: the person may write no notes there.
    """
    who = known_visitor(request)
    assert who.account_id is not None
    event = await events.published(db, request.path_params["slug"])
    participation = await events.participation_of(db, event, who.account_id)
    roles = await events.roles_of(db, participation.id) if participation else frozenset()
    if participation is None or not can(roles, Capability.NOTE_WRITE):
        raise NotMentor
    mentor = await lateness.accepted(db, event.id, participation.id)
    return Here(event, participation, mentor)


async def _mentor(db: Db, request: Request) -> Mentor:
    mentor = (await at_mentor_page(db, request)).mentor
    if mentor is None:
        raise VisitOver
    return mentor


def _id(typed: str) -> UUID:
    """The slot's id; what is none names no visit.

    Raises:
        VisitOver: it is none.
    """
    try:
        return UUID(typed)
    except ValueError as error:
        raise VisitOver from error


def _minutes(typed: str) -> timedelta | None:
    """How much later; None: not at all.

    Raises:
        NotFound: it is none of the answers that the page gives.
    """
    if typed == CANNOT:
        return None
    if typed not in map(str, LATER):
        raise NotFound(minutes=typed)
    return timedelta(minutes=int(typed))


routes = [
    Route("/e/{slug}/mentor", show, methods=["GET"]),
    Route("/e/{slug}/mentor/coming", coming, methods=["POST"]),
    Route("/e/{slug}/mentor/late", late, methods=["POST"]),
]
