"""What a day is, and what happened on it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from server.core.db import Database
from server.rooms.models import Room
from server.rooms.places import open_main_room
from tests.support.people import Person
from tests.support.training import Held, Sizes

from .broker import OwnRedis
from .trainee import Trainee, client


@dataclass(frozen=True)
class Plan:
    """How large the day is, how many people are real browsers, and what dies."""

    sizes: Sizes
    browsers: int
    kills: tuple[str, ...]
    coming: float = 40.0  # seconds over which people come
    before: float = 120.0  # seconds from the first word to the first round

    @asynccontextmanager
    async def redis(self, folder: Path) -> AsyncIterator[OwnRedis]:
        """The day's Redis server."""
        server = OwnRedis(folder)
        await server.start()
        try:
            yield server
        finally:
            server.kill()


class Organizer:
    """Presses the buttons of the board at `path`."""

    def __init__(self, url: str, path: str, token: str) -> None:
        self._path = path
        self._http = client(url, token)

    async def open(self, number: int) -> None:
        """Open a round."""
        form = await self._http.get("/licences")  # any page that has one
        found = re.findall(r'name="csrf_token" value="([^"]+)"', form.text)
        answer = await self._http.post(f"{self._path}/{number}/open", data={"csrf_token": found[0]})
        assert answer.status_code == 303, answer.text

    async def go(self) -> None:
        """Leave."""
        await self._http.aclose()


@dataclass
class Day:
    """What happened. Moments in seconds of the wall clock."""

    plan: Plan
    database: Database
    held: Held
    organizer: Organizer
    people: dict[UUID, Trainee] = field(default_factory=dict)  # by participation
    browsers: dict[UUID, Person] = field(default_factory=dict)
    expected: list[tuple[float, UUID, str]] = field(default_factory=list)  # since when, who, where
    opened: list[float] = field(default_factory=list)
    closed: list[tuple[float, float]] = field(default_factory=list)  # due, found
    killed: list[tuple[str, float]] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    written: list[tuple[UUID, str]] = field(default_factory=list)  # team, line acknowledged
    help_calls: int = 0
    cpu: dict[str, float] = field(default_factory=dict)

    async def main_room(self) -> Room:
        """Where all are before and after the rounds."""
        async with self.database.writing() as db:
            return await open_main_room(db, self.held.session)
