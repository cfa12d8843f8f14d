"""Who is at the page of the own team: whoever sits down for it, or speaks for it."""

from starlette.requests import Request

from server.core.db import Db
from server.core.errors import NotFound
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.acts import Held
from server.mentoring.teams.rules import NotLead, ensure_registered
from server.web.pages import known_visitor


async def joined(db: Db, request: Request) -> Held:
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


async def led(db: Db, request: Request) -> Held:
    """The team of the address, for who speaks for it.

    Raises:
        NotFound: the visitor has no seat in it.
        NotLead: somebody else speaks for it.
    """
    held = await joined(db, request)
    if held.team.lead_id != known_visitor(request).account_id:
        raise NotLead
    ensure_registered(held.team)
    return held
