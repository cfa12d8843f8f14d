"""The page of a team for its members, and what its lead does there."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts.models import Account
from server.core import clock
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.mentoring.forms import SubstituteForm
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.teams import acts
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.at_own import joined, led
from server.web.forms import Bound
from server.web.pages import known_visitor, page
from server.web.services import services


@follows_slugs
async def show(request: Request) -> Response:
    """GET /e/{slug}/team/{number}: who sits where, what was answered, what comes next."""
    return await _page(request)


async def _page(
    request: Request,
    *,
    status: int = 200,
    seat: Bound[SubstituteForm] | None = None,
    refused: str = "",
) -> Response:
    now = clock.now()
    async with services(request).database.reading() as db:
        held = await joined(db, request)
        roll = await team_queries.roll_of(db, held.team)
        sessions = await events.sessions_of(db, held.event)
        avoided = await team_queries.avoided_by(db, held.team)
        mentors = await mentor_queries.names_of_accepted(db, held.event.id)
        lead = await db.get_one(Account, held.team.lead_id)
    ahead = [each for each in sessions if each.ends_at > now and each.cancelled_at is None]
    account_id = known_visitor(request).account_id
    return page(
        request,
        "mentoring/own_team.html",
        status=status,
        event=held.event,
        team=held.team,
        roll=roll,
        lead_name=lead.name,
        most=held.training.team_most,
        free=roll.free_seat(held.training.team_most),
        sessions=ahead,
        avoided=[mentors[each.mentor_id] for each in avoided if each.mentor_id in mentors],
        leads=held.team.lead_id == account_id,
        mine=next((each for each in roll.members if each.account_id == account_id), None),
        place=held.place,
        seat=seat or Bound[SubstituteForm](None),
        refused=refused,
        done=request.query_params.get("done", ""),
        registered=request.query_params.get("registered", ""),
    )


PATH: Final = "/e/{slug}/team/{number:int}"

routes = [
    Route(PATH, show, methods=["GET"]),
    *acts.routes(PATH, led, _page),
]
