"""The organizer's page of one mentor: what was said, how many teams, whom not to meet."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.accounts.entering import slow_down, slow_down_person
from server.core import clock, i18n
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event
from server.events.roles import Capability
from server.mentoring import queries
from server.mentoring.at_desk import organizer_of, training_at
from server.mentoring.forms import ApartForm, LetMeetForm, MentorForm
from server.mentoring.mentors import actions as mentors
from server.mentoring.mentors import pairs
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.mentors import words as mentor_words
from server.mentoring.mentors.actions import MentorChanged, MentorDeparting
from server.mentoring.mentors.queries import Guide
from server.mentoring.models import ConflictSource
from server.organizations import queries as organizations
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.pages import go, page
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor


async def show(request: Request) -> Response:
    """GET /manage/{slug}/mentors/{id}"""
    return await _page(request)


async def take_on(request: Request) -> Response:
    """POST /manage/{slug}/mentors/{id}: how many teams this mentor takes."""
    form = await bind(request, MentorForm)
    async with services(request).database.writing() as db:
        event, guide = await _held(db, request)
        if form.values is not None:
            await mentors.take_on(
                db,
                guide.mentor,
                capacity=form.values.capacity,
                actor=organizer_of(request),
                now=clock.now(),
            )
    if form.values is None:
        return await _page(request, fact=form, status=422)
    return _back(event, guide)


async def ask_again(request: Request) -> Response:
    """POST /manage/{slug}/mentors/{id}/again: mail the invitation once more."""
    await bind(request, MentorForm)
    async with services(request).database.reading() as db:
        event, guide = await _held(db, request)
    try:
        await slow_down_person(request, "mentor")
        await slow_down(request, "mentor", guide.address)
        async with services(request).database.writing() as db:
            event, guide = await _held(db, request)
            await mentors.ask_again(
                db, event, guide.mentor, actor=organizer_of(request), now=clock.now()
            )
    except (MentorChanged, TooMany) as error:
        sentence = text_of(error, visitor(request).locale)
        return await _page(request, refused=sentence, status=status_of(error))
    return _back(event, guide, "invited")


async def take_back(request: Request) -> Response:
    """POST /manage/{slug}/mentors/{id}/out: no longer a mentor, or invited no more."""
    await bind(request, MentorForm)
    try:
        async with services(request).database.writing() as db:
            event, guide = await _held(db, request)
            await mentors.take_back(
                db, event, guide.mentor, actor=organizer_of(request), now=clock.now()
            )
    except MentorDeparting as error:
        sentence = text_of(error, visitor(request).locale)
        return await _page(request, refused=sentence, status=status_of(error))
    return _back(event, guide, "out")


async def keep_apart(request: Request) -> Response:
    """POST /manage/{slug}/mentors/{id}/apart: a team or organization that must not be met."""
    form, now = await bind(request, ApartForm), clock.now()
    async with services(request).database.writing() as db:
        event, guide = await _held(db, request)
        wrong = await pairs.keep_apart(
            db, event, guide.mentor, form.values, source=ConflictSource.ORGANIZER, now=now
        )
    if wrong:
        sentence = i18n.catalog(visitor(request).locale).gettext(pairs.NO_SUCH_PAIR)
        again = Bound[ApartForm](None, {wrong: sentence}, form.raw)
        return await _page(request, apart=again, status=422)
    return _back(event, guide, "apart")


async def let_meet(request: Request) -> Response:
    """POST /manage/{slug}/mentors/{id}/meet: a conflict is taken back."""
    form = await bind(request, LetMeetForm)
    async with services(request).database.writing() as db:
        event, guide = await _held(db, request)
        if form.values is not None:
            await mentor_words.let_meet(db, guide.mentor, form.values.conflict)
    return _back(event, guide, "apart")


async def _page(
    request: Request,
    *,
    status: int = 200,
    fact: Bound[MentorForm] | None = None,
    apart: Bound[ApartForm] | None = None,
    refused: str = "",
) -> Response:
    async with services(request).database.reading() as db:
        event, guide = await _of(db, request, Capability.PEOPLE_READ)
        topics = await events.topics_of(db, event)
        spoken = await mentor_queries.spoken_slots(db, [guide.mentor.id])
        slots = await mentor_queries.slot_count(db, event)
        conflicts = await mentor_queries.conflicts_of(db, guide.mentor)
        teams = await queries.teams_of(db, event.id)
        known = await organizations.listed(db, "", offset=0, limit=pairs.MOST_OFFERED)
        history = await audit.of(db, audit.about("mentor", guide.mentor.id))
        is_away = await mentor_queries.is_away(db, guide.mentor)
    capacity = {"capacity": str(guide.mentor.capacity)}
    return page(
        request,
        "mentoring/desk/mentor.html",
        status=status,
        event=event,
        guide=guide,
        mentor=guide.mentor,
        topics=topics,
        spoken=spoken.get(guide.mentor.id, (0, 0)),
        slots=slots,
        conflicts=conflicts,
        teams=[pairs.label(team) for team in teams],
        organizations=known,
        history=history,
        is_away=is_away,
        fact=fact or Bound[MentorForm](None, {}, capacity),
        apart=apart or Bound[ApartForm](None),
        refused=refused,
        done=request.query_params.get("done", ""),
    )


async def _held(db: Db, request: Request) -> tuple[Event, Guide]:
    return await _of(db, request, Capability.PEOPLE_EDIT)


async def _of(db: Db, request: Request, capability: Capability) -> tuple[Event, Guide]:
    event, _ = await training_at(db, request, capability)
    mentor_id: UUID = request.path_params["id"]
    return event, await mentor_queries.guide_of(db, event, mentor_id)


def _back(event: Event, guide: Guide, done: str = "saved") -> Response:
    return go(f"/manage/{event.slug}/mentors/{guide.mentor.id}?done={done}")


def _post(act: str, endpoint: Any) -> Route:
    return Route(f"/manage/{{slug}}/mentors/{{id:uuid}}/{act}", endpoint, methods=["POST"])


routes = [
    Route("/manage/{slug}/mentors/{id:uuid}", show, methods=["GET"]),
    Route("/manage/{slug}/mentors/{id:uuid}", take_on, methods=["POST"]),
    _post("again", ask_again),
    _post("out", take_back),
    _post("apart", keep_apart),
    _post("meet", let_meet),
]
