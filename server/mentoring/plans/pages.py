"""The plan at the organizer's desk: begin a draft, look at it, throw it away."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import DomainError
from server.mentoring import queries
from server.mentoring.plans import actions as plans
from server.mentoring.plans import rows as plan_rows
from server.mentoring.plans.at_desk import number_of, planned, planner
from server.mentoring.plans.look import Look
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.planning import plan_of, planning_of, plans_of
from server.mentoring.plans.view import shown, undone
from server.web.errors import text_of
from server.web.forms import texts
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor


async def index(request: Request) -> Response:
    """GET /manage/{slug}/plans: to the draft, or the published plan; or how to begin."""
    async with services(request).database.reading() as db:
        event = await planned(db, request)
        for state in (PlanState.DRAFT, PlanState.PUBLISHED):
            plan = await queries.plan_in(db, event.id, state)
            if plan is not None:
                return go(f"/manage/{event.slug}/plans/{plan.number}")
        rounds = await queries.rounds_of(db, event.id)
        slots = await queries.slots_of(db, [each.id for each in rounds])
        teams = await queries.teams_of(db, event.id)
        mentors = await queries.mentors_of(db, event.id)
    return page(
        request,
        "plans/none.html",
        event=event,
        slots=sum(len(each) for each in slots.values()),
        teams=len(teams),
        mentors=len(mentors),
    )


async def begin(request: Request) -> Response:
    """POST /manage/{slug}/plans: a draft after the published plan."""
    await texts(request)
    async with services(request).database.writing() as db:
        event = await planned(db, request)
        plan = await plans.begin(db, event, actor=planner(request), now=clock.now())
    return go(f"/manage/{event.slug}/plans/{plan.number}")


async def show(request: Request) -> Response:
    """GET /manage/{slug}/plans/{number}: the grid."""
    return await plan_page(request, Look.of(request.query_params))


async def discard(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/discard: throw the draft away."""
    await texts(request)
    async with services(request).database.writing() as db:
        event = await planned(db, request)
        await plans.discard(db, await plans.held(db, event, number_of(request)))
    return go(f"/manage/{event.slug}/plans")


async def plan_page(
    request: Request, look: Look, *, refused: DomainError | None = None
) -> Response:
    """The page of a plan as it is now; with a refusal it answers 409."""
    async with services(request).database.reading_one_moment() as db:
        event = await planned(db, request)
        planning = await planning_of(db, event, await plan_of(db, event, number_of(request)))
        others = await plans_of(db, event)
    return page(
        request,
        "plans/show.html",
        status=409 if refused else 200,
        event=event,
        shown=shown(planning, look),
        planning=planning,
        plan=planning.plan,
        look=look,
        others=others,
        undone=undone(planning, look.undo),
        can_go_back=planning.is_draft and plan_rows.before(planning.plan) is not None,
        refused=text_of(refused, visitor(request).locale) if refused else "",
    )


routes = [
    Route("/manage/{slug}/plans", index, methods=["GET"]),
    Route("/manage/{slug}/plans", begin, methods=["POST"]),
    Route("/manage/{slug}/plans/{number:int}", show, methods=["GET"]),
    Route("/manage/{slug}/plans/{number:int}/discard", discard, methods=["POST"]),
]
