"""Who may work on an event, from which page of the organizer's desk."""

from dataclasses import dataclass
from uuid import UUID

from server.core.db import Db
from server.core.errors import Forbidden, NotFound
from server.events import queries
from server.events.models import Event, EventState, Participation, Role
from server.events.roles import Capability, can


class NotOrganizer(Forbidden):
    """The person may see the event, and not work on it."""

    code = "not_organizer"


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at the desk of an event."""

    event: Event
    participation: Participation
    roles: frozenset[Role]


async def at_desk(db: Db, *, slug: str, account_id: UUID, capability: Capability) -> Desk:
    """The desk of an event, for one whose roles there carry the capability.

    Raises:
        NotFound: there is no such event, or it is a draft that this person may not know of.
        NotOrganizer: the person may see the event, but not do this.
    """
    event = await queries.by_slug(db, slug)
    if event is None:
        raise NotFound(event=slug)
    participation = await queries.participation_of(db, event, account_id)
    roles = await queries.roles_of(db, participation.id) if participation else frozenset()
    if participation is None or not can(roles, capability):
        raise NotOrganizer if event.state is EventState.PUBLISHED else NotFound(event=slug)
    return Desk(event, participation, roles)
