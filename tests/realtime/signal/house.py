"""A media process inside the test's loop, and people who join it with light clients."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import jwt
from livekit.api import AccessToken, LiveKitAPI, VideoGrants
from livekit.protocol import rtc

from realtime.engine import Engine, EngineConfig, serve
from realtime.signal.limits import Limits
from tests.load.dtls import Identity
from tests.load.peer import Peer, PeerPlan
from tests.load.post import PostOffice
from tests.load.signalling import Signalling
from tests.support.waiting import until

KEY, SECRET, ROOM = "key", "s" * 48, "den"
TRACE = "150kbit"


def token(identity: str, *, ttl: timedelta = timedelta(minutes=2), **grants: Any) -> str:
    """A token for ROOM; `grants` change what it allows."""
    allowed = VideoGrants(**{"room_join": True, "room": ROOM, **grants})
    made = AccessToken(KEY, SECRET).with_identity(identity).with_ttl(ttl)
    return made.with_grants(allowed).to_jwt()


class House:
    """A running engine as clients reach it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rooms = engine.rooms.rooms
        self.url = f"http://127.0.0.1:{engine.http_port}"

    def api(self) -> LiveKitAPI:
        return LiveKitAPI(self.url, KEY, SECRET)

    @asynccontextmanager
    async def peer(
        self, identity: str, *, publishes: bool = False, **grants: Any
    ) -> AsyncIterator[Peer]:
        """A person whose media is connected."""
        post = PostOffice()
        post.open()
        plan = PeerPlan(identity, token(identity, **grants), TRACE if publishes else None)
        peer = Peer(plan, self.url, Identity.fresh(), post, random.Random(1))
        try:
            await peer.join()
            yield peer
        finally:
            await peer.leave()
            post.close()


@asynccontextmanager
async def house(
    *,
    webhook_url: str | None = None,
    webhook_events: frozenset[str] | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[House]:
    """An engine on free ports."""
    config = EngineConfig(
        api_keys={KEY: SECRET},
        http_port=0,
        udp_port=0,
        webhook_url=webhook_url,
        webhook_events=webhook_events,
        limits=limits or Limits(),
    )
    async with serve(config) as engine:
        yield House(engine)


class Talk:
    """A signalling connection without media; keeps everything that the server says."""

    def __init__(self, signalling: Signalling) -> None:
        self.signalling = signalling
        self.heard: list[rtc.SignalResponse] = []

    async def listen(self) -> None:
        async for response in self.signalling.responses():
            self.heard.append(response)

    @property
    def tokens(self) -> list[str]:
        return [r.refresh_token for r in self.heard if r.refresh_token]

    async def has_token_without_publishing(self) -> bool:
        """Whether the newest token forbids publishing."""
        return bool(self.tokens) and not self._grants()["canPublish"]

    def _grants(self) -> dict[str, Any]:
        grants: dict[str, Any] = jwt.decode(self.tokens[-1], SECRET, ["HS256"])["video"]
        return grants

    async def told(self, kind: str) -> Any:
        """The first message of a kind, once it has come."""
        await until(lambda: self._has(kind))
        return getattr(self._all(kind)[0], kind)

    async def _has(self, kind: str) -> bool:
        return bool(self._all(kind))

    def _all(self, kind: str) -> list[rtc.SignalResponse]:
        return [r for r in self.heard if r.WhichOneof("message") == kind]

    async def leave_told(self) -> rtc.LeaveRequest:
        leave: rtc.LeaveRequest = await self.told("leave")
        return leave


@asynccontextmanager
async def joined(den: House, identity: str, **grants: Any) -> AsyncIterator[Talk]:
    """A person in the room whose media is not connected."""
    talk = Talk(await Signalling.open(den.url, token(identity, **grants), None))
    listening = asyncio.create_task(talk.listen())
    try:
        await talk.told("join")
        yield talk
    finally:
        await talk.signalling.leave()
        await listening
