"""The web application inside the test's process, and a browser-like client for it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from server.accounts import logins
from server.accounts.actions import open_account
from server.accounts.models import Account
from server.app import create_app
from server.core import clock
from server.core.config import Settings
from server.core.db import Database
from server.web.visitor import LOGIN_COOKIE

ORIGIN = "http://localhost:8000"


@dataclass
class Site:
    """An application and its settings."""

    app: Starlette
    settings: Settings

    @property
    def database(self) -> Database:
        """The application's own connections: to fill it, and to watch what it asks."""
        found = self.app.state.services.database
        assert isinstance(found, Database)
        return found

    @asynccontextmanager
    async def browser(
        self, *, origin: str = ORIGIN, ip: str = "127.0.0.1"
    ) -> AsyncIterator["Browser"]:
        """A browser without a login."""
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(
                app=self.app, raise_app_exceptions=False, client=(ip, 50000)
            ),
            base_url=ORIGIN,
            headers={"origin": origin, "sec-fetch-site": "same-origin"},
        ) as client:
            yield Browser(client)

    async def account(self, name: str = "見本 花", **facts: object) -> Account:
        """An account with the address `<number>@sample.example`."""
        async with self.database.writing() as db:
            return await open_account(
                db,
                name=name,
                address=str(facts.pop("address", f"{name}@sample.example")),
                password_hash=None,
                now=clock.now(),
                **facts,  # type: ignore[arg-type]  # the facts of an account
            )

    async def login(self, account: Account) -> str:
        """The cookie value of a fresh login."""
        async with self.database.writing() as db:
            return await logins.start(db, account=account, browser="test", now=clock.now())


@dataclass
class Browser:
    """An HTTP client that fills forms as a browser does."""

    client: httpx2.AsyncClient

    async def get(self, path: str, **options: object) -> httpx2.Response:
        """GET a page."""
        return await self.client.get(path, **options)  # type: ignore[arg-type]

    async def submit(self, page: str, action: str, **fields: str) -> httpx2.Response:
        """Open a page and send its form."""
        shown = await self.get(page)
        found = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
        assert found, f"no form on {page} ({shown.status_code})"
        return await self.client.post(action, data={"csrf_token": found[1], **fields})

    def hold(self, token: str) -> None:
        """Carry a login cookie."""
        self.client.cookies.set(LOGIN_COOKIE, token, domain="localhost.local")


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """Settings of a test's installation."""
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=redis_url,
        secret_key="a secret of the test",
        livekit_api_secret="another secret of the test, long enough",
    )


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """The application on a fresh, migrated database."""
    async with running(create_app(settings)) as app:
        yield Site(app, settings)


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[Starlette]:
    """The application with its lifespan in one task: a fixture's two halves run in two."""
    up, down = asyncio.Event(), asyncio.Event()
    life = asyncio.create_task(_live(app, up, down))
    await asyncio.wait({life, asyncio.ensure_future(up.wait())}, return_when="FIRST_COMPLETED")
    try:
        yield app
    finally:
        down.set()
        await life


async def _live(app: Starlette, up: asyncio.Event, down: asyncio.Event) -> None:
    async with app.router.lifespan_context(app):
        up.set()
        await down.wait()
