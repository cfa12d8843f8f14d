"""What all connections of a process share: one reader of each stream, and the nudges."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Never
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from realtime.gateway import NUDGES, Gateway
from realtime.live.closing import Close
from realtime.live.connection import Connection
from realtime.live.seats import tell_former_holder
from realtime.live.snapshots import as_message

log = structlog.get_logger()

LOOK_SECONDS: Final = 1.0  # how often heads are read when nobody nudges
BROKER_PAUSE_SECONDS: Final = 1.0
LOGIN_CHECK_SECONDS: Final = 2.0


@dataclass
class Feed:
    """A stream that somebody here reads, delivered up to `head`."""

    head: int
    readers: set[Connection] = field(default_factory=set)


class Hub:
    """Delivers the events of streams to the connections of this process.

    A nudge only wakes it; what happened is read from the database. So a lost nudge costs a
    second, and nothing else.
    """

    def __init__(self, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self.gateway = gateway
        self._clock = clock
        self.connections: set[Connection] = set()
        self._feeds: dict[str, Feed] = {}
        self._wake = asyncio.Event()

    async def subscribe(self, connection: Connection, stream: str) -> None:
        """Read a stream for a connection, which holds events back until it starts."""
        connection.expect(stream)
        feed = self._feeds.get(stream)
        if feed is None:
            head = (await self.gateway.heads([stream]))[stream]
            feed = self._feeds.setdefault(stream, Feed(head))
        feed.readers.add(connection)

    def add(self, connection: Connection) -> None:
        """Keep an eye on a connection."""
        self.connections.add(connection)

    def remove(self, connection: Connection) -> None:
        """The connection is gone."""
        self.connections.discard(connection)
        for stream, feed in list(self._feeds.items()):
            feed.readers.discard(connection)
            if not feed.readers:
                del self._feeds[stream]

    async def happened(self, stream: str) -> None:
        """Something was committed to a stream: deliver it here and tell the other processes."""
        self._wake.set()
        await self.gateway.nudge(stream)

    async def deliver(self) -> Never:
        """Deliver what is new: when nudged, and each second."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
            self._wake.clear()
            try:
                await self._deliver_new()
            except Exception as error:  # a loop that must not end: the database may be away
                log.warning("delivery failed", error=type(error).__name__)
                await asyncio.sleep(LOOK_SECONDS)

    async def _deliver_new(self) -> None:
        heads = await self.gateway.heads(self._feeds)
        for stream, head in heads.items():
            feed = self._feeds.get(stream)
            if feed is not None and head > feed.head:
                await self._read(stream, feed)

    async def _read(self, stream: str, feed: Feed) -> None:
        for event in await self.gateway.since(stream, feed.head):
            message = as_message(event, self._clock())
            text = message.model_dump_json()
            for reader in tuple(feed.readers):
                reader.deliver(stream, event.seq, text)
                tell_former_holder(reader, message)
            feed.head = event.seq
        self._wake.set()  # there may be more than one read brings

    async def listen(self) -> Never:
        """Hear the nudges of other processes. While the broker is away, `deliver` looks alone."""
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("broker away", error=type(error).__name__)
            await asyncio.sleep(BROKER_PAUSE_SECONDS)

    async def _listen(self) -> None:
        broker = await self.gateway.listener()
        try:
            async with broker.pubsub() as channel:
                await channel.subscribe(NUDGES)
                async for message in channel.listen():
                    if message["type"] == "message" and message["data"].decode() in self._feeds:
                        self._wake.set()
        finally:
            await broker.aclose()

    async def end_logins(self) -> Never:
        """Close the connections of logins that have ended, within 5 s of their end."""
        while True:
            await asyncio.sleep(LOGIN_CHECK_SECONDS)
            try:
                await self._end_logins(self.connections)
            except Exception as error:  # a loop that must not end: the database may be away
                log.warning("login check failed", error=type(error).__name__)

    async def _end_logins(self, connections: Iterable[Connection]) -> None:
        by_login: dict[UUID, list[Connection]] = {}
        for connection in connections:
            login = connection.place.visitor.login_id
            assert login is not None  # guests get no place
            by_login.setdefault(login, []).append(connection)
        for login in await self.gateway.ended(by_login.keys()) if by_login else ():
            for connection in by_login[login]:
                connection.end(Close.LOGIN_ENDED)
