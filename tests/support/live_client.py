"""A page's side of the live channel, without a browser: it reconnects, resends and catches up."""

import asyncio
import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from realtime.protocol.base import VERSION
from tests.support.http import http_client

CEILING_SECONDS = 60
Messages = list[dict[str, Any]]


def connect(
    url: str, token: str, *, origin: str | None = None, cookie: str = "login"
) -> websockets.connect:
    """Connect to `url` (http://localhost:PORT) with a login cookie's token."""
    return websockets.connect(
        f"{url.replace('http', 'ws', 1)}/live",
        origin=origin or url,  # type: ignore[arg-type]  # a plain text is an origin
        additional_headers={"Cookie": f"{cookie}={token}"},
        max_size=None,
    )


def hello(path: str, *, page: UUID, have: Mapping[str, int] | None = None) -> str:
    """The first message of a page."""
    return json.dumps(
        {
            "type": "page.hello",
            "version": VERSION,
            "connection": str(page),
            "path": path,
            "have": dict(have or {}),
        }
    )


@dataclass
class Page:
    """A page that lives through the death of its server.

    `events` holds every event of the room exactly as a page would apply it: once, in order.
    """

    url: str
    token: str
    path: str
    page: UUID = field(default_factory=uuid4)
    events: Messages = field(default_factory=list)
    others: Messages = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    room_head: int = -1
    _replies: dict[str, dict[str, Any]] = field(default_factory=dict)
    _open: dict[str, str] = field(default_factory=dict)
    _line: ClientConnection | None = None
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Page":
        self._task = asyncio.create_task(self._keep_connected())
        await self.until(lambda: self.room_head >= 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def ask(self, type_: str, *, id_: UUID | None = None, **fields: Any) -> dict[str, Any]:
        """Send a request, again on each new line, until its reply is there."""
        request_id = str(id_ or uuid4())
        self._replies.pop(request_id, None)
        self._open[request_id] = json.dumps({"type": type_, "id": request_id, **fields})
        await self._send(self._open[request_id])
        await self.until(lambda: request_id in self._replies)
        return self._replies[request_id]

    async def tell(self, message: Mapping[str, Any]) -> None:
        """Send something that may be lost."""
        await self._send(json.dumps(message))

    async def until(self, condition: Any) -> None:
        """Wait until something is so; it is looked at after each message."""
        async with asyncio.timeout(CEILING_SECONDS), self._heard:
            await self._heard.wait_for(condition)

    def of(self, type_: str) -> Messages:
        """What came of a type."""
        return [message for message in [*self.others, *self.events] if message["type"] == type_]

    async def _send(self, text: str) -> None:
        if self._line is not None:
            with contextlib.suppress(WebSocketException, OSError):
                await self._line.send(text)

    async def _keep_connected(self) -> None:
        while True:
            with contextlib.suppress(OSError, WebSocketException, EOFError, TimeoutError):
                async with connect(self.url, self.token) as line:
                    await line.send(hello(self.path, page=self.page, have=self._have()))
                    await self._listen(line)
            await asyncio.sleep(0.05)

    def _have(self) -> dict[str, int]:
        return {self._stream: self.room_head} if self.room_head >= 0 else {}

    async def _listen(self, line: ClientConnection) -> None:
        try:
            async for text in line:
                message = json.loads(text)
                if message["type"] == "page.welcome":
                    self._line = line
                    for request in list(self._open.values()):
                        await self._send(request)
                async with self._heard:
                    self._hear(message)
                    self._heard.notify_all()
        finally:
            self._line = None
            async with self._heard:
                self.closes.append(line.close_code or 0)
                self._heard.notify_all()

    def _hear(self, message: dict[str, Any]) -> None:
        if message["type"] == "reply":
            self._replies[message["id"]] = message
            self._open.pop(message["id"], None)
        elif message["type"] == "room.snapshot":
            self._stream, self.room_head = message["stream"], message["seq"]
            self.others.append(message)
        elif message.get("stream") == getattr(self, "_stream", "") and "data" in message:
            self._apply(message)
        else:
            self.others.append(message)

    def _apply(self, message: dict[str, Any]) -> None:
        if message["seq"] <= self.room_head:
            return
        assert message["seq"] == self.room_head + 1, "a hole in the stream"
        self.room_head = message["seq"]
        self.events.append(message)


async def log_in(url: str, address: str, password: str) -> str:
    """Log in as a browser does, over HTTP; the token of the login's cookie."""
    headers = {"origin": url, "sec-fetch-site": "same-origin"}
    async with http_client(base_url=url, headers=headers) as client:
        form = await client.get("/login")
        token = re.findall(r'name="csrf_token" value="([^"]+)"', form.text)[0]
        fields = {"csrf_token": token, "address": address, "password": password}
        answer = await client.post("/login", data=fields)
        assert answer.status_code == 303, answer.text
        return str(client.cookies["login"])


async def first_of(line: ClientConnection, type_: str) -> dict[str, Any]:
    """The next message of a type on a bare line; others are passed over."""
    async with asyncio.timeout(CEILING_SECONDS):
        while True:
            message: dict[str, Any] = json.loads(await line.recv())
            if message["type"] == type_:
                return message


async def closed_with(line: ClientConnection) -> int | None:
    """The code with which the server closes a line."""
    async with asyncio.timeout(CEILING_SECONDS):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await line.recv()
    return line.close_code


def report(*, mic: bool) -> dict[str, Any]:
    """What a page in the room says each 5 s."""
    return {
        "type": "seat.report",
        "mic": mic,
        "camera": False,
        "talk_ms": 0,
        "quality": "good",
        "transport": "udp",
    }
