"""When a mentor is free: all rounds and slots as a grid of switches."""

from typing import Final, NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core.db import Db
from server.core.errors import NotFound
from server.events.addresses import follows_slugs
from server.events.models import Event
from server.mentoring import queries
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.mentors import words as mentor_words
from server.mentoring.mentors.at_own import own_mentor
from server.mentoring.models import Mentor, Round, Slot
from server.mentoring.schedule.timetable import Span, span_of
from server.web.forms import texts
from server.web.pages import go, page
from server.web.services import services

SLOT: Final = "slot-"  # a switch is named slot-<id of the slot>
MOST_FIELDS: Final = 400


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
async def availability(request: Request) -> Response:
    """GET /e/{slug}/mentor/availability: all rounds and slots as a grid of switches."""
    async with services(request).database.reading() as db:
        event, mentor = await own_mentor(db, request)
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
    raw = await texts(request, most=MOST_FIELDS)
    shown = [name for name in raw.get("boxes", "").split() if name.startswith(SLOT)]
    try:
        free = {UUID(name.removeprefix(SLOT)): name in raw for name in shown}
    except ValueError as error:
        raise NotFound from error
    async with services(request).database.writing() as db:
        event, mentor = await own_mentor(db, request)
        await mentor_words.be_free(db, event, mentor, free)
    return go(f"/e/{event.slug}/mentor/availability?done=saved")


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


routes = [
    Route("/e/{slug}/mentor/availability", availability, methods=["GET"]),
    Route("/e/{slug}/mentor/availability", be_free, methods=["POST"]),
]
