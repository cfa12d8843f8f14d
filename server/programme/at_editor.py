"""Who is at the editor, and of which event."""

from uuid import UUID

from starlette.requests import Request

from server.core.db import Db
from server.events.access import at_desk
from server.events.models import Event
from server.events.roles import Capability
from server.web.pages import known_visitor


async def edited(db: Db, request: Request) -> Event:
    """The event of a page of the editor, for those who may edit it."""
    found = await at_desk(
        db,
        slug=request.path_params["slug"],
        account_id=editor_of(request),
        capability=Capability.EVENT_EDIT,
    )
    return found.event


def editor_of(request: Request) -> UUID:
    """Who is at the editor."""
    account_id = known_visitor(request).account_id
    assert account_id is not None
    return account_id
