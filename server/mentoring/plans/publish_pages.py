"""What publishing a draft would change, and publishing it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import DomainError
from server.mentoring.plans import actions as plans
from server.mentoring.plans import mails, publishing
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.at_desk import number_of, planned, planner
from server.mentoring.plans.forms import PublishForm
from server.mentoring.plans.look import Look
from server.mentoring.plans.planning import plan_of, planning_of
from server.mentoring.plans.publishing import PlanConflicts, PlanSame
from server.mentoring.plans.view import shown
from server.web.errors import text_of
from server.web.forms import bind
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor


async def difference(request: Request) -> Response:
    """GET /manage/{slug}/plans/{number}/difference: what was and what will be."""
    return await _difference(request)


async def publish(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/publish: the draft holds, and those concerned are told."""
    form = await bind(request, PublishForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    sent = form.values or PublishForm(v=0)
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            draft = await plans.held(db, event, number_of(request))
            await publishing.publish(
                db, draft, v=sent.v, despite=sent.despite, actor=planner(request), now=clock.now()
            )
    except (PlanChanged, PlanConflicts, PlanSame) as error:
        return await _difference(request, refused=error)
    return go(f"/manage/{event.slug}/plans/{draft.plan.number}?published=1")


async def _difference(request: Request, *, refused: DomainError | None = None) -> Response:
    async with services(request).database.reading_one_moment() as db:
        event = await planned(db, request)
        planning = await planning_of(db, event, await plan_of(db, event, number_of(request)))
        found = shown(planning, Look())
        told = await mails.readers(db, list(found.difference.teams), list(found.difference.mentors))
    return page(
        request,
        "plans/difference.html",
        status=409 if refused else 200,
        event=event,
        shown=found,
        planning=planning,
        plan=planning.plan,
        told=len(told),
        hard=planning.hard(),
        refused=text_of(refused, visitor(request).locale) if refused else "",
    )


routes = [
    Route("/manage/{slug}/plans/{number:int}/difference", difference, methods=["GET"]),
    Route("/manage/{slug}/plans/{number:int}/publish", publish, methods=["POST"]),
]
