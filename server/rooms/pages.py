"""The room: one address is pre-join and room; the server decides which room it is."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.types import UUID4
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError
from server.events.roles import Capability, can, shown_role
from server.rooms import entry, seat, tickets
from server.rooms.engine import media_engine
from server.rooms.entry import Entry
from server.rooms.seat import Holder
from server.rooms.tickets import SeatNotHeld, Ticket
from server.web.errors import refusal
from server.web.pages import known_visitor, page
from server.web.services import services
from server.web.visitor import Visitor


class TokenRequest(BaseModel):
    """What a page sends to get a media token."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connection: UUID4


async def show(request: Request) -> Response:
    """GET /e/{slug}/s/{n}/room: pre-join, then the room, on the same page."""
    who = known_visitor(request)
    here = await _at_door(request, who)
    return page(
        request,
        "rooms/show.html",
        event=here.event,
        session=here.session,
        you=here.participation,
        role=shown_role(here.roles),
        may_publish=here.grants.publish,
        room_data=_room_data(request, here, who),
    )


def _room_data(request: Request, here: Entry, who: Visitor) -> dict[str, Any]:
    """What the page's scripts need to know from the start. Moments in ISO 8601, UTC."""
    session = here.session
    return {
        "event": here.event.slug,
        "session": session.number,
        "sessionId": str(session.id),
        "you": str(here.participation.id),
        "name": who.name,
        "role": shown_role(here.roles),
        "canPublish": here.grants.publish,
        "canChat": can(here.roles, Capability.CHAT_WRITE),
        "canModerate": can(here.roles, Capability.ROOM_MODERATE),
        "capacity": session.capacity,
        "doorsAt": session.doors_at.isoformat(),
        "startsAt": session.starts_at.isoformat(),
        "endsAt": session.ends_at.isoformat(),
        "serverNow": clock.now().isoformat(),
        "zone": here.event.zone,
        "path": request.url.path,
        "tokenPath": f"{request.url.path}/token",
        "backPath": f"{request.url.path}/back",
        "visitsPath": f"{request.url.path}/visits",
        "notePath": f"{request.url.path}/note",
        "choosePath": f"{request.url.path}/choose",
        "helpPath": f"{request.url.path}/help",
        "leavePath": f"/e/{here.event.slug}",
    }


async def token(request: Request) -> Response:
    """POST /e/{slug}/s/{n}/room/token: a media token for the page that holds the seat."""
    try:
        who = known_visitor(request)
        asked = TokenRequest.model_validate_json(await request.body())
        ticket = await _ticket(request, who, asked)
        return JSONResponse(ticket.as_json(), headers={"Cache-Control": "no-store"})
    except ValidationError:
        return JSONResponse({"code": "malformed"}, 422)
    except DomainError as error:
        return refusal(request, error)


async def _ticket(request: Request, who: Visitor, asked: TokenRequest) -> Ticket:
    async with services(request).database.reading() as db:
        here = await entry_of(db, request, who)
        entry.ensure_open(here, clock.now())
        holder = Holder(here.participation.id, here.session.id, asked.connection)
        held = await seat.held_by(db, holder)
    if held is None:
        raise SeatNotHeld
    return tickets.issue(media_engine(request), here, held, name=who.name)


async def _at_door(request: Request, who: Visitor) -> Entry:
    async with services(request).database.reading() as db:
        return await entry_of(db, request, who)


async def entry_of(db: Db, request: Request, who: Visitor) -> Entry:
    """Who asks, at the door of the room that a request's address names; errors as `at_door`."""
    assert who.account_id is not None
    return await entry.at_door(
        db,
        slug=request.path_params["slug"],
        number=request.path_params["number"],
        account_id=who.account_id,
    )


routes = [
    Route("/e/{slug}/s/{number:int}/room", show, methods=["GET"]),
    Route("/e/{slug}/s/{number:int}/room/token", token, methods=["POST"]),
]
