"""What a team wishes of mentors, and a mentor of teams. Organizers alone see both."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.mentoring import queries
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.mentors.at_own import own_mentor
from server.mentoring.mentors.words import LANGUAGE, LANGUAGES
from server.mentoring.teams.at_own import led
from server.mentoring.wishes import actions as wishes
from server.mentoring.wishes import queries as wish_queries
from server.mentoring.wishes.forms import MOST_FIELDS, wanted
from server.web.forms import texts
from server.web.pages import go, page
from server.web.services import services


@follows_slugs
async def of_team(request: Request) -> Response:
    """GET /e/{slug}/team/{number}/wishes: which mentors a team would like, for its lead."""
    async with services(request).database.reading() as db:
        held = await led(db, request)
        guides = await mentor_queries.guides_of(db, held.event, accepted=True)
        topics = await events.topics_of(db, held.event)
        said = await wish_queries.of_team(db, held.team)
    return page(
        request,
        "mentoring/team_wishes.html",
        event=held.event,
        team=held.team,
        place=held.place,
        guides=guides,
        topics={topic.number: topic for topic in topics},
        wanted=next((topic for topic in topics if topic.id == held.team.topic_id), None),
        languages=LANGUAGES,
        said=said,
        weights=wishes.WEIGHTS,
        done=request.query_params.get("done", ""),
    )


async def keep_of_team(request: Request) -> Response:
    """POST /e/{slug}/team/{number}/wishes"""
    raw, now = await texts(request, most=MOST_FIELDS), clock.now()
    languages = [each for each in LANGUAGES if f"{LANGUAGE}{each}" in raw]
    async with services(request).database.writing() as db:
        held = await led(db, request)
        await wishes.of_team(db, held.team, wanted(raw), languages, now=now)
    return go(f"{held.place}/wishes?done=saved")


@follows_slugs
async def of_mentor(request: Request) -> Response:
    """GET /e/{slug}/mentor/wishes: which teams a mentor would like."""
    async with services(request).database.reading() as db:
        event, mentor = await own_mentor(db, request)
        teams = await queries.teams_of(db, event.id)
        topics = await events.topics_of(db, event)
        said = await wish_queries.of_mentor(db, mentor)
    return page(
        request,
        "mentoring/mentor_wishes.html",
        event=event,
        mentor=mentor,
        teams=teams,
        topics={topic.id: topic for topic in topics},
        said=said,
        weights=wishes.WEIGHTS,
        done=request.query_params.get("done", ""),
    )


async def keep_of_mentor(request: Request) -> Response:
    """POST /e/{slug}/mentor/wishes"""
    raw, now = await texts(request, most=MOST_FIELDS), clock.now()
    async with services(request).database.writing() as db:
        event, mentor = await own_mentor(db, request)
        await wishes.of_mentor(db, mentor, wanted(raw), now=now)
    return go(f"/e/{event.slug}/mentor/wishes?done=saved")


TEAM: Final = "/e/{slug}/team/{number:int}/wishes"
MENTOR: Final = "/e/{slug}/mentor/wishes"

routes = [
    Route(TEAM, of_team, methods=["GET"]),
    Route(TEAM, keep_of_team, methods=["POST"]),
    Route(MENTOR, of_mentor, methods=["GET"]),
    Route(MENTOR, keep_of_mentor, methods=["POST"]),
]
