"""The plan at the organizer's desk: look at it, and edit its draft cell by cell."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import DomainError
from server.mentoring import queries
from server.mentoring.models import PlanState
from server.mentoring.plans import actions as plans
from server.mentoring.plans import rows as plan_rows
from server.mentoring.plans.actions import PlanChanged, Put, VisitChanged, VisitLocked, VisitPast
from server.mentoring.plans.at_desk import number_of, planned, planner
from server.mentoring.plans.forms import FillForm, How, LockForm, UndoForm, VisitForm
from server.mentoring.plans.look import Look, Undo
from server.mentoring.plans.planning import plan_of, planning_of, plans_of
from server.mentoring.plans.rules import Visit
from server.mentoring.plans.view import shown, undone
from server.web.errors import text_of
from server.web.forms import bind, texts
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor

REFUSALS = (PlanChanged, VisitChanged, VisitLocked, VisitPast)


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


async def visit(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/visit: a team for a cell, or nobody."""
    form = await bind(request, VisitForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    if form.values is None:
        return await plan_page(request, Look(), refused=VisitChanged())
    sent = form.values
    look = Look.of({"view": sent.view}).at(sent.mentor, sent.slot)
    wanted = Put(mentor_id=sent.mentor, slot_id=sent.slot, team_id=sent.team, was=sent.was)
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            draft = await plans.held(db, event, number_of(request))
            undo = _undo(draft.visits, wanted, draft.board.slots)
            await plans.put(db, draft, wanted, actor=planner(request), now=clock.now())
    except REFUSALS as error:
        return await plan_page(request, look, refused=error)
    if sent.team == sent.was:
        undo = None
    return go(f"/manage/{event.slug}/plans/{draft.plan.number}{look.but(undo=undo).query}#chosen")


def _undo(visits: list[Visit], wanted: Put, slots: object) -> Undo | None:
    """The put that takes this one back: the team goes where it was, or the cell to whom it had."""
    assert isinstance(slots, dict)
    for each in visits:
        if each.team_id == wanted.team_id and slots[each.slot_id] == slots.get(wanted.slot_id):
            cell_team = next(
                (
                    v.team_id
                    for v in visits
                    if (v.mentor_id, v.slot_id) == (wanted.mentor_id, wanted.slot_id)
                ),
                None,
            )
            return Undo(each.mentor_id, each.slot_id, wanted.team_id, cell_team)
    return Undo(wanted.mentor_id, wanted.slot_id, wanted.was, wanted.team_id)


async def lock(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/lock: a visit stays where it is, or may move again."""
    form = await bind(request, LockForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    if form.values is None:
        return await plan_page(request, Look(), refused=VisitChanged())
    sent = form.values
    look = Look.of({"view": sent.view}).at(sent.mentor, sent.slot)
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            draft = await plans.held(db, event, number_of(request))
            meant = Visit(sent.slot, sent.team, sent.mentor)
            now = clock.now()
            await plans.lock(db, draft, meant, on=sent.on, actor=planner(request), now=now)
    except REFUSALS as error:
        return await plan_page(request, look, refused=error)
    return go(f"/manage/{event.slug}/plans/{draft.plan.number}{look.query}#chosen")


async def fill(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/fill: let the simple rule place who has no visit."""
    form = await bind(request, FillForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    anew = form.values is not None and form.values.how is How.ANEW
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            draft = await plans.held(db, event, number_of(request))
            actor, now = planner(request), clock.now()
            came = await plans.fill(db, draft, anew=anew, actor=actor, now=now)
    except REFUSALS as error:
        return await plan_page(request, Look(), refused=error)
    return go(f"/manage/{event.slug}/plans/{draft.plan.number}?filled={came}")


async def undo(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/undo: the draft as before the file or the simple rule."""
    form = await bind(request, UndoForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    if form.values is None:
        return await plan_page(request, Look(), refused=PlanChanged())
    actor, now = planner(request), clock.now()
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            draft = await plans.held(db, event, number_of(request))
            await plans.undo(db, draft, v=form.values.v, actor=actor, now=now)
    except REFUSALS as error:
        return await plan_page(request, Look(), refused=error)
    return go(f"/manage/{event.slug}/plans/{draft.plan.number}?back=1")


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
    Route("/manage/{slug}/plans/{number:int}/visit", visit, methods=["POST"]),
    Route("/manage/{slug}/plans/{number:int}/lock", lock, methods=["POST"]),
    Route("/manage/{slug}/plans/{number:int}/fill", fill, methods=["POST"]),
    Route("/manage/{slug}/plans/{number:int}/undo", undo, methods=["POST"]),
    Route("/manage/{slug}/plans/{number:int}/discard", discard, methods=["POST"]),
]
