"""A plan as CSV: taken away, brought back, compared with the draft before it is taken."""

from typing import Final

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import audit
from server.core import clock, i18n
from server.core.errors import DomainError
from server.events.roles import Capability
from server.mentoring.plans import actions as plans
from server.mentoring.plans import sheet_reading, sheets
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.at_desk import number_of, planned, planner
from server.mentoring.plans.comparing import Difference
from server.mentoring.plans.comparing import difference as compared
from server.mentoring.plans.forms import TakeForm
from server.mentoring.plans.planning import Planning, plan_of, planning_of
from server.mentoring.plans.sheet_reading import MOST_BYTES, PROBLEMS, Problem, Read
from server.web import csrf
from server.web.errors import text_of
from server.web.forms import bind
from server.web.pages import go, page
from server.web.services import services
from server.web.sheet import csv_response
from server.web.visitor import visitor

MOST_SHOWN: Final = 50  # problems


async def download(request: Request) -> Response:
    """GET /manage/{slug}/plans/{number}.csv: every visit, and every team without."""
    async with services(request).database.reading_one_moment() as db:
        event = await planned(db, request, Capability.RECORDS_EXPORT)
        plan = await plan_of(db, event, number_of(request))
        rows = sheets.rows(await planning_of(db, event, plan))
    async with services(request).database.writing() as db:
        await audit.note(
            db,
            actor=planner(request),
            verb="plan.exported",
            object=audit.about("event", event.id),
            now=clock.now(),
            plan=plan.number,
            rows=len(rows),
        )
    return csv_response(f"{event.slug}-plan-{plan.number}.csv", sheets.HEADER, rows)


async def show(request: Request) -> Response:
    """GET /manage/{slug}/plans/{number}/sheet: choose a file."""
    return await _page(request)


async def bring(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/sheet: what a file would change; nothing changes yet."""
    async with request.form(max_files=1, max_fields=10, max_part_size=MOST_BYTES) as data:
        csrf.check(request, data.get(csrf.FIELD))
        file = data.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
    text = sheet_reading.decoded(content) if len(content) <= MOST_BYTES else ""
    if text is None:
        return await _page(request, problem=Problem(0, "letters", {}))
    if len(content) > MOST_BYTES:
        return await _page(request, problem=Problem(0, "long", {}))
    return await _page(request, text=text)


async def take(request: Request) -> Response:
    """POST /manage/{slug}/plans/{number}/sheet/take: the draft says what the file said."""
    form = await bind(request, TakeForm)
    async with services(request).database.reading() as db:
        await planned(db, request)
    if form.values is None:
        return await _page(request, refused=PlanChanged())
    actor, now = planner(request), clock.now()
    try:
        async with services(request).database.writing() as db:
            event = await planned(db, request)
            draft = await plans.held(db, event, number_of(request))
            found = sheet_reading.read(form.values.text, draft)
            if found.problems:
                raise PlanChanged  # teams or mentors changed since the page was made
            await plans.take(db, draft, found.visits, v=form.values.v, actor=actor, now=now)
    except PlanChanged as error:
        return await _page(request, text=form.values.text, refused=error)
    return go(f"/manage/{event.slug}/plans/{draft.plan.number}?taken=1")


async def _page(
    request: Request,
    *,
    text: str | None = None,
    problem: Problem | None = None,
    refused: DomainError | None = None,
) -> Response:
    async with services(request).database.reading_one_moment() as db:
        event = await planned(db, request)
        planning = await planning_of(db, event, await plan_of(db, event, number_of(request)))
    if text is not None:
        found = sheet_reading.read(text, planning)
    else:
        found = Read([], [problem] if problem else [])
    status = 409 if refused else 422 if found.problems else 200
    return page(
        request,
        "plans/sheet.html",
        status=status,
        event=event,
        planning=planning,
        plan=planning.plan,
        text=text if text is not None and not found.problems else "",
        difference=_difference(planning, found) if text is not None else None,
        problems=[(each.line, _words(request, each)) for each in found.problems[:MOST_SHOWN]],
        more=max(0, len(found.problems) - MOST_SHOWN),
        passed=found.passed,
        refused=text_of(refused, visitor(request).locale) if refused else "",
    )


def _difference(planning: Planning, found: Read) -> Difference | None:
    if found.problems:
        return None
    return compared(planning.visits, found.visits, planning.board.slots)


def _words(request: Request, problem: Problem) -> str:
    say = i18n.catalog(visitor(request).locale).gettext
    return say(PROBLEMS[problem.what]).format(**problem.details)


routes = [
    Route("/manage/{slug}/plans/{number:int}.csv", download, methods=["GET"]),
    Route("/manage/{slug}/plans/{number:int}/sheet", show, methods=["GET"]),
    Route("/manage/{slug}/plans/{number:int}/sheet", bring, methods=["POST"]),
    Route("/manage/{slug}/plans/{number:int}/sheet/take", take, methods=["POST"]),
]
