"""What a room's page needs in a round: the way back to the main room, known beforehand."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.types import UUID4
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.core import clock
from server.core.errors import DomainError
from server.rooms import entry, seat
from server.rooms.engine import media_engine
from server.rooms.entry import Entry
from server.rooms.pages import SeatNotHeld
from server.rooms.places import main_room
from server.rooms.seat import Holder
from server.rounds import queries
from server.rounds.actions import RoundNotReady
from server.web.errors import refusal
from server.web.pages import known_visitor
from server.web.services import services
from server.web.visitor import Visitor

RETURN_WITHIN: Final = timedelta(seconds=120)  # after the end of the round


class BackRequest(BaseModel):
    """What a page sends to learn its way back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connection: UUID4


async def back(request: Request) -> Response:
    """POST /e/{slug}/s/{n}/room/back: a token for the main room, good until after the round.

    With it a page returns at the end by its own countdown, should the server be away then.
    """
    try:
        who = known_visitor(request)
        asked = BackRequest.model_validate_json(await request.body())
        return JSONResponse(
            await _back(request, who, asked.connection), headers={"Cache-Control": "no-store"}
        )
    except ValidationError:
        return JSONResponse({"code": "malformed"}, 422)
    except DomainError as error:
        return refusal(request, error)


async def _back(request: Request, who: Visitor, connection: UUID) -> dict[str, Any]:
    assert who.account_id is not None
    now = clock.now()
    async with services(request).database.reading() as db:
        here = await entry.at_door(
            db,
            slug=request.path_params["slug"],
            number=request.path_params["number"],
            account_id=who.account_id,
        )
        holder = Holder(here.participation.id, here.session.id, connection)
        held = await seat.held_by(db, holder)
        found = await queries.running(db, here.session.id)
        main = await main_room(db, here.session)
    if held is None:
        raise SeatNotHeld
    if found is None or main is None:
        raise RoundNotReady
    return _ticket(request, here, who, main.id, held.access_epoch, found[0].ends_at, now)


def _ticket(
    request: Request,
    here: Entry,
    who: Visitor,
    room: UUID,
    epoch: int,
    ends_at: datetime,
    now: datetime,
) -> dict[str, Any]:
    engine = media_engine(request)
    return {
        "url": engine.browser_url,
        "token": engine.join_token(
            room=room,
            identity=here.participation.id,
            name=who.name,
            grants=here.grants,
            epoch=epoch,
            lasts=ends_at + RETURN_WITHIN - now,
        ),
        "room": str(room),
        "identity": str(here.participation.id),
        "until": ends_at.isoformat(),
    }


routes = [Route("/e/{slug}/s/{number:int}/room/back", back, methods=["POST"])]
