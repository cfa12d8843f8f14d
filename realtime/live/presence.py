"""Who is in which room, as digests: at most twice a second, and never in the log."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Final, Never
from uuid import UUID

from realtime.gateway import Devices, Gateway, Holder
from realtime.live.hub import Hub
from realtime.live.turns import turn
from realtime.protocol.messages import Person, Presence

DIGEST_SECONDS: Final = 0.5
LOOK_EVERY: Final = 4  # digests after which all rooms are looked at: other processes' people
MOST_LISTED: Final = 60


class PresenceBoard:
    """Keeps the rooms of this process's pages up to date, from the seats in the database."""

    def __init__(self, hub: Hub, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self._hub = hub
        self._gateway = gateway
        self._clock = clock
        self._reports: dict[Holder, Devices] = {}
        self._changed: set[UUID] = set()
        self._turn = 0
        self._told: dict[UUID, dict[UUID, Person]] = {}  # room → participation → person

    def report(self, holder: Holder, devices: Devices, room: UUID) -> None:
        """A page says that it lives, and how its devices stand."""
        self._reports[holder] = devices
        told = self._told.get(room, {}).get(holder.participation_id)
        if told is None or (told.mic, told.camera) != devices:
            self._changed.add(room)

    def changed(self, room: UUID) -> None:
        """Somebody came or went."""
        self._changed.add(room)

    def last(self, room: UUID) -> Presence | None:
        """What was told of a room, for a page that has just come."""
        people = self._told.get(room)
        return None if people is None else self._digest(room, people)

    async def run(self) -> Never:
        """Write what pages report, and tell pages who is in their room."""
        while True:
            await asyncio.sleep(DIGEST_SECONDS)
            self._turn += 1
            await turn(self._once, trouble="presence failed")

    async def _once(self) -> None:
        await self._write_reports()
        await self._tell(everywhere=self._turn % LOOK_EVERY == 0)

    async def _write_reports(self) -> None:
        reports, self._reports = self._reports, {}
        lost = await self._gateway.report(reports) if reports else ()
        for connection in self._hub.connections if lost else ():
            if self._gateway.holder(connection.place, connection.page) in lost:
                connection.doubt_seat()

    async def _tell(self, *, everywhere: bool) -> None:
        read_here = {connection.place.room.id for connection in self._hub.connections}
        self._told = {room: people for room, people in self._told.items() if room in read_here}
        wanted = read_here if everywhere else read_here & self._changed
        self._changed.clear()
        if not wanted:
            return
        for room, present in (await self._gateway.people(wanted)).items():
            people = {person.participation: person for person in present}
            if self._told.get(room) != people:
                self._told[room] = people
                self._send(room, people)

    def _send(self, room: UUID, people: dict[UUID, Person]) -> None:
        text = self._digest(room, people).model_dump_json()
        for connection in self._hub.connections:
            if connection.place.room.id == room:
                connection.offer_text(text)

    def _digest(self, room: UUID, people: dict[UUID, Person]) -> Presence:
        listed = list(islice(people.values(), MOST_LISTED))
        return Presence(room=room, server_now=self._clock(), people=listed, count=len(people))
