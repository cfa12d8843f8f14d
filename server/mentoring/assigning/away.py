"""A mentor cannot come any more: out of all slots to come, and the plan is made anew around it."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.core import clock
from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Event
from server.mentoring import queries
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.mentors import words as mentor_words
from server.mentoring.mentors.queries import AWAY, BACK
from server.mentoring.models import Mentor, MentorState
from server.mentoring.plans import actions as plans
from server.mentoring.plans.at_desk import planned, planner
from server.mentoring.plans.models import PlanState
from server.mentoring.solving import actions as solvings
from server.mentoring.solving.actions import SolvingRuns
from server.web.forms import texts
from server.web.pages import go
from server.web.services import services


async def leave(request: Request) -> Response:
    """POST /manage/{slug}/mentors/{id}/away: a draft without the mentor is looked for."""
    await texts(request)
    now = clock.now()
    async with services(request).database.writing() as db:
        event, mentor = await _held(db, request)
        await _be_away(db, event, mentor, actor=planner(request), now=now)
        number = await _made_anew(db, event, actor=planner(request), now=now)
    if number is None:
        return go(f"/manage/{event.slug}/mentors/{mentor.id}?done=away")
    return go(f"/manage/{event.slug}/plans/{number}/assignment?done=away")


async def come_back(request: Request) -> Response:
    """POST /manage/{slug}/mentors/{id}/back: free again where the mentor was before."""
    await texts(request)
    async with services(request).database.writing() as db:
        event, mentor = await _held(db, request)
        last = await mentor_queries.last_word(db, mentor)
        if last is not None and last.verb == AWAY:
            to_come = set(await _slots_to_come(db, event))
            free = [UUID(each) for each in last.data["slots"] if UUID(each) in to_come]
            await mentor_words.be_free(db, event, mentor, dict.fromkeys(free, True))
            await _note(db, mentor, BACK, free, actor=planner(request), now=clock.now())
    return go(f"/manage/{event.slug}/mentors/{mentor.id}?done=saved")


async def _held(db: Db, request: Request) -> tuple[Event, Mentor]:
    event = await planned(db, request)
    guide = await mentor_queries.guide_of(db, event, request.path_params["id"])
    if guide.mentor.state is not MentorState.ACCEPTED:
        raise NotFound
    return event, guide.mentor


async def _be_away(db: Db, event: Event, mentor: Mentor, *, actor: UUID, now: datetime) -> None:
    said = await mentor_queries.free_in(db, mentor)
    free = [slot for slot in await _slots_to_come(db, event) if said.get(slot, True)]
    if free:
        await mentor_words.be_free(db, event, mentor, dict.fromkeys(free, False))
        await _note(db, mentor, AWAY, free, actor=actor, now=now)


async def _slots_to_come(db: Db, event: Event) -> list[UUID]:
    rounds = await queries.rounds_of(db, event.id)
    slots = await queries.slots_of(db, [each.id for each in rounds if each.closed_at is None])
    return [slot.id for own in slots.values() for slot in own if not slot.begun]


async def _made_anew(db: Db, event: Event, *, actor: UUID, now: datetime) -> int | None:
    """The number of a draft for which a plan is looked for; None: nothing is published yet."""
    if await queries.plan_in(db, event.id, PlanState.PUBLISHED) is None:
        return None
    plan = await plans.begin(db, event, actor=actor, now=now)
    draft = await plans.held(db, event, plan.number)
    with suppress(SolvingRuns):  # the page says that something has changed since, once it is over
        await solvings.ask(db, draft, near=True, actor=actor, now=now)
    return plan.number


async def _note(
    db: Db, mentor: Mentor, verb: str, slots: list[UUID], *, actor: UUID, now: datetime
) -> None:
    await audit.note(
        db,
        actor=actor,
        verb=verb,
        object=audit.about("mentor", mentor.id),
        now=now,
        slots=[str(slot) for slot in slots],
    )


routes = [
    Route("/manage/{slug}/mentors/{id:uuid}/away", leave, methods=["POST"]),
    Route("/manage/{slug}/mentors/{id:uuid}/back", come_back, methods=["POST"]),
]
