"""Pages whose people have been moved: each reads its new room from then on."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import datetime

import structlog

from realtime.gateway import BoardPlace, Gateway, Place
from realtime.live.closing import Close
from realtime.live.connection import Connection
from realtime.live.hub import Hub
from realtime.live.presence import PresenceBoard
from realtime.live.snapshots import room_snapshot
from realtime.protocol.messages import SeatTicket

log = structlog.get_logger()


class Movers:
    """Lets pages follow their people, all that are moved together in a few queries."""

    def __init__(
        self, hub: Hub, presence: PresenceBoard, gateway: Gateway, clock: Callable[[], datetime]
    ) -> None:
        self._hub = hub
        self._presence = presence
        self._gateway = gateway
        self._clock = clock
        self._last: dict[Connection, asyncio.Task[None]] = {}  # of those that move now

    def moved(self, connections: Collection[Connection]) -> None:
        """The people of these pages belong elsewhere. A board is in no room, and stays."""
        pages = [page for page in connections if not isinstance(page.place, BoardPlace)]
        if not pages:
            return
        before = {self._last[page] for page in pages if page in self._last}
        task = asyncio.create_task(self._follow(pages, before))
        self._last.update(dict.fromkeys(pages, task))
        task.add_done_callback(lambda _: self._arrived(pages, task))

    def _arrived(self, pages: Sequence[Connection], task: asyncio.Task[None]) -> None:
        for page in pages:
            if self._last.get(page) is task:
                del self._last[page]

    async def _follow(
        self, pages: Sequence[Connection], before: Collection[asyncio.Task[None]]
    ) -> None:
        """One move after the other; where people belong is read, not taken from the news."""
        if before:
            await asyncio.wait(before)
        try:
            places = await self._gateway.places_now([page.place for page in pages])
            wanted = {
                page: place
                for page, place in zip(pages, places, strict=True)
                if place.room.id != page.place.room.id and page in self._hub.connections
            }
            await self._let_in(wanted)
            await self._bring(wanted)
        except Exception as error:  # the pages begin anew, and are in the right rooms then
            log.warning("pages could not be moved", pages=len(pages), error=type(error).__name__)
            for page in pages:
                page.end(Close.RESTARTING)

    async def _let_in(self, wanted: dict[Connection, Place]) -> None:
        """Give each page that holds its seat leave to join, so that it need not ask."""
        held = [(page, place) for page, place in wanted.items() if page.holds_seat]
        found = await self._gateway.tickets([(place, page.page) for page, place in held])
        for (page, _), ticket in zip(held, found, strict=True):
            if ticket is not None:
                page.offer(SeatTicket(**asdict(ticket)))

    async def _bring(self, wanted: dict[Connection, Place]) -> None:
        """Let each page read the stream of its new room, from a snapshot on."""
        for page, place in wanted.items():
            former, page.place = page.place, place
            self._hub.unsubscribe(page, former.room_stream)
            self._presence.changed(former.room.id)
            self._presence.changed(place.room.id)
        await self._hub.subscribe_all({page: place.room_stream for page, place in wanted.items()})
        rooms = {place.room.id for place in wanted.values()}
        snapshots = await self._gateway.room_snapshots(rooms)
        now = self._clock()
        for page, place in wanted.items():
            snapshot = room_snapshot(place, *snapshots[place.room.id], now=now)
            page.offer(snapshot)
            page.start(place.room_stream, snapshot.seq)
