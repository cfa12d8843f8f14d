"""The organizer's page of one team: seen, corrected, seated anew, cancelled."""

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.core import clock, i18n
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event
from server.events.roles import Capability
from server.mentoring.at_desk import organizer_of, training_at
from server.mentoring.forms import (
    ApartForm,
    CancelForm,
    LetMeetForm,
    SubstituteForm,
    TeamForm,
)
from server.mentoring.mentors import pairs
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.mentors import words as mentor_words
from server.mentoring.models import ConflictSource
from server.mentoring.teams import actions as teams
from server.mentoring.teams import acts
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.actions import Corrected
from server.mentoring.teams.acts import Held
from server.mentoring.teams.queries import Roll
from server.mentoring.teams.reading import NO_SUCH_MENTOR
from server.organizations import queries as organizations
from server.web.forms import Bound, bind
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor


async def show(request: Request) -> Response:
    """GET /manage/{slug}/teams/{number}"""
    return await _page(request)


async def correct(request: Request) -> Response:
    """POST /manage/{slug}/teams/{number}: what the team says of itself."""
    form = await bind(request, TeamForm)
    async with services(request).database.writing() as db:
        held = await _held(db, request)
        errors = dict(form.errors)
        organization_id, topic_id = None, None
        if form.values is not None:
            organization_id = await pairs.organization_id(db, form.values.organization)
            if form.values.organization and organization_id is None:
                catalog = i18n.catalog(visitor(request).locale)
                errors["organization"] = catalog.gettext(pairs.NO_SUCH_ORGANIZATION)
            topics = {topic.number: topic.id for topic in await events.topics_of(db, held.event)}
            topic_id = topics.get(form.values.topic or 0)
        if form.values is not None and not errors:
            written = Corrected(
                name=form.values.name,
                about=form.values.about,
                region=form.values.region,
                phone=form.values.phone,
                topic_id=topic_id,
                organization_id=organization_id,
                keep_mentor=form.values.keep_mentor,
            )
            await teams.correct(
                db,
                held.event,
                held.team,
                written,
                actor=organizer_of(request),
                now=clock.now(),
            )
    if errors:
        return await _page(request, status=422, fact=Bound[TeamForm](None, errors, form.raw))
    return go(f"{held.place}?done=correct")


async def cancel(request: Request) -> Response:
    """POST /manage/{slug}/teams/{number}/cancel"""
    form = await bind(request, CancelForm)
    async with services(request).database.writing() as db:
        held = await _held(db, request)
        if form.values is not None:
            await teams.cancel(
                db,
                held.event,
                held.team,
                reason=form.values.reason,
                actor=organizer_of(request),
                now=clock.now(),
            )
    if form.values is None:
        return await _page(request, status=422, cancelling=form)
    return go(f"{held.place}?done=cancel")


async def keep_apart(request: Request) -> Response:
    """POST /manage/{slug}/teams/{number}/apart: a mentor whom the team must not meet."""
    form, now = await bind(request, ApartForm), clock.now()
    async with services(request).database.writing() as db:
        held = await _held(db, request)
        names = await mentor_queries.names_of_accepted(db, held.event.id)
        mentor_id = pairs.named(names, form.values.team if form.values else "")
        if mentor_id is not None:
            guide = await mentor_queries.guide_of(db, held.event, mentor_id)
            await mentor_words.keep_apart(
                db,
                guide.mentor,
                source=ConflictSource.ORGANIZER,
                now=now,
                team_id=held.team.id,
            )
    if mentor_id is None:
        sentence = i18n.catalog(visitor(request).locale).gettext(NO_SUCH_MENTOR)
        wrong = Bound[ApartForm](None, {"mentor": sentence}, form.raw)
        return await _page(request, status=422, apart=wrong)
    return go(f"{held.place}?done=apart#apart")


async def let_meet(request: Request) -> Response:
    """POST /manage/{slug}/teams/{number}/meet: a conflict is taken back."""
    form = await bind(request, LetMeetForm)
    async with services(request).database.writing() as db:
        held = await _held(db, request)
        if form.values is not None:
            await pairs.forget_of_team(db, held.team, form.values.conflict)
    return go(f"{held.place}?done=apart#apart")


async def _page(
    request: Request,
    *,
    status: int = 200,
    seat: Bound[SubstituteForm] | None = None,
    fact: Bound[TeamForm] | None = None,
    cancelling: Bound[CancelForm] | None = None,
    apart: Bound[ApartForm] | None = None,
    refused: str = "",
) -> Response:
    async with services(request).database.reading() as db:
        held = await _read(db, request)
        roll = await team_queries.roll_of(db, held.team)
        topics = await events.topics_of(db, held.event)
        known = await organizations.listed(db, "", offset=0, limit=pairs.MOST_OFFERED)
        names = await mentor_queries.names_of_accepted(db, held.event.id)
        conflicts = await pairs.of_team(db, held.team)
        history = await audit.of(db, audit.about("team", held.team.id))
    return page(
        request,
        "mentoring/desk/team.html",
        status=status,
        event=held.event,
        team=held.team,
        roll=roll,
        place=held.place,
        most=held.training.team_most,
        free=roll.free_seat(held.training.team_most),
        topics=topics,
        organizations=known,
        mentors=names,
        conflicts=conflicts,
        history=history,
        asking=_asking(roll),
        seat=seat or Bound[SubstituteForm](None),
        fact=fact or Bound[TeamForm](None, {}, _facts(held, roll)),
        cancelling=cancelling or Bound[CancelForm](None),
        apart=apart or Bound[ApartForm](None),
        refused=refused,
        done=request.query_params.get("done", ""),
    )


def _asking(roll: Roll) -> list[UUID]:
    """The registrations of members that wait for the organizer's yes."""
    standing = [roll.standing_of(member) for member in roll.members]
    return [each.id for each in standing if each is not None and each.state == "asked"]


def _facts(held: Held, roll: Roll) -> dict[str, str]:
    """What the correcting form begins with."""
    team = held.team
    return {
        "name": team.name,
        "about": team.about,
        "region": team.region,
        "phone": team.phone,
        "topic": str(roll.topic.number) if roll.topic else "",
        "organization": roll.organization.name if roll.organization else "",
        "keep_mentor": "on" if team.keep_mentor else "",
    }


async def _read(db: Db, request: Request) -> Held:
    return await _of(db, request, *await training_at(db, request, Capability.PEOPLE_READ))


async def _held(db: Db, request: Request) -> Held:
    return await _of(db, request, *await training_at(db, request, Capability.PEOPLE_EDIT))


async def _of(db: Db, request: Request, event: Event, training: Any) -> Held:
    found = await team_queries.by_number(db, event, request.path_params["number"])
    return Held(event, training, found, f"/manage/{event.slug}/teams/{found.number}")


PATH: Final = "/manage/{slug}/teams/{number:int}"

routes = [
    Route(PATH, show, methods=["GET"]),
    Route(PATH, correct, methods=["POST"]),
    Route(f"{PATH}/cancel", cancel, methods=["POST"]),
    Route(f"{PATH}/apart", keep_apart, methods=["POST"]),
    Route(f"{PATH}/meet", let_meet, methods=["POST"]),
    *acts.routes(PATH, _held, _page),
]
