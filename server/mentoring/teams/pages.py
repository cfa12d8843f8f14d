"""The pages of a lead: write the team down, look it over, register it."""

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import actions as accounts
from server.accounts import queries as account_queries
from server.accounts.entering import slow_down, slow_down_person
from server.accounts.models import Account
from server.core import clock, i18n
from server.core.db import Db
from server.core.i18n import Locale
from server.events.addresses import follows_slugs
from server.events.draft import Draft, fingerprints
from server.events.models import Event
from server.events.reading import MISSING
from server.mentoring.forms import BeginForm
from server.mentoring.models import Team, Training
from server.mentoring.teams import actions as teams
from server.mentoring.teams import draft as team_draft
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.reading import Choices, Outcome, Part, part_of, read
from server.mentoring.teams.rules import TeamNotReady
from server.programme.editor import base_of
from server.registration import rules as registration_rules
from server.web.errors import text_of
from server.web.forms import Bound, bind, texts
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor

MOST_FIELDS: Final = 300


class Step(NamedTuple):
    """A part of the page at the left: `state` is done, now or later."""

    part: Part
    state: str


class Writing(NamedTuple):
    """A draft as its page shows it. `team` None: nothing is kept yet."""

    event: Event
    training: Training
    team: Team | None
    draft: Draft
    choices: Choices
    outcome: Outcome


@follows_slugs
async def show(request: Request) -> Response:
    """GET /e/{slug}/team: the lead's draft; for guests, how to begin."""
    who = visitor(request)
    async with services(request).database.reading() as db:
        event, training = await team_queries.training_at(db, request.path_params["slug"])
        if who.account_id is None:
            return _begin(request, event, training, Bound[BeginForm](None))
        own = await team_queries.team_of(db, event, who.account_id)
        if own is not None:
            return go(f"/e/{event.slug}/team/{own.number}")
        lead = await db.get_one(Account, who.account_id)
        writing = await _writing(db, event, training, lead)
    return _form(request, writing)


async def begin(request: Request) -> Response:
    """POST /e/{slug}/team/begin: a newcomer gets a link by which the page can be written on.

    Known and unknown addresses are answered alike.
    """
    form, who, now = await bind(request, BeginForm), visitor(request), clock.now()
    async with services(request).database.reading() as db:
        event, training = await team_queries.training_at(db, request.path_params["slug"])
    if form.values is None:
        return _begin(request, event, training, form, status=422)
    try:
        registration_rules.ensure_open(event, now)
        await slow_down(request, "register", account_queries.canonical(form.values.address))
    except TooMany as error:
        again = Bound[BeginForm](None, {"address": text_of(error, who.locale)}, form.raw)
        return _begin(request, event, training, again, status=429)
    async with services(request).database.writing() as db:
        account, _fresh = await accounts.account_for(
            db,
            address=form.values.address,
            name=form.values.name,
            reading=form.values.reading,
            locale=who.locale,
            zone=event.zone,
            now=now,
        )
        await accounts.ask_link(db, account_id=account.id, then=f"/e/{event.slug}/team", now=now)
    return page(request, "mentoring/sent.html", event=event, address=form.values.address)


async def save(request: Request) -> Response:
    """POST /e/{slug}/team: keep the draft; `do` says what else is to be done with it."""
    raw = await texts(request, most=MOST_FIELDS)
    account_id, now = known_visitor(request).account_id, clock.now()
    verb, _, row = raw.get("do", "").partition(" ")
    async with services(request).database.writing() as db:
        event, training = await team_queries.training_at(db, request.path_params["slug"])
        lead = await db.get_one(Account, account_id)
        mine = team_draft.typed(raw)
        team = await teams.save(db, event, mine, base=base_of(raw), lead=lead, now=now)
        if verb == "add-seat":
            await teams.add_seat(db, team, most=training.team_most, now=now)
        elif verb == "remove-seat" and row.isdecimal():
            await teams.remove_seat(db, team, int(row), now=now)
        writing = await _writing(db, event, training, lead)
    if verb == "check":
        if writing.outcome.wanted is None:
            return _form(request, writing, checked=True, status=422)
        return go(f"/e/{event.slug}/team/check")
    return go(f"/e/{event.slug}/team{'#more' if verb == 'add-seat' else ''}")


async def check(request: Request) -> Response:
    """GET /e/{slug}/team/check: what would be registered, to be read once more."""
    account_id = known_visitor(request).account_id
    async with services(request).database.reading() as db:
        event, training = await team_queries.training_at(db, request.path_params["slug"])
        lead = await db.get_one(Account, account_id)
        writing = await _writing(db, event, training, lead)
    wanted = writing.outcome.wanted
    if wanted is None or writing.team is None:
        return go(f"/e/{event.slug}/team")
    topic = next((each for each in writing.choices.topics if each.id == wanted.topic_id), None)
    return page(
        request,
        "mentoring/check.html",
        event=event,
        wanted=wanted,
        topic=topic,
        questions=writing.choices.questions,
        organization=writing.choices.organizations.get(wanted.organization_id)
        if wanted.organization_id
        else None,
        avoided=[writing.choices.mentors[each] for each in wanted.avoided],
        most=training.team_most,
    )


async def register(request: Request) -> Response:
    """POST /e/{slug}/team/register: the team takes part, under its number."""
    await texts(request)
    account_id, now = known_visitor(request).account_id, clock.now()
    await slow_down_person(request, "team")
    async with services(request).database.writing() as db:
        event, training = await team_queries.training_at(db, request.path_params["slug"])
        lead = await db.get_one(Account, account_id)
        try:
            team = await teams.register(db, event, training, lead=lead, now=now)
        except TeamNotReady:  # nothing has changed: its page says what is missing
            return go(f"/e/{event.slug}/team")
    return go(f"/e/{event.slug}/team/{team.number}?registered=1")


async def _writing(db: Db, event: Event, training: Training, lead: Account) -> Writing:
    team, draft = await teams.kept_draft(db, event, lead)
    choices = await team_queries.choices_of(db, event, training, lead.id)
    return Writing(event, training, team, draft, choices, read(draft, choices))


def _form(
    request: Request, writing: Writing, *, checked: bool = False, status: int = 200
) -> Response:
    errors = sentences(writing.outcome, visitor(request).locale, all_of_them=checked)
    return page(
        request,
        "mentoring/team.html",
        status=status,
        event=writing.event,
        most=writing.training.team_most,
        draft=writing.draft,
        base=json.dumps(fingerprints(writing.draft), separators=(",", ":")),
        seats=team_draft.seats(writing.draft),
        choices=writing.choices,
        steps=_steps(writing.outcome, writing.choices),
        errors=errors,
        wrong_parts={part_of(name, writing.choices) for name in errors},
        checked=checked,
        saved_at=writing.team.saved_at if writing.team else None,
        opening=registration_rules.opening(writing.event, clock.now()),
    )


def sentences(outcome: Outcome, locale: Locale, *, all_of_them: bool) -> dict[str, str]:
    """Sentences by field; what is only not filled in yet counts when one wants to register."""
    catalog = i18n.catalog(locale)
    return {
        name: catalog.gettext(wrong.sentence).format(**wrong.details)
        for name, wrong in outcome.wrong.items()
        if all_of_them or wrong.sentence != MISSING
    }


def _steps(outcome: Outcome, choices: Choices) -> list[Step]:
    """The four parts: those with nothing left are done, the first of the others is where one is."""
    left: Mapping[Part, bool] = {part: outcome.left(part, choices) for part in Part}
    first = next((part for part in Part if left[part]), None)
    states = {True: "later", False: "done"}
    return [Step(part, "now" if part is first else states[left[part]]) for part in Part]


def _begin(
    request: Request,
    event: Event,
    training: Training,
    form: Bound[Any],
    *,
    status: int = 200,
) -> Response:
    return page(
        request,
        "mentoring/begin.html",
        status=status,
        event=event,
        most=training.team_most,
        form=form,
        opening=registration_rules.opening(event, clock.now()),
    )


routes = [
    Route("/e/{slug}/team", show, methods=["GET"]),
    Route("/e/{slug}/team", save, methods=["POST"]),
    Route("/e/{slug}/team/begin", begin, methods=["POST"]),
    Route("/e/{slug}/team/check", check, methods=["GET"]),
    Route("/e/{slug}/team/register", register, methods=["POST"]),
]
