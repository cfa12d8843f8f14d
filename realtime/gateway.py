"""The only door from the live channel to the application: who may do what, and what is kept."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from starlette.requests import HTTPConnection

from realtime.places import BoardPlace, Place
from realtime.protocol.messages import Person, Refusal
from server.accounts import logins
from server.accounts.recognise import recognise
from server.core import broker, clock
from server.core.broker import Broker
from server.core.errors import DomainError, Forbidden, NotFound
from server.events import queries as events
from server.events.access import at_desk
from server.events.roles import Capability, can
from server.live import log
from server.live.log import Forgotten, Found
from server.live.models import StreamEvent
from server.mentoring.queries import round_of
from server.records import actions as records
from server.rooms import chat, entry, present, seat, tickets
from server.rooms.engine import engine_of
from server.rooms.entry import Entry
from server.rooms.lease import Devices
from server.rooms.models import Room
from server.rooms.places import Seat, known_place, known_places, main_room, place
from server.rooms.present import Present
from server.rooms.seat import Holder, Taken
from server.rooms.tickets import Asks, Ticket
from server.rounds.actions import state_of
from server.rounds.board import reports as board_reports
from server.rounds.board import state as board
from server.rounds.board.reports import Lines, Report
from server.rounds.board.state import Board
from server.rounds.queries import running
from server.web.csrf import same_origin
from server.web.errors import text_of
from server.web.services import Services
from server.web.visitor import LOGIN_COOKIE, Visitor, cookie_name

__all__ = [  # what the channel knows of the application
    "NUDGES",
    "Board",
    "BoardPlace",
    "Devices",
    "DomainError",
    "Forbidden",
    "Forgotten",
    "Found",
    "Gateway",
    "Holder",
    "Lines",
    "Place",
    "Report",
    "StreamEvent",
    "Taken",
    "Ticket",
    "Visitor",
]

_ROOM_PATH: Final = re.compile(r"/e/([a-z0-9-]{3,40})/s/(\d{1,4})/room")
_BOARD_PATH: Final = re.compile(r"/manage/([a-z0-9-]{3,40})/board/(\d{1,4})")
NUDGES: Final = "live:nudges"


class Gateway:
    """What the live channel may ask of the application."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._database = services.database

    def from_our_pages(self, connection: HTTPConnection) -> bool:
        """Whether the handshake comes from a page of ours (RFC 6455 §10.2)."""
        return same_origin(connection, self._services.settings.public_url)

    async def visitor(self, connection: HTTPConnection) -> Visitor | None:
        """Who connects, by the login cookie; None for a guest."""
        name = cookie_name(LOGIN_COOKIE, secure=self._services.settings.secure)
        token = connection.cookies.get(name)
        return await recognise(connection, token, clock.now()) if token else None

    async def ended(self, login_ids: Collection[UUID]) -> set[UUID]:
        """Those of the logins that have ended."""
        lasts = timedelta(days=self._services.settings.login_days)
        async with self._database.reading() as db:
            return await logins.revoked(db, list(login_ids), now=clock.now(), lasts=lasts)

    async def place(self, visitor: Visitor, path: str) -> Place:
        """Where a page is.

        Raises:
            NotFound: no page with a live channel is there.
            Forbidden: it is not for this person.
        """
        desk = _BOARD_PATH.fullmatch(path)
        if desk is not None and visitor.account_id is not None:
            return await self._board_place(visitor, desk[1], int(desk[2]), visitor.account_id)
        found = _ROOM_PATH.fullmatch(path)
        if found is None or visitor.account_id is None:
            raise NotFound(path=path)
        async with self._database.reading() as db:
            here = await entry.at_door(
                db, slug=found[1], number=int(found[2]), account_id=visitor.account_id
            )
            room = await known_place(db, participation=here.participation, session=here.session)
        return Place(visitor, here, room or await self._first_in(here))

    async def _board_place(
        self, visitor: Visitor, slug: str, number: int, account_id: UUID
    ) -> BoardPlace:
        async with self._database.reading() as db:
            desk = await at_desk(
                db, slug=slug, account_id=account_id, capability=Capability.ROUND_RUN
            )
            round_ = await round_of(db, desk.event, number)
            session = await events.session_by_id(db, round_.session_id)
            here = Entry(desk.event, session, desk.participation, desk.roles)
            room = await main_room(db, session)
        return BoardPlace(visitor, here, room or await self._first_in(here), desk.event, round_)

    async def look_at_board(self, here: BoardPlace) -> Board:
        """The board as it is now."""
        async with self._database.reading() as db:
            round_ = await round_of(db, here.event, here.round_.number)
        services = self._services
        return await board.look(
            services.database, services.broker, here.event, round_, now=clock.now()
        )

    async def keep_reports(self, reports: Sequence[Report]) -> None:
        """Keep for a while how it goes in the rooms.

        Raises:
            RedisError, OSError, TimeoutError: the broker is away; the reports are lost.
        """
        await board_reports.write(self._services.broker, reports)

    async def _first_in(self, here: Entry) -> Room:
        async with self._database.writing() as db:
            return await place(db, participation=here.participation, session=here.session)

    async def places_now(self, here: Sequence[Place]) -> list[Place]:
        """The same pages where their people belong now, in a few queries however many."""
        async with self._database.reading() as db:
            rooms = await known_places(db, [_seat_of(place) for place in here])
        return [replace(place, room=rooms.get(_seat_of(place), place.room)) for place in here]

    async def tickets(self, pages: Sequence[tuple[Place, UUID]]) -> list[Ticket | None]:
        """Media tokens for pages by their connections, in a few queries however many; None for a
        page that does not hold its seat, or whose person may not enter any more.
        """
        asked = [Asks(here.entry, connection, here.visitor.name) for here, connection in pages]
        engine = engine_of(self._services.settings)
        async with self._database.reading() as db:
            return await tickets.for_pages(db, engine, asked, now=clock.now())

    async def session_snapshot(self, here: Place) -> tuple[int, dict[str, Any] | None]:
        """The head of the session's stream, and the round that ran at that number."""
        async with self._database.reading_one_moment() as db:
            heads = await log.heads(db, [here.session_stream])
            found = await running(db, here.entry.session.id)
        return heads.get(here.session_stream, 0), state_of(*found) if found else None

    async def heads(self, streams: Iterable[str]) -> dict[str, int]:
        """The newest number of each stream, 0 where nothing happened yet."""
        wanted = list(streams)
        async with self._database.reading() as db:
            known = await log.heads(db, wanted)
        return {stream: known.get(stream, 0) for stream in wanted}

    async def since(self, stream: str, seq: int) -> list[StreamEvent]:
        """The events of a stream after `seq`.

        Raises:
            Forgotten: some of them are gone.
        """
        async with self._database.reading() as db:
            return await log.since(db, stream, seq)

    async def since_each(self, read: Mapping[str, int]) -> Found:
        """The events of each stream after the number to which it was read, at most 500 a query."""
        async with self._database.reading() as db:
            return await log.since_each(db, read)

    async def room_snapshot(self, room: Room) -> tuple[int, list[dict[str, Any]]]:
        """The head of the room's stream and the chat as it was at that number."""
        return (await self.room_snapshots([room.id]))[room.id]

    async def room_snapshots(
        self, rooms: Collection[UUID]
    ) -> dict[UUID, tuple[int, list[dict[str, Any]]]]:
        """The same of many rooms; those in which nothing was ever said cost nothing more."""
        streams = {room: chat.room_stream(room) for room in rooms}
        async with self._database.reading_one_moment() as db:
            heads = await log.heads(db, streams.values())
            return {
                room: (heads[stream], await chat.newest(db, room)) if stream in heads else (0, [])
                for room, stream in streams.items()
            }

    async def take_seat(
        self, here: Place, connection: UUID, line: UUID, *, use_here: bool
    ) -> Taken:
        """Take the person's seat for a page, over one of its lines.

        Raises:
            SeatElsewhere: another page holds it, and nobody said "use here".
            DoorEarly, DoorClosed: nobody may enter now.
        """
        now = clock.now()
        entry.ensure_open(here.entry, now)
        assert here.visitor.login_id is not None
        async with self._database.writing() as db:
            taken = await seat.take(
                db,
                participation=here.entry.participation,
                session=here.entry.session,
                login_id=here.visitor.login_id,
                connection_id=connection,
                line_id=line,
                here=use_here,
                now=now,
            )
            await records.took_seat(
                db,
                self.holder(here, connection),
                room_id=taken.room_id,
                event_id=here.entry.event.id,
                at=now,
            )
        return taken

    async def release_seat(self, here: Place, connection: UUID, line: UUID) -> None:
        """The line is gone; the seat waits for the page's return, if it has not come already."""
        holder = self.holder(here, connection)
        async with self._database.writing() as db:
            if await seat.release(db, holder, line_id=line):
                await records.gave_seat(db, holder, at=clock.now())

    async def leave_seat(self, here: Place, connection: UUID) -> None:
        """The person leaves the room."""
        holder = self.holder(here, connection)
        async with self._database.writing() as db:
            if await seat.leave(db, holder):
                await records.gave_seat(db, holder, at=clock.now())

    async def report(self, reports: Mapping[Holder, Devices]) -> set[Holder]:
        """Renew the leases of many pages at once; returns those that hold their seat no longer."""
        now = clock.now()
        async with self._database.writing() as db:
            lost = await seat.report(db, reports, now=now)
            await records.held_seats(db, reports.keys() - lost, at=now)
        return lost

    async def people(self, rooms: Collection[UUID]) -> dict[UUID, list[Person]]:
        """Who is in each of the rooms."""
        found: dict[UUID, list[Person]] = {room: [] for room in rooms}
        async with self._database.reading() as db:
            for person in await present.people(db, rooms, now=clock.now()):
                found[person.room_id].append(_person(person))
        return found

    async def post(self, here: Place, body: str, request_id: UUID) -> StreamEvent:
        """Write into the room's chat.

        Raises:
            Forbidden: the person may not write.
            EmptyLine: there is nothing to write.
        """
        if not can(here.entry.roles, Capability.CHAT_WRITE):
            raise Forbidden
        async with self._database.writing() as db:
            return await chat.post(
                db,
                room=here.room,
                author=here.entry.participation,
                name=here.visitor.name,
                role=here.role,
                body=body,
                request_id=request_id,
                now=clock.now(),
            )

    async def delete(self, here: Place, message: UUID, request_id: UUID) -> StreamEvent:
        """Take a line of the chat back.

        Raises:
            NotFound: it is not in this room.
            NotYourLine: somebody else wrote it.
        """
        async with self._database.writing() as db:
            return await chat.delete(
                db,
                room=here.room,
                actor=here.entry.participation,
                moderates=can(here.entry.roles, Capability.ROOM_MODERATE),
                message_id=message,
                request_id=request_id,
                now=clock.now(),
            )

    def holder(self, here: Place, connection: UUID) -> Holder:
        """The page as the holder of a seat."""
        return Holder(here.you, here.entry.session.id, connection)

    def refusal(self, error: DomainError, visitor: Visitor) -> Refusal:
        """A refusal in the person's language."""
        return Refusal(code=error.code, text=text_of(error, visitor.locale))

    async def nudge(self, text: str) -> None:
        """Send a nudge to all web processes.

        Raises:
            RedisError, OSError: the broker is away.
        """
        await self._services.broker.publish(NUDGES, text)

    def listener(self) -> Broker:
        """A broker connection of its own, on which nudges are heard."""
        return broker.connect(self._services.settings.redis_url)


def _seat_of(place: Place) -> Seat:
    return Seat(place.entry.session.id, place.you)


def _person(present: Present) -> Person:
    return Person(
        participation=present.participation_id,
        name=present.name,
        role=present.role,
        mic=present.devices.mic,
        camera=present.devices.camera,
    )
