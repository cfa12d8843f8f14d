"""In a training with teams the way in leads over the team: its page stands where single people
register elsewhere. Who has a place there, or waits for one, finds it as everywhere.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.core.db import Db
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.events.models import Event
from server.mentoring.teams import queries as team_queries
from server.registration import pages, seats
from server.registration.models import RegistrationState
from server.web.pages import go
from server.web.services import services
from server.web.visitor import visitor


@follows_slugs
async def show(request: Request) -> Response:
    """GET /e/{slug}/register"""
    return await _elsewhere(request) or await pages.show(request)


@follows_slugs
async def register(request: Request) -> Response:
    """POST /e/{slug}/register"""
    return await _elsewhere(request) or await pages.register(request)


async def _elsewhere(request: Request) -> Response | None:
    """The way to the team's page; None: people register one by one, or this one has."""
    slug = request.path_params["slug"]
    async with services(request).database.reading() as db:
        event = await events.published(db, slug)
        if await team_queries.training_of(db, event) is None:
            return None
        if await _has_place(db, request, event):
            return None
    return go(f"/e/{slug}/team")


async def _has_place(db: Db, request: Request, event: Event) -> bool:
    account_id = visitor(request).account_id
    if account_id is None:
        return False
    own = (await seats.own(db, event, account_id)).get(None)
    return own is not None and own.state is not RegistrationState.CANCELLED


routes = [
    Route("/e/{slug}/register", show, methods=["GET"]),
    Route("/e/{slug}/register", register, methods=["POST"]),
]
