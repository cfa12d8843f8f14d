"""The page of a team for its members, and what its lead does there."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.core.errors import NotFound
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.mentoring.forms import SubstituteForm
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.teams import acts
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.acts import Held
from server.mentoring.teams.rules import NotLead, ensure_registered
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
        held = await _joined(db, request)
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


async def _joined(db: Db, request: Request) -> Held:
    """The team of the address, for those who sit down for it.

    Raises:
        NotFound: there is none, or the visitor has no seat in it.
    """
    account_id = known_visitor(request).account_id
    assert account_id is not None
    event, training = await team_queries.training_at(db, request.path_params["slug"])
    team = await team_queries.by_number(db, event, request.path_params["number"])
    own = await team_queries.team_of(db, event, account_id)
    if own is None or own.id != team.id:
        raise NotFound(team=team.number)
    return Held(event, training, team, f"/e/{event.slug}/team/{team.number}")


async def _led(db: Db, request: Request) -> Held:
    """The team of the address, for who speaks for it.

    Raises:
        NotFound: the visitor has no seat in it.
        NotLead: somebody else speaks for it.
    """
    held = await _joined(db, request)
    if held.team.lead_id != known_visitor(request).account_id:
        raise NotLead
    ensure_registered(held.team)
    return held


PATH: Final = "/e/{slug}/team/{number:int}"

routes = [
    Route(PATH, show, methods=["GET"]),
    *acts.routes(PATH, _led, _page),
]
