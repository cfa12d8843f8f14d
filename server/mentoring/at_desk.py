"""Who is at the desk of teams and mentors, and of which event."""

from uuid import UUID

from starlette.requests import Request

from server.core.db import Db
from server.core.errors import NotFound
from server.events.access import at_desk
from server.events.models import Event
from server.events.roles import Capability
from server.mentoring.models import Training
from server.mentoring.teams import queries as team_queries
from server.web.pages import known_visitor


async def event_at(db: Db, request: Request, capability: Capability) -> Event:
    """The event of a page of the desk, for those who may."""
    slug = request.path_params["slug"]
    desk = await at_desk(db, slug=slug, account_id=organizer_of(request), capability=capability)
    return desk.event


async def training_at(db: Db, request: Request, capability: Capability) -> tuple[Event, Training]:
    """The event, which works with teams.

    Raises:
        NotFound: it does not.
    """
    event = await event_at(db, request, capability)
    training = await team_queries.training_of(db, event)
    if training is None:
        raise NotFound(training=event.slug)
    return event, training


def organizer_of(request: Request) -> UUID:
    """Who is at the desk."""
    account_id = known_visitor(request).account_id
    assert account_id is not None
    return account_id
