"""What a room's page asks in a round: its visits, the notes, help, and the way back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.types import UUID4
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.core import clock
from server.core.db import Db
from server.core.errors import DomainError, Forbidden, NotFound
from server.events.roles import Capability, can
from server.mentoring.models import Round, RoundForm
from server.rooms import moving, seat, tickets
from server.rooms.engine import media_engine
from server.rooms.entry import Entry
from server.rooms.models import Room
from server.rooms.pages import entry_of
from server.rooms.places import known_place, main_room
from server.rooms.seat import Holder
from server.rooms.tickets import SeatNotHeld
from server.rounds import actions, groups, notes, queries, visits
from server.rounds.actions import RoundNotReady
from server.rounds.models import NoteReaders
from server.rounds.notes import NoteChanged
from server.web.errors import refusal
from server.web.pages import known_visitor
from server.web.services import services
from server.web.visitor import Visitor

RETURN_WITHIN: Final = timedelta(seconds=120)  # after the end of the round

Answer = Callable[[Request, Visitor], Awaitable[dict[str, Any]]]


class Sent(BaseModel):
    """What a page sends; nothing else is taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BackRequest(Sent):
    """Which page wants to know its way back."""

    connection: UUID4


class NoteSaved(Sent):
    """The shared note as it is written, over the version that was read (0: none)."""

    body: str = Field(max_length=2 * notes.LONGEST)
    v: int = Field(ge=0)


class OwnNoteSaved(NoteSaved):
    """A mentor's own note, and who else may read it."""

    readers: NoteReaders


class RoomChosen(Sent):
    """The number on the door of a room."""

    number: int = Field(ge=1, le=1000)


class Here(NamedTuple):
    """A person where it belongs in a session now."""

    entry: Entry
    room: Room


def answering(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that speaks JSON, and refuses with code and text."""

    async def endpoint(request: Request) -> Response:
        try:
            found = await answer(request, known_visitor(request))
        except ValidationError:
            return JSONResponse({"code": "malformed"}, 422)
        except NoteChanged as error:
            return JSONResponse({"code": error.code, "body": error.body, "v": error.v}, 409)
        except DomainError as error:
            return refusal(request, error)
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    endpoint.__doc__ = answer.__doc__
    return endpoint


async def back(request: Request, who: Visitor) -> dict[str, Any]:
    """POST /e/{slug}/s/{n}/room/back: a token for the main room, good until after the round.

    With it a page returns at the end by its own countdown, should the server be away then.
    """
    asked = BackRequest.model_validate_json(await request.body())
    async with services(request).database.reading() as db:
        at_door = await entry_of(db, request, who)
        holder = Holder(at_door.participation.id, at_door.session.id, asked.connection)
        held = await seat.held_by(db, holder)
        found = await queries.running(db, at_door.session.id)
        main = await main_room(db, at_door.session)
    if held is None:
        raise SeatNotHeld
    if found is None or main is None:
        raise RoundNotReady
    ends_at = found[0].ends_at
    ticket = tickets.issue(
        media_engine(request),
        at_door,
        held,
        name=who.name,
        room=main.id,
        lasts=ends_at + RETURN_WITHIN - clock.now(),
    )
    return ticket.as_json() | {"until": ends_at.isoformat()}


async def visits_here(request: Request, who: Visitor) -> dict[str, Any]:
    """GET /e/{slug}/s/{n}/room/visits: who visits this room, whom oneself, and what to choose."""
    async with services(request).database.reading() as db:
        here = await here_now(db, request, who)
        found = await queries.running(db, here.entry.session.id)
        if found is None:
            return {"here": [], "own": [], "rooms": []}
        coming = await visits.to_room(db, found[0], here.room.id)
        own = await visits.of_mentor(db, found[0], here.entry.participation.id)
        rooms = await _rooms_to_choose(db, found[0], here)
    return {
        "here": [visit.as_json() for visit in coming],
        "own": [visit.as_json() for visit in own],
        "rooms": rooms,
    }


async def _rooms_to_choose(db: Db, round_: Round, here: Here) -> list[dict[str, Any]]:
    """The rooms that one may choose from, with how many are placed there."""
    if round_.form is not RoundForm.CHOICE:
        return []
    rooms = await groups.rooms_of(db, round_)
    inside = await moving.people_in(db, here.entry.session, [room.id for room in rooms])
    return [
        {"number": room.number, "people": len(inside[room.id]), "here": room.id == here.room.id}
        for room in rooms
    ]


async def choose(request: Request, who: Visitor) -> dict[str, Any]:
    """POST /e/{slug}/s/{n}/room/choose: go to a room of one's own choice."""
    sent = RoomChosen.model_validate_json(await request.body())
    async with services(request).database.writing() as db:
        at_door = await entry_of(db, request, who)
        found = await queries.running(db, at_door.session.id)
        if found is None:
            raise RoundNotReady
        person, round_id = at_door.participation.id, found[0].id
        await actions.choose(db, round_id, person, sent.number, clock.now())
    request.app.state.live.look()
    return {}


async def read_note(request: Request, who: Visitor) -> dict[str, Any]:
    """GET /e/{slug}/s/{n}/room/note?room=…: the note that everybody in the room shares."""
    async with services(request).database.reading() as db:
        _, room_id = await _in_named_room(db, request, who)
        note = await notes.room_note(db, room_id)
    if note is None:
        return {"body": "", "v": 0, "saved_at": None}
    return {"body": note.body, "v": note.v, "saved_at": note.saved_at.isoformat()}


async def save_note(request: Request, who: Visitor) -> dict[str, Any]:
    """POST /e/{slug}/s/{n}/room/note?room=…: save the shared note."""
    sent = NoteSaved.model_validate_json(await request.body())
    now = clock.now()
    async with services(request).database.writing() as db:
        at_door, room_id = await _in_named_room(db, request, who)
        if not can(at_door.roles, Capability.CHAT_WRITE):
            raise Forbidden
        v = await notes.save_room_note(
            db,
            room_id=room_id,
            person=at_door.participation.id,
            name=who.name,
            body=sent.body,
            v=sent.v,
            now=now,
        )
    request.app.state.live.look()
    return {"v": v, "saved_at": now.isoformat()}


async def read_own_note(request: Request, who: Visitor) -> dict[str, Any]:
    """GET /e/{slug}/s/{n}/room/visits/{assignment}/note: a mentor's own note on a visit."""
    async with services(request).database.reading() as db:
        person = (await entry_of(db, request, who)).participation.id
        visit, _ = await notes.own_visit(db, request.path_params["assignment"], person)
        note = await notes.own_note(db, visit, person)
    if note is None:
        return {"body": "", "v": 0, "readers": NoteReaders.ORGANIZERS, "saved_at": None}
    saved_at = note.saved_at.isoformat()
    return {"body": note.body, "v": note.v, "readers": note.readers, "saved_at": saved_at}


async def save_own_note(request: Request, who: Visitor) -> dict[str, Any]:
    """POST /e/{slug}/s/{n}/room/visits/{assignment}/note: save one's own note on a visit."""
    sent = OwnNoteSaved.model_validate_json(await request.body())
    now = clock.now()
    async with services(request).database.writing() as db:
        at_door = await entry_of(db, request, who)
        person = at_door.participation.id
        visit, _ = await notes.own_visit(db, request.path_params["assignment"], person)
        v = await notes.save_own_note(
            db,
            visit,
            event_id=at_door.event.id,
            person=person,
            body=sent.body,
            readers=sent.readers,
            v=sent.v,
            now=now,
        )
    return {"v": v, "saved_at": now.isoformat()}


async def _in_named_room(db: Db, request: Request, who: Visitor) -> tuple[Entry, UUID]:
    """The person, and the room of a round that the address names and the person is in.

    Raises:
        NotInRoom: it is not.
        NotFound: the address names none.
    """
    at_door = await entry_of(db, request, who)
    try:
        room_id = UUID(request.query_params.get("room", ""))
    except ValueError as error:
        raise NotFound(room="") from error
    await notes.ensure_there(
        db,
        session_id=at_door.session.id,
        person=at_door.participation.id,
        room_id=room_id,
        now=clock.now(),
    )
    return at_door, room_id


async def here_now(db: Db, request: Request, who: Visitor) -> Here:
    """The person where it belongs; the session's main room must have been made.

    Raises:
        RoundNotReady: nobody has been in the session yet.
    """
    at_door = await entry_of(db, request, who)
    room = await known_place(db, participation=at_door.participation, session=at_door.session)
    if room is None:
        raise RoundNotReady
    return Here(at_door, room)


ROOM: Final = "/e/{slug}/s/{number:int}/room"
_OWN: Final = f"{ROOM}/visits/{{assignment:uuid}}/note"

routes = [
    Route(f"{ROOM}/back", answering(back), methods=["POST"]),
    Route(f"{ROOM}/visits", answering(visits_here), methods=["GET"]),
    Route(f"{ROOM}/choose", answering(choose), methods=["POST"]),
    Route(f"{ROOM}/note", answering(read_note), methods=["GET"]),
    Route(f"{ROOM}/note", answering(save_note), methods=["POST"]),
    Route(_OWN, answering(read_own_note), methods=["GET"]),
    Route(_OWN, answering(save_own_note), methods=["POST"]),
]
