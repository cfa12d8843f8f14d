"""A join with a media token from before access was taken away is undone, by the real engine."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from server.core import clock, secrets
from server.rooms.engine import MediaEngine
from tests.load.dtls import Identity
from tests.load.peer import Peer, PeerPlan
from tests.load.post import PostOffice
from tests.support.app import CEILING_SECONDS, App, running_app
from tests.support.http import http_client
from tests.support.live_client import Page, log_in


async def media_token(app: App, login: str, page: UUID) -> dict[str, Any]:
    """What the room's page gets from the token endpoint."""
    headers = {"cookie": f"login={login}", "origin": app.url, "sec-fetch-site": "same-origin"}
    async with http_client(headers=headers) as client:
        answer = await client.post(f"{app.room}/token", json={"connection": str(page)})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


@asynccontextmanager
async def joined(ticket: dict[str, Any]) -> AsyncIterator[Peer]:
    """A light client in the room, by the token of a page."""
    post = PostOffice()
    post.open()
    plan = PeerPlan(identity=ticket["identity"], token=ticket["token"])
    peer = Peer(plan, ticket["url"], Identity(now=clock.now()), post, random.Random(1))
    await peer.join()
    try:
        yield peer
    finally:
        await peer.leave()
        post.close()


async def present(app: App, room: str) -> list[str]:
    """Who is in a room at the engine."""
    kept = secrets.kept(Path(app.environment["DATA_DIR"]), ["livekit_api_secret"])
    engine = MediaEngine(
        browser_url="",
        service_url=f"http://127.0.0.1:{app.environment['MEDIA_HTTP_PORT']}",
        key="yoriai",
        secret=kept["livekit_api_secret"],
    )
    return [person.identity for person in await engine.participants(rooms=[UUID(room)])]


async def test_a_join_stays_until_another_page_has_the_seat_and_is_removed_then(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    async with running_app(tmp_path, database_url=database_url, redis_url=redis_url) as app:
        login = await log_in(app.url, *app.accounts["participant"])
        path = urlsplit(app.room).path
        async with Page(app.url, login, path) as first, Page(app.url, login, path) as second:
            await first.ask("seat.take")
            ticket = await media_token(app, login, first.page)
            async with joined(ticket) as peer:
                assert await present(app, ticket["room"]) == [ticket["identity"]]
                await asyncio.sleep(2)  # longer than a removal takes
                assert peer.dropped is None
            await second.ask("seat.take", here=True)
            async with joined(ticket) as stale, asyncio.timeout(CEILING_SECONDS):
                while stale.dropped is None:
                    await asyncio.sleep(0.05)
            assert await present(app, ticket["room"]) == []
