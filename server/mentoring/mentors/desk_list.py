"""The organizer's list of mentors, and invitations."""

from collections import Counter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import queries as account_queries
from server.accounts.entering import slow_down, slow_down_person
from server.core import clock
from server.events import queries as events
from server.events.roles import Capability
from server.mentoring.at_desk import organizer_of, training_at
from server.mentoring.forms import InviteMentorForm
from server.mentoring.mentors import actions as mentors
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.mentors.actions import AlreadyMentor, Invited
from server.mentoring.mentors.queries import Guide
from server.mentoring.models import MentorState
from server.registration.search import folded, matches
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.listing import PAGE, Paging, wanted
from server.web.pages import go, page
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor


async def show(request: Request) -> Response:
    """GET /manage/{slug}/mentors"""
    return await _list(request)


async def invite(request: Request) -> Response:
    """POST /manage/{slug}/mentors: ask somebody to be a mentor, by mail."""
    form, who = await bind(request, InviteMentorForm), visitor(request)
    async with services(request).database.reading() as db:
        await training_at(db, request, Capability.PEOPLE_EDIT)
    if form.values is None:
        return await _list(request, form=form, status=422)
    try:
        await slow_down_person(request, "mentor")
        await slow_down(request, "mentor", account_queries.canonical(form.values.address))
        async with services(request).database.writing() as db:
            event, _ = await training_at(db, request, Capability.PEOPLE_EDIT)
            wanted_ = Invited(
                name=form.values.name,
                reading=form.values.reading,
                address=form.values.address,
                capacity=form.values.capacity,
            )
            await mentors.invite(
                db,
                event,
                wanted_,
                locale=who.locale,
                actor=organizer_of(request),
                now=clock.now(),
            )
    except (AlreadyMentor, TooMany) as error:
        wrong = Bound[InviteMentorForm](None, {"address": text_of(error, who.locale)}, form.raw)
        return await _list(request, form=wrong, status=status_of(error))
    return go(f"/manage/{event.slug}/mentors?done=invited")


async def _list(
    request: Request, *, form: Bound[InviteMentorForm] | None = None, status: int = 200
) -> Response:
    asked, state = wanted(request), request.query_params.get("state", "")
    shown = MentorState(state) if state in set(MentorState) else None
    async with services(request).database.reading() as db:
        event, training = await training_at(db, request, Capability.PEOPLE_READ)
        everyone = await mentor_queries.guides_of(db, event)
        spoken = await mentor_queries.spoken_slots(db, [each.mentor.id for each in everyone])
        slots = await mentor_queries.slot_count(db, event)
        topics = await events.topics_of(db, event)
    found = [each for each in everyone if matches(folded(asked.text), _texts(each))]
    listed = [each for each in found if shown in (None, each.mentor.state)]
    return page(
        request,
        "mentoring/desk/mentors.html",
        status=status,
        event=event,
        training=training,
        total=len(everyone),
        counts=Counter(each.mentor.state for each in found),
        found=len(found),
        shown=shown,
        rows=listed[asked.offset : asked.offset + PAGE],
        paging=Paging(asked, len(listed)),
        spoken=spoken,
        slots=slots,
        topics={topic.number: topic for topic in topics},
        form=form or Bound[InviteMentorForm](None),
        done=request.query_params.get("done", ""),
    )


def _texts(guide: Guide) -> list[str]:
    mentor = guide.mentor
    said = [*mentor.title.values(), *mentor.regions]
    return [guide.name, guide.reading, guide.address, guide.organization, *said]


routes = [
    Route("/manage/{slug}/mentors", show, methods=["GET"]),
    Route("/manage/{slug}/mentors", invite, methods=["POST"]),
]
