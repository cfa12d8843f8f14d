"""The application on a real port, inside the test's process, with a room and people in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
import uvicorn

from realtime.live.channel import LiveChannel
from server.accounts.models import Account
from server.app import create_app
from server.core import clock
from server.core.config import Settings
from server.core.db import Db
from server.events.models import (
    Event,
    EventKind,
    EventState,
    Participation,
    ParticipationRole,
    Role,
    Session,
    SessionKind,
)
from server.events.queries import published
from server.listen import listen
from tests.support.live_client import Page
from tests.support.ports import free_port
from tests.support.web import Site

SLUG = "test-forum"
ROOM = f"/e/{SLUG}/s/1/room"


@dataclass
class Served(Site):
    """The application at an address of its own."""

    url: str
    server: uvicorn.Server

    @property
    def live(self) -> LiveChannel:
        """The live channel of this process."""
        channel = self.app.state.live
        assert isinstance(channel, LiveChannel)
        return channel

    @asynccontextmanager
    async def another(self, **settings: object) -> AsyncIterator["Served"]:
        """A second web process on the same database and broker."""
        port = free_port()
        own = self.settings.model_copy(
            update={"public_url": f"http://localhost:{port}", "port": port, **settings}
        )
        app = create_app(own)
        async with serving(app, port) as server:
            yield Served(app, own, own.public_url, server)

    async def person(self, name: str, role: Role = Role.PARTICIPANT) -> tuple[Account, str]:
        """Somebody with a role in the event, and the token of a login."""
        account = await self.account(name, address=f"{uuid4().hex}@sample.example")
        async with self.database.writing() as db:
            event = await published(db, SLUG)
            participation = Participation(
                event_id=event.id, account_id=account.id, created_at=clock.now()
            )
            db.add(participation)
            await db.flush()
            db.add(ParticipationRole(participation_id=participation.id, role=role))
        return account, await self.login(account)

    async def second_session(self) -> str:
        """Another open session of the event; the path of its room."""
        async with self.database.writing() as db:
            db.add(_session(await published(db, SLUG), number=2))
        return f"/e/{SLUG}/s/2/room"

    async def page(self, name: str = "見本 花", role: Role = Role.PARTICIPANT) -> Page:
        """A page of a new person in the room."""
        _, token = await self.person(name, role)
        return Page(self.url, token, ROOM)


@pytest.fixture
async def served(settings: Settings) -> AsyncIterator[Served]:
    """The application with one event that has one open room."""
    port = free_port()
    own = settings.model_copy(update={"public_url": f"http://localhost:{port}", "port": port})
    app = create_app(own)
    async with serving(app, port) as server:
        found = Served(app, own, own.public_url, server)
        async with found.database.writing() as db:
            await make_event(db)
        yield found


@asynccontextmanager
async def serving(app: object, port: int) -> AsyncIterator[uvicorn.Server]:
    """Serve an application on a port of loopback while the block runs."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        ws="websockets-sansio",
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
        log_config=None,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve([listen("127.0.0.1", port)]))
    async with asyncio.timeout(60):
        while not server.started:
            await asyncio.sleep(0.01)
    yield server
    server.should_exit = True
    await task


async def make_event(db: Db) -> None:
    """A published event with one discussion whose door is open."""
    now = clock.now()
    event = Event(
        slug=SLUG,
        kind=EventKind.FORUM,
        title={"ja": "見本"},
        state=EventState.PUBLISHED,
        starts_at=now,
        ends_at=now + timedelta(hours=2),
    )
    db.add(event)
    await db.flush()
    db.add(_session(event, number=1))


def _session(event: Event, *, number: int) -> Session:
    now = clock.now()
    return Session(
        event_id=event.id,
        number=number,
        kind=SessionKind.DISCUSSION,
        title={"ja": "見本の話し合い"},
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(hours=2),
        doors_at=now - timedelta(minutes=10),
    )
