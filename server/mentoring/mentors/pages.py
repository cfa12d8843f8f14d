"""The pages of mentors: the public list, and one's own profile and conflicts."""

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock, i18n
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.mentoring import queries
from server.mentoring.forms import ApartForm, LetMeetForm, ProfileForm, both
from server.mentoring.mentors import pairs
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.mentors import words as mentor_words
from server.mentoring.mentors.at_own import own_mentor
from server.mentoring.mentors.words import LANGUAGE, LANGUAGES, Profile
from server.mentoring.models import ConflictSource, Mentor
from server.mentoring.teams import queries as team_queries
from server.organizations import queries as organizations
from server.web.forms import Bound, bind
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor

TOPIC: Final = "topic-"  # a box is named topic-<number of the topic>
MOST_REGIONS: Final = 12


@follows_slugs
async def public(request: Request) -> Response:
    """GET /e/{slug}/mentors: those who have said yes, with what they say of their work."""
    async with services(request).database.reading() as db:
        event, _ = await team_queries.training_at(db, request.path_params["slug"])
        guides = await mentor_queries.guides_of(db, event, accepted=True)
        topics = await events.topics_of(db, event)
    return page(
        request,
        "mentoring/mentors.html",
        event=event,
        guides=guides,
        topics={topic.number: topic for topic in topics},
    )


@follows_slugs
async def profile(request: Request) -> Response:
    """GET /e/{slug}/mentor/profile"""
    return await _profile(request)


async def write_profile(request: Request) -> Response:
    """POST /e/{slug}/mentor/profile"""
    form = await bind(request, ProfileForm)
    async with services(request).database.writing() as db:
        event, mentor = await own_mentor(db, request)
        errors = dict(form.errors)
        if form.values is not None:
            organization_id = await pairs.organization_id(db, form.values.organization)
            if form.values.organization and organization_id is None:
                catalog = i18n.catalog(visitor(request).locale)
                errors["organization"] = catalog.gettext(pairs.NO_SUCH_ORGANIZATION)
            else:
                written = _written(form.values, form.raw, organization_id)
                await mentor_words.write_profile(db, mentor, written)
    if errors:
        return await _profile(request, form=Bound[Any](None, errors, form.raw), status=422)
    return go(f"/e/{event.slug}/mentor/profile?done=saved")


async def keep_apart(request: Request) -> Response:
    """POST /e/{slug}/mentor/apart: whom one would rather not be given."""
    form, now = await bind(request, ApartForm), clock.now()
    async with services(request).database.writing() as db:
        event, mentor = await own_mentor(db, request)
        wrong = await pairs.keep_apart(
            db, event, mentor, form.values, source=ConflictSource.MENTOR, now=now
        )
    if wrong:
        sentence = i18n.catalog(visitor(request).locale).gettext(pairs.NO_SUCH_PAIR)
        again = Bound[Any](None, {wrong: sentence}, form.raw)
        return await _profile(request, apart=again, status=422)
    return go(f"/e/{event.slug}/mentor/profile?done=apart#apart")


async def let_meet(request: Request) -> Response:
    """POST /e/{slug}/mentor/meet: take back what one has said oneself."""
    form = await bind(request, LetMeetForm)
    async with services(request).database.writing() as db:
        event, mentor = await own_mentor(db, request)
        if form.values is not None:
            await mentor_words.let_meet(
                db, mentor, form.values.conflict, source=ConflictSource.MENTOR
            )
    return go(f"/e/{event.slug}/mentor/profile?done=apart#apart")


async def _profile(
    request: Request,
    *,
    form: Bound[Any] | None = None,
    apart: Bound[Any] | None = None,
    status: int = 200,
) -> Response:
    async with services(request).database.reading() as db:
        event, mentor = await own_mentor(db, request)
        guide = await mentor_queries.guide_of(db, event, mentor.id)
        topics = await events.topics_of(db, event)
        conflicts = await mentor_queries.conflicts_of(db, mentor)
        teams = await queries.teams_of(db, event.id)
        known = await organizations.listed(db, "", offset=0, limit=pairs.MOST_OFFERED)
    own = [each for each in conflicts if each.conflict.source is ConflictSource.MENTOR]
    return page(
        request,
        "mentoring/profile.html",
        status=status,
        event=event,
        mentor=mentor,
        topics=topics,
        languages=LANGUAGES,
        conflicts=own,
        teams=[pairs.label(team) for team in teams],
        organizations=known,
        form=form or Bound[Any](None, {}, _facts(mentor, guide.organization)),
        apart=apart or Bound[Any](None),
        done=request.query_params.get("done", ""),
        welcome=request.query_params.get("welcome", ""),
    )


def _facts(mentor: Mentor, organization: str) -> dict[str, str]:
    """What the profile's form begins with."""
    passages = {"title": mentor.title, "introduction": mentor.introduction}
    facts = {
        f"{name}_{locale}": said.get(locale, "")
        for name, said in (passages | {"experience": mentor.experience}).items()
        for locale in i18n.LOCALES
    }
    facts |= {f"{TOPIC}{number}": "on" for number in mentor.fields}
    facts |= {f"{LANGUAGE}{language}": "on" for language in mentor.languages}
    facts |= {"regions": "、".join(mentor.regions), "capacity": str(mentor.capacity)}
    return facts | {"organization": organization}


def _written(form: ProfileForm, raw: dict[str, str], organization_id: UUID | None) -> Profile:
    numbers = [name.removeprefix(TOPIC) for name in raw if name.startswith(TOPIC)]
    plain = form.regions.replace(",", "、").replace("，", "、")
    regions = [each.strip() for each in plain.split("、") if each.strip()]
    return Profile(
        title=both(form.title_ja, form.title_en),
        introduction=both(form.introduction_ja, form.introduction_en),
        experience=both(form.experience_ja, form.experience_en),
        fields=sorted({int(each) for each in numbers if each.isascii() and each.isdecimal()}),
        regions=list(dict.fromkeys(regions))[:MOST_REGIONS],
        languages=[each for each in LANGUAGES if f"{LANGUAGE}{each}" in raw],
        capacity=form.capacity,
        organization_id=organization_id,
    )


routes = [
    Route("/e/{slug}/mentors", public, methods=["GET"]),
    Route("/e/{slug}/mentor/profile", profile, methods=["GET"]),
    Route("/e/{slug}/mentor/profile", write_profile, methods=["POST"]),
    Route("/e/{slug}/mentor/apart", keep_apart, methods=["POST"]),
    Route("/e/{slug}/mentor/meet", let_meet, methods=["POST"]),
]
