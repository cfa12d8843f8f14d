"""Calling an organizer from a room of a round, and telling that all is well again."""

from typing import Any, NamedTuple
from uuid import UUID

from pydantic import Field
from sqlmodel import col, select
from starlette.requests import Request
from starlette.routing import Route

from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.events.models import Participation
from server.mentoring.models import Round
from server.rooms.models import RoomKind
from server.rounds import help as calls
from server.rounds import queries
from server.rounds.actions import RoundNotReady
from server.rounds.models import HelpCall
from server.rounds.pages import ROOM, Here, Sent, answering, here_now
from server.web.services import services
from server.web.visitor import Visitor


class HelpWanted(Sent):
    """A call for an organizer, with a few words if one likes."""

    words: str = Field(default="", max_length=calls.LONGEST)


class _Apart(NamedTuple):
    here: Here
    round_: Round


async def state(request: Request, who: Visitor) -> dict[str, Any]:
    """GET /e/{slug}/s/{n}/room/help: the open call of the room, if there is one."""
    async with services(request).database.reading() as db:
        apart = await _apart(db, request, who)
        return await _told(db, await calls.open_in(db, apart.here.room.id))


async def call(request: Request, who: Visitor) -> dict[str, Any]:
    """POST /e/{slug}/s/{n}/room/help: call an organizer into the room."""
    sent = HelpWanted.model_validate_json(await request.body())
    async with services(request).database.writing() as db:
        apart = await _apart(db, request, who)
        made = await calls.call(
            db,
            session_id=apart.here.entry.session.id,
            round_id=apart.round_.id,
            room=apart.here.room,
            caller=apart.here.entry.participation.id,
            name=who.name,
            words=sent.words,
            now=clock.now(),
        )
        told = await _told(db, made)
    request.app.state.live.look()
    return told


async def over(request: Request, who: Visitor) -> dict[str, Any]:
    """POST /e/{slug}/s/{n}/room/help/over: nobody is needed any more."""
    async with services(request).database.writing() as db:
        apart = await _apart(db, request, who)
        made = await calls.open_in(db, apart.here.room.id)
        if made is None:
            raise calls.HelpOver
        await calls.close(
            db,
            made.id,
            session_id=apart.here.entry.session.id,
            actor=apart.here.entry.participation.id,
            now=clock.now(),
        )
    request.app.state.live.look()
    return {"call": None}


async def _apart(db: Db, request: Request, who: Visitor) -> _Apart:
    """The person in a room of the round that runs.

    Raises:
        RoundNotReady: no round runs, or the person is in the main room, where organizers are.
    """
    here = await here_now(db, request, who)
    found = await queries.running(db, here.entry.session.id)
    if found is None or here.room.kind is RoomKind.MAIN:
        raise RoundNotReady
    return _Apart(here, found[0])


async def _told(db: Db, made: HelpCall | None) -> dict[str, Any]:
    if made is None:
        return {"call": None}
    return {"call": {"words": made.words, "taken_by": await _name(db, made.taken_by)}}


async def _name(db: Db, participation_id: UUID | None) -> str | None:
    found = (
        select(Account.name)
        .join(Participation, col(Participation.account_id) == col(Account.id))
        .where(col(Participation.id) == participation_id)
    )
    return (await db.exec(found)).first()


routes = [
    Route(f"{ROOM}/help", answering(state), methods=["GET"]),
    Route(f"{ROOM}/help", answering(call), methods=["POST"]),
    Route(f"{ROOM}/help/over", answering(over), methods=["POST"]),
]
