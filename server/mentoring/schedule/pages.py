"""The rounds of an event at the organizer's desk, set ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import DomainError
from server.events.models import Event, Session
from server.mentoring import queries
from server.mentoring.models import Round, RoundForm, RoundState, Slot
from server.mentoring.plans.at_desk import number_of, planned
from server.mentoring.schedule import rounds as schedule
from server.mentoring.schedule import timetable
from server.mentoring.schedule.forms import SetupForm
from server.mentoring.schedule.rounds import (
    NotLast,
    RoundBegun,
    RoundChanged,
    RoundOutside,
    RoundsOverlap,
    SlotsVisited,
)
from server.web.errors import text_of
from server.web.forms import Bound, bind, texts
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor

NEW: Final = 0  # the form that adds a round
# Where on the form a refusal stands; "" for the whole of it.
BESIDE: Final[Mapping[type[DomainError], str]] = {
    RoundOutside: "begins",
    RoundsOverlap: "begins",
    SlotsVisited: "slots",
    RoundBegun: "",
    RoundChanged: "",
    NotLast: "",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A round of the page with its form; the last one adds a round."""

    number: int
    round: Round | None
    slots: list[Slot]
    form: Bound[SetupForm]
    may_change: bool
    is_last: bool = False


async def show(request: Request) -> Response:
    """GET /manage/{slug}/rounds: all rounds, each to be changed in place."""
    return await _page(request)


async def add(request: Request) -> Response:
    """POST /manage/{slug}/rounds: one more round."""
    form = await bind(request, SetupForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    if form.values is None:
        return await _page(request, number=NEW, form=form)
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            round_ = await schedule.add(db, event, form.values.setup(event.zone))
    except tuple(BESIDE) as error:
        return await _page(request, number=NEW, form=_refused(request, form, error))
    return go(f"/manage/{event.slug}/rounds?saved={round_.number}#r{round_.number}")


async def change(request: Request) -> Response:
    """POST /manage/{slug}/rounds/{number}: set a round that has not begun."""
    form, number = await bind(request, SetupForm), number_of(request)
    async with services(request).database.reading() as db:
        event = await planned(db, request)
        await queries.round_of(db, event, number)
    if form.values is None:
        return await _page(request, number=number, form=form)
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            setup = form.values.setup(event.zone)
            await schedule.change(db, event, number, setup, v=form.values.v, now=clock.now())
    except tuple(BESIDE) as error:
        return await _page(request, number=number, form=_refused(request, form, error))
    return go(f"/manage/{event.slug}/rounds?saved={number}#r{number}")


async def remove(request: Request) -> Response:
    """POST /manage/{slug}/rounds/{number}/remove: take the last round out."""
    raw, number = await texts(request), number_of(request)
    v = int(raw["v"]) if raw.get("v", "").isdecimal() else 0
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            await schedule.remove(db, event, number, v=v)
    except tuple(BESIDE) as error:
        refused = {"all": text_of(error, visitor(request).locale)}
        return await _page(request, number=number, form=Bound(None, refused, {}))
    return go(f"/manage/{event.slug}/rounds")


def _refused(request: Request, form: Bound[SetupForm], error: DomainError) -> Bound[SetupForm]:
    sentence = text_of(error, visitor(request).locale)
    return Bound(None, {BESIDE[type(error)] or "all": sentence}, form.raw)


async def _page(
    request: Request, *, number: int | None = None, form: Bound[SetupForm] | None = None
) -> Response:
    async with services(request).database.reading() as db:
        event = await planned(db, request)
        sessions = await schedule.sessions_of(db, event)
        rounds = await queries.rounds_of(db, event.id)
        slots = await queries.slots_of(db, [round_.id for round_ in rounds])
    raw = {each.id: _texts(event, each, slots[each.id]) for each in rounds}
    parts = [
        Part(
            number=each.number,
            round=each,
            slots=slots[each.id],
            form=_form(raw[each.id], form if number == each.number else None),
            may_change=each.state is RoundState.PLANNED,
            is_last=each is rounds[-1],
        )
        for each in rounds
    ]
    if sessions:
        after = _texts_after(event, sessions, rounds, slots)
        parts.append(Part(NEW, None, [], _form(after, form if number == NEW else None), True))
    return page(
        request,
        "plans/rounds.html",
        status=422 if form else 200,
        event=event,
        sessions=sessions,
        titles={session.id: session for session in sessions},
        parts=parts,
        forms=list(RoundForm),
        span_of=timetable.span_of,
        saved=request.query_params.get("saved", ""),
    )


def _form(raw: dict[str, str], sent: Bound[SetupForm] | None) -> Bound[SetupForm]:
    """What the round is, under what was sent and refused."""
    if sent is None:
        return Bound(None, {}, raw)
    v = {"v": raw["v"]}  # who sends again has seen what there is now
    return Bound(None, sent.errors, raw | sent.raw | v)


def _texts(event: Event, round_: Round, slots: list[Slot]) -> dict[str, str]:
    """A round as its form shows it; parts of a minute are rounded up."""
    local = round_.starts_at.astimezone(ZoneInfo(event.zone))
    whole = int((round_.ends_at - round_.starts_at).total_seconds())
    length = slots[0].length if slots else whole
    travel = slots[1].offset - slots[0].length if len(slots) > 1 else 0
    return {
        "v": str(round_.v),
        "session": str(round_.session_id),
        "form": round_.form,
        "group_size": str(round_.group_size),
        "day": f"{local:%Y-%m-%d}",
        "begins": f"{local:%-H:%M}",
        "slots": str(len(slots) or 1),
        "minutes": str(-(-length // 60)),
        "travel": str(-(-travel // 60)),
        "warn": ", ".join(f"{each // 60}:{each % 60:02}" for each in round_.warn_at),
        "missing_after": str(round_.missing_after),
        "silent_after": str(-(-round_.silent_after // 60)),
        "return_seconds": str(round_.return_seconds),
    }


def _texts_after(
    event: Event, sessions: list[Session], rounds: list[Round], slots: Mapping[UUID, list[Slot]]
) -> dict[str, str]:
    """What a further round begins with: like the last one, in the next session that has none."""
    raw = {"slots": "3", "minutes": "13", "travel": "2", "warn": "5:00, 1:00, 0:10"}
    raw |= {"form": RoundForm.TEAMS, "group_size": "4"}
    raw |= {"missing_after": "60", "silent_after": "5", "return_seconds": "60"}
    if rounds:
        raw |= _texts(event, rounds[-1], slots[rounds[-1].id])
    used = {round_.session_id for round_ in rounds}
    free = next((session for session in sessions if session.id not in used), sessions[-1])
    after = [each.ends_at for each in rounds if each.session_id == free.id]
    begins = max([free.starts_at, *after]).astimezone(ZoneInfo(event.zone))
    new = {"v": "0", "session": str(free.id)}
    return raw | new | {"day": f"{begins:%Y-%m-%d}", "begins": f"{begins:%-H:%M}"}


routes = [
    Route("/manage/{slug}/rounds", show, methods=["GET"]),
    Route("/manage/{slug}/rounds", add, methods=["POST"]),
    Route("/manage/{slug}/rounds/{number:int}", change, methods=["POST"]),
    Route("/manage/{slug}/rounds/{number:int}/remove", remove, methods=["POST"]),
]
