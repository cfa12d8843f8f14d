"""The pages of mentors: the public list, and one's own profile, conflicts and free slots."""

from typing import Any, Final, NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock, i18n
from server.core.db import Db
from server.core.errors import NotFound
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.events.models import Event
from server.mentoring import mentor_queries, mentors, pairs, queries, team_queries
from server.mentoring.forms import ApartForm, LetMeetForm, ProfileForm, both
from server.mentoring.mentor_desk import NO_SUCH_PAIR
from server.mentoring.mentors import Profile
from server.mentoring.models import ConflictSource, Mentor, MentorState, Round, Slot
from server.mentoring.team_desk import NO_SUCH_ORGANIZATION
from server.mentoring.timetable import Span, span_of
from server.organizations import queries as organizations
from server.web.forms import Bound, bind, texts
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.visitor import visitor

TOPIC: Final = "topic-"  # a box is named topic-<number of the topic>
LANGUAGE: Final = "language-"
SLOT: Final = "slot-"  # a switch is named slot-<id of the slot>
LANGUAGES: Final = ("ja", "en", "zh", "ko", "vi", "pt", "es", "fr", "sign")
MOST_REGIONS: Final = 12


class FreeSlot(NamedTuple):
    """A slot in the grid, and whether the mentor is free then."""

    slot: Slot
    span: Span
    free: bool


class FreeRound(NamedTuple):
    """A round in the grid with its slots."""

    round: Round
    slots: list[FreeSlot]


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
        event, mentor = await _own(db, request)
        errors = dict(form.errors)
        if form.values is not None:
            organization_id = await pairs.organization_id(db, form.values.organization)
            if form.values.organization and organization_id is None:
                catalog = i18n.catalog(visitor(request).locale)
                errors["organization"] = catalog.gettext(NO_SUCH_ORGANIZATION)
            else:
                written = _written(form.values, form.raw, organization_id)
                await mentors.write_profile(db, mentor, written)
    if errors:
        return await _profile(request, form=Bound[Any](None, errors, form.raw), status=422)
    return go(f"/e/{event.slug}/mentor/profile?done=saved")


async def keep_apart(request: Request) -> Response:
    """POST /e/{slug}/mentor/apart: whom one would rather not be given."""
    form, now = await bind(request, ApartForm), clock.now()
    async with services(request).database.writing() as db:
        event, mentor = await _own(db, request)
        wrong = await pairs.keep_apart(
            db, event, mentor, form.values, source=ConflictSource.MENTOR, now=now
        )
    if wrong:
        sentence = i18n.catalog(visitor(request).locale).gettext(NO_SUCH_PAIR)
        again = Bound[Any](None, {wrong: sentence}, form.raw)
        return await _profile(request, apart=again, status=422)
    return go(f"/e/{event.slug}/mentor/profile?done=apart#apart")


async def let_meet(request: Request) -> Response:
    """POST /e/{slug}/mentor/meet: take back what one has said oneself."""
    form = await bind(request, LetMeetForm)
    async with services(request).database.writing() as db:
        event, mentor = await _own(db, request)
        if form.values is not None:
            await mentors.let_meet(db, mentor, form.values.conflict, source=ConflictSource.MENTOR)
    return go(f"/e/{event.slug}/mentor/profile?done=apart#apart")


@follows_slugs
async def availability(request: Request) -> Response:
    """GET /e/{slug}/mentor/availability: all rounds and slots as a grid of switches."""
    async with services(request).database.reading() as db:
        event, mentor = await _own(db, request)
        rounds = await _grid(db, event, mentor)
    return page(
        request,
        "mentoring/availability.html",
        event=event,
        mentor=mentor,
        rounds=rounds,
        done=request.query_params.get("done", ""),
    )


async def be_free(request: Request) -> Response:
    """POST /e/{slug}/mentor/availability: a switch that is not sent is off."""
    raw = await texts(request, most=400)
    shown = [name for name in raw.get("boxes", "").split() if name.startswith(SLOT)]
    try:
        free = {UUID(name.removeprefix(SLOT)): name in raw for name in shown}
    except ValueError as error:
        raise NotFound from error
    async with services(request).database.writing() as db:
        event, mentor = await _own(db, request)
        await mentors.be_free(db, event, mentor, free)
    return go(f"/e/{event.slug}/mentor/availability?done=saved")


async def _profile(
    request: Request,
    *,
    form: Bound[Any] | None = None,
    apart: Bound[Any] | None = None,
    status: int = 200,
) -> Response:
    async with services(request).database.reading() as db:
        event, mentor = await _own(db, request)
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


async def _grid(db: Db, event: Event, mentor: Mentor) -> list[FreeRound]:
    rounds = await queries.rounds_of(db, event.id)
    slots = await queries.slots_of(db, [each.id for each in rounds])
    said = await mentor_queries.free_in(db, mentor)
    return [
        FreeRound(
            each,
            [
                FreeSlot(slot, span_of(each, slot), said.get(slot.id, True))
                for slot in slots[each.id]
            ],
        )
        for each in rounds
    ]


async def _own(db: Db, request: Request) -> tuple[Event, Mentor]:
    """The event, and what the visitor is as a mentor there.

    Raises:
        NotFound: the visitor has not said yes to be one.
    """
    account_id = known_visitor(request).account_id
    assert account_id is not None
    event, _ = await team_queries.training_at(db, request.path_params["slug"])
    mentor = await mentor_queries.own(db, event, account_id)
    if mentor is None or mentor.state is not MentorState.ACCEPTED:
        raise NotFound
    return event, mentor


routes = [
    Route("/e/{slug}/mentors", public, methods=["GET"]),
    Route("/e/{slug}/mentor/profile", profile, methods=["GET"]),
    Route("/e/{slug}/mentor/profile", write_profile, methods=["POST"]),
    Route("/e/{slug}/mentor/apart", keep_apart, methods=["POST"]),
    Route("/e/{slug}/mentor/meet", let_meet, methods=["POST"]),
    Route("/e/{slug}/mentor/availability", availability, methods=["GET"]),
    Route("/e/{slug}/mentor/availability", be_free, methods=["POST"]),
]
