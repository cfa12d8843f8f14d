"""The live channel: one WebSocket per page, from the hello to the close."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final, Never

import anyio
import structlog
from pydantic import ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import (
    WebSocket,
    WebSocketDisconnect,
    WebSocketDisconnected,
    WebSocketState,
)

from realtime.gateway import DomainError, Forbidden, Gateway, Place, Visitor
from realtime.live import requests
from realtime.live.board import BoardFeed, RoomReports
from realtime.live.closing import Close, Closing
from realtime.live.connection import Connection
from realtime.live.hub import Hub
from realtime.live.limits import Bucket
from realtime.live.movers import Movers
from realtime.live.presence import PresenceBoard
from realtime.live.snapshots import catch_up
from realtime.protocol.base import MAX_FRAME_BYTES, VERSION
from realtime.protocol.from_page import FromPage, Hello, from_page
from realtime.protocol.messages import Beat, Welcome

log = structlog.get_logger()

HELLO_SECONDS: Final = 10.0
BEAT_SECONDS: Final = 5.0
CLOSE_SECONDS: Final = 2.0  # a page that reads nothing does not read its close either


class LiveChannel:
    """The live channel of one web process."""

    def __init__(self, gateway: Gateway, clock: Callable[[], datetime]) -> None:
        self.gateway = gateway
        self.clock = clock
        self.hub = Hub(gateway, clock)
        self.presence = PresenceBoard(self.hub, gateway, clock)
        self.reports = RoomReports(gateway, clock)
        self.boards = BoardFeed(self.hub, gateway, clock)
        self.movers = Movers(self.hub, self.presence, gateway, clock)
        self.hub.on_moved = self.movers.moved

    async def run(self) -> None:
        """Everything that goes on beside the connections, until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.hub.deliver)
            tasks.start_soon(self.hub.nudges.send_waiting)
            tasks.start_soon(self.hub.nudges.listen, self.hub.hear)
            tasks.start_soon(self.hub.end_logins)
            tasks.start_soon(self.presence.run)
            tasks.start_soon(self.reports.run)
            tasks.start_soon(self.boards.run)

    def look(self) -> None:
        """Something was committed that pages should hear of: look now, not within a second."""
        self.hub.look()

    async def serve(self, websocket: WebSocket) -> None:
        """One connection. What it may not do ends in a close code, never in an exception."""
        if not self.gateway.from_our_pages(websocket):
            await websocket.close()  # before the accept: the handshake ends with 403
            return
        await websocket.accept()
        try:
            await self._serve(websocket)
        except Closing as closing:
            await _close(websocket, closing.code)
        except (WebSocketDisconnect, WebSocketDisconnected):
            pass  # the page went first
        except Exception as error:  # the edge of the channel
            log.error("live connection failed", exc_info=error)
            await _close(websocket, Close.BROKEN)

    async def _serve(self, websocket: WebSocket) -> None:
        visitor = await self.gateway.visitor(websocket)
        if visitor is None:
            raise Closing(Close.LOGIN_ENDED)
        hello = await _hello(websocket)
        connection = Connection(websocket, await self._place(visitor, hello), hello.connection)
        try:
            await self._talk(websocket, connection, hello)
        finally:
            self.hub.remove(connection)
            with anyio.CancelScope(shield=True):
                await self._gone(connection)

    async def _place(self, visitor: Visitor, hello: Hello) -> Place:
        try:
            return await self.gateway.place(visitor, hello.path)
        except DomainError as error:
            code = Close.NOT_FOR_YOU if isinstance(error, Forbidden) else Close.NOT_HERE
            raise Closing(code) from error

    async def _talk(self, websocket: WebSocket, connection: Connection, hello: Hello) -> None:
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(connection.send_waiting)
                tasks.start_soon(_beat_until_ended, connection, self.clock)
                await self._bring_up(connection, hello)
                await self._listen(websocket, connection)
        except ExceptionGroup as group:
            raise _first(group) from None

    async def _bring_up(self, connection: Connection, hello: Hello) -> None:
        """Welcome, then what the page needs of each stream, then events as they happen."""
        place, now = connection.place, self.clock()
        connection.offer(Welcome(server_now=now, you=place.you, beat_seconds=BEAT_SECONDS))
        for stream in place.streams:
            await self.hub.subscribe(connection, stream)
            await catch_up(self.gateway, connection, stream, hello.have.get(stream), now)
        self.hub.add(connection)
        self.movers.moved([connection])  # perhaps, since the page said hello
        told = self.presence.last(place.room.id)
        if told:
            connection.offer(told)
        self.presence.changed(place.room.id)

    async def _listen(self, websocket: WebSocket, connection: Connection) -> Never:
        bucket = Bucket(time.monotonic())
        while True:
            message = await _receive(websocket)
            if not bucket.spend(time.monotonic()):
                raise Closing(Close.FLOOD)
            await requests.answer(self, connection, message)

    async def _gone(self, connection: Connection) -> None:
        if connection.holds_seat:
            await self.gateway.release_seat(connection.place, connection.page, connection.line)
        self.presence.changed(connection.place.room.id)


def live_route(path: str, channel_of: Callable[[WebSocket], LiveChannel]) -> WebSocketRoute:
    """The route of the channel; `channel_of` finds it in the running application."""

    async def endpoint(websocket: WebSocket) -> None:
        await channel_of(websocket).serve(websocket)

    return WebSocketRoute(path, endpoint)


async def _hello(websocket: WebSocket) -> Hello:
    with anyio.move_on_after(HELLO_SECONDS):
        message = await _receive(websocket)
        if isinstance(message, Hello) and message.version == VERSION:
            return message
        raise Closing(Close.PROTOCOL_ERROR)
    raise Closing(Close.SILENT)


async def _receive(websocket: WebSocket) -> FromPage:
    received = await websocket.receive()
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1006))
    text = received.get("text")
    if text is None:
        raise Closing(Close.PROTOCOL_ERROR)
    if len(text.encode()) > MAX_FRAME_BYTES:
        raise Closing(Close.TOO_BIG)
    try:
        return from_page.validate_json(text)
    except ValidationError as error:
        raise Closing(Close.PROTOCOL_ERROR) from error


async def _beat_until_ended(connection: Connection, clock: Callable[[], datetime]) -> Never:
    while True:
        with anyio.move_on_after(BEAT_SECONDS):
            await connection.ended()
        connection.offer(Beat(server_now=clock()))


async def _close(websocket: WebSocket, code: Close) -> None:
    if websocket.client_state is WebSocketState.CONNECTED:
        with (
            anyio.move_on_after(CLOSE_SECONDS),
            suppress(WebSocketDisconnect, WebSocketDisconnected),  # the page was quicker
        ):
            await websocket.close(code)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """What ended the tasks of a connection: its first reason that is not a group."""
    for error in group.exceptions:
        return _first(error) if isinstance(error, ExceptionGroup) else error
    return group
