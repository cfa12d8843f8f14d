"""What the organizer's board lives from: reports of pages, kept for a while, and its digests.

Both are losable: what is not kept is a minute without bars, and the next digest comes in 2 s.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Final, Never
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from realtime.gateway import BoardPlace, Gateway, Holder, Lines, Report
from realtime.live.connection import Connection
from realtime.live.hub import Hub
from realtime.live.turns import turn
from realtime.protocol.from_page import SeatReport
from realtime.protocol.rounds import BoardDigest

log = structlog.get_logger()

WRITE_SECONDS: Final = 1.0
DIGEST_SECONDS: Final = 2.0


class RoomReports:
    """Gathers how it goes at the pages of this process, and keeps it a second at a time."""

    def __init__(self, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self._gateway = gateway
        self._clock = clock
        self._waiting: list[Report] = []
        self._lines = Lines()

    def heard(self, holder: Holder, room: UUID, report: SeatReport) -> None:
        """A page reports, and what it says is kept soon."""
        now, person = self._clock(), holder.participation_id
        weak = self._lines.weak_since(person, report.quality, now)
        self._waiting.append(
            Report(holder.session_id, room, person, report.talk_ms, report.quality, weak, now)
        )

    async def run(self) -> Never:
        """Keep what was heard. What the broker does not take is lost."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            reports, self._waiting = self._waiting, []
            try:
                if reports:
                    await self._gateway.keep_reports(reports)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("reports of rooms are lost", error=type(error).__name__)


class BoardFeed:
    """Tells the boards that are open in this process how their rounds stand."""

    def __init__(self, hub: Hub, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self._hub = hub
        self._gateway = gateway
        self._clock = clock

    async def run(self) -> Never:
        """Look at each round that somebody watches, every 2 s."""
        while True:
            await asyncio.sleep(DIGEST_SECONDS)
            await turn(self._tell, trouble="boards could not be told")

    async def _tell(self) -> None:
        watched: dict[UUID, list[tuple[Connection, BoardPlace]]] = defaultdict(list)
        for connection in self._hub.connections:
            if isinstance(connection.place, BoardPlace):
                watched[connection.place.round_.id].append((connection, connection.place))
        for round_id, watchers in watched.items():
            seen = await self._gateway.look_at_board(watchers[0][1])
            digest = BoardDigest(
                round=round_id,
                server_now=self._clock(),
                key=seen.key,
                needs=len(seen.queue),
                known=seen.known,
            )
            for connection, _ in watchers:
                connection.offer(digest)
