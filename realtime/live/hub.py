"""What all connections of a process share: one reader of each stream."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, Never
from uuid import UUID

import structlog
from pydantic import ValidationError

from realtime.gateway import Found, Gateway, StreamEvent
from realtime.live.closing import Close
from realtime.live.connection import Connection
from realtime.live.nudges import Nudges
from realtime.live.seats import tell_former_holder
from realtime.live.snapshots import as_message
from realtime.live.turns import turn
from realtime.protocol.rounds import SeatMoved

log = structlog.get_logger()

LOOK_SECONDS: Final = 1.0  # how often heads are read when nobody nudges
LOGIN_CHECK_SECONDS: Final = 2.0


@dataclass
class Feed:
    """A stream that somebody here reads, delivered up to `head`."""

    head: int
    readers: set[Connection] = field(default_factory=set)


def _nobody_follows(moved: Sequence[Connection]) -> None:
    pass


class Hub:
    """Delivers the events of streams to the connections of this process.

    A nudge only wakes it; what happened is read from the database. So a lost nudge costs a
    second, and nothing else.
    """

    def __init__(self, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self.gateway = gateway
        self.nudges = Nudges(gateway)
        self.connections: set[Connection] = set()
        self._clock = clock
        self._feeds: dict[str, Feed] = {}
        self._due: set[str] = set()
        self._wake = asyncio.Event()
        self._next_look = 0.0  # monotonic seconds
        self.on_moved: Callable[[Sequence[Connection]], None] = _nobody_follows

    async def subscribe(self, connection: Connection, stream: str) -> None:
        """Read a stream for a connection, which holds events back until it starts."""
        await self.subscribe_all({connection: stream})

    async def subscribe_all(self, wanted: Mapping[Connection, str]) -> None:
        """Read a stream for each of many connections; each holds events back until it starts."""
        for connection, stream in wanted.items():
            connection.expect(stream)
        streams = set(wanted.values())
        while unread := streams - self._feeds.keys():  # others leave streams in the meantime
            for stream, head in (await self.gateway.heads(unread)).items():
                self._feeds.setdefault(stream, Feed(head))
        for connection, stream in wanted.items():
            if not connection.gone:
                self._feeds[stream].readers.add(connection)
        for stream in streams:
            self._let_go(stream)

    def add(self, connection: Connection) -> None:
        """Keep an eye on a connection."""
        self.connections.add(connection)

    def remove(self, connection: Connection) -> None:
        """The connection is gone."""
        connection.gone = True
        self.connections.discard(connection)
        for stream in tuple(connection.streams):
            self.unsubscribe(connection, stream)

    def unsubscribe(self, connection: Connection, stream: str) -> None:
        """Read a stream for a connection no longer."""
        connection.forget(stream)
        if stream in self._feeds:
            self._feeds[stream].readers.discard(connection)
            self._let_go(stream)

    def _let_go(self, stream: str) -> None:
        """Follow a stream no longer that nobody here reads."""
        if not self._feeds[stream].readers:
            del self._feeds[stream]

    def happened(self, stream: str, seq: int) -> None:
        """Something was committed to a stream: deliver it here and tell the other processes."""
        self.hear(stream, seq)
        self.nudges.send(stream, seq)

    def hear(self, stream: str, seq: int) -> None:
        """Somebody says that a stream has got as far as `seq`."""
        feed = self._feeds.get(stream)
        if feed is not None and seq > feed.head:
            self._due.add(stream)
            self._wake.set()

    def look(self) -> None:
        """Read the heads of all streams at once."""
        self._next_look = 0.0
        self._wake.set()

    async def deliver(self) -> Never:
        """Deliver what is new: when nudged, and each second."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
            self._wake.clear()
            if not await turn(self._deliver_new, trouble="delivery failed"):
                await asyncio.sleep(LOOK_SECONDS)

    async def _deliver_new(self) -> None:
        due, self._due = self._due, set()
        if time.monotonic() >= self._next_look:
            due |= await self._moved()
            self._next_look = time.monotonic() + LOOK_SECONDS
        read = {stream: self._feeds[stream].head for stream in due if stream in self._feeds}
        if read:
            self._pass_on(await self.gateway.since_each(read))

    async def _moved(self) -> set[str]:
        """The streams that have got further than this process has delivered."""
        heads = await self.gateway.heads(self._feeds)
        feeds = self._feeds
        return {name for name, head in heads.items() if name in feeds and head > feeds[name].head}

    def _pass_on(self, found: Found) -> None:
        """To everybody first; then those who have been moved follow, which is work."""
        moved: list[Connection] = []
        for stream, events in found.events.items():
            feed = self._feeds.get(stream)
            if feed is None:
                continue  # the last reader has gone meanwhile
            if stream in found.forgotten:
                self._drop(stream, feed, why="forgotten")
            else:
                moved += self._deliver_to(feed, stream, events)
        for stream in found.more:
            self._due.add(stream)
            self._wake.set()
        self.on_moved(moved)

    def _deliver_to(
        self, feed: Feed, stream: str, events: Sequence[StreamEvent]
    ) -> list[Connection]:
        """Deliver a stream's events; the pages of those whom they move."""
        try:
            messages = [as_message(event, self._clock()) for event in events]
        except ValidationError:
            self._drop(stream, feed, why="of another protocol")
            return []
        moved = []
        for message in messages:
            if message.seq <= feed.head:
                continue  # the feed was made anew meanwhile
            text = message.model_dump_json()
            for reader in tuple(feed.readers):
                reader.deliver(stream, message.seq, text)
                tell_former_holder(reader, message)
                if isinstance(message, SeatMoved):
                    moved.append(reader)
            feed.head = message.seq
        return moved

    def _drop(self, stream: str, feed: Feed, *, why: str) -> None:
        """Events are gone, or a newer process wrote what this one cannot read: the pages of this
        stream begin anew, and no other stream waits.
        """
        log.error("stream cannot be followed", stream=stream, why=why)
        self._feeds.pop(stream, None)
        for reader in feed.readers:
            reader.end(Close.RESTARTING)

    async def end_logins(self) -> Never:
        """Close the connections of logins that have ended, within 5 s of their end."""
        while True:
            await asyncio.sleep(LOGIN_CHECK_SECONDS)
            look = partial(self._end_logins, self.connections)
            await turn(look, trouble="login check failed")

    async def _end_logins(self, connections: Iterable[Connection]) -> None:
        by_login: dict[UUID, list[Connection]] = {}
        for connection in connections:
            login = connection.place.visitor.login_id
            assert login is not None  # guests get no place
            by_login.setdefault(login, []).append(connection)
        for login in await self.gateway.ended(by_login.keys()) if by_login else ():
            for connection in by_login[login]:
                connection.end(Close.LOGIN_ENDED)
