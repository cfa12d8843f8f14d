"""Who is at the desk over plans and rounds, and of which event."""

from uuid import UUID

from starlette.requests import Request

from server.core.db import Db
from server.events.access import at_desk
from server.events.models import Event
from server.events.roles import Capability
from server.web.pages import known_visitor


async def planned(db: Db, request: Request, capability: Capability = Capability.PLAN_EDIT) -> Event:
    """The event of a page, for those who may plan it."""
    slug = request.path_params["slug"]
    desk = await at_desk(db, slug=slug, account_id=planner(request), capability=capability)
    return desk.event


def planner(request: Request) -> UUID:
    """Who is at the desk."""
    account_id = known_visitor(request).account_id
    assert account_id is not None
    return account_id


def number_of(request: Request) -> int:
    """The number that the address names."""
    return int(request.path_params["number"])
