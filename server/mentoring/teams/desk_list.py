"""The organizer's list of teams, and whether the event works with teams."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.events.roles import Capability
from server.mentoring.at_desk import event_at
from server.mentoring.forms import TrainingForm
from server.mentoring.teams import actions as teams
from server.mentoring.teams import listing as team_list
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.listing import Shown
from server.mentoring.teams.rules import TeamsThere
from server.web.errors import status_of, text_of
from server.web.forms import Bound, bind
from server.web.listing import PAGE, Paging, wanted
from server.web.pages import go, page
from server.web.services import services
from server.web.visitor import visitor


async def show(request: Request) -> Response:
    """GET /manage/{slug}/teams"""
    return await _list(request)


async def switch(request: Request) -> Response:
    """POST /manage/{slug}/teams: whether the event works with teams, and of how many."""
    form = await bind(request, TrainingForm)
    async with services(request).database.reading() as db:
        await event_at(db, request, Capability.EVENT_EDIT)
    if form.values is None:
        return await _list(request, form=form, status=422)
    try:
        async with services(request).database.writing() as db:
            event = await event_at(db, request, Capability.EVENT_EDIT)
            if form.values.teams:
                await teams.work_with_teams(db, event, most=form.values.team_most)
            else:
                await teams.work_without_teams(db, event)
    except TeamsThere as error:
        sentence = text_of(error, visitor(request).locale)
        wrong = Bound[TrainingForm](None, {"teams": sentence}, form.raw)
        return await _list(request, form=wrong, status=status_of(error))
    return go(f"/manage/{event.slug}/teams?done=teams")


async def _list(
    request: Request, *, form: Bound[TrainingForm] | None = None, status: int = 200
) -> Response:
    asked, state = wanted(request), request.query_params.get("state", "")
    shown = Shown(state) if state in set(Shown) else Shown.ALL
    async with services(request).database.reading() as db:
        event = await event_at(db, request, Capability.PEOPLE_READ)
        training = await team_queries.training_of(db, event)
        everyone = await team_list.of_event(db, event) if training else []
        questions = await team_queries.questions_of(db, event) if training else []
    found = team_list.searched(everyone, asked.text)
    listed = [row for row in found if row.is_shown(shown)]
    return page(
        request,
        "mentoring/desk/teams.html",
        status=status,
        event=event,
        training=training,
        total=len(everyone),
        counts=team_list.counted(found),
        shown=shown,
        rows=listed[asked.offset : asked.offset + PAGE],
        paging=Paging(asked, len(listed)),
        questions=questions,
        form=form or Bound[TrainingForm](None),
        done=request.query_params.get("done", ""),
    )


routes = [
    Route("/manage/{slug}/teams", show, methods=["GET"]),
    Route("/manage/{slug}/teams", switch, methods=["POST"]),
]
