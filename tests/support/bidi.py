"""WebDriver BiDi: commands and their answers over one WebSocket.

https://www.w3.org/TR/webdriver-bidi/ §3.1: each command has a number, its answer repeats it.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.support.waiting import CEILING

LARGEST = 16 << 20


class BidiError(Exception):
    """The browser refused a command, or a script in it failed."""


class Bidi:
    """A session with one browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = count(1)
        self._open: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command; its result.

        Raises:
            BidiError: the browser refused it.
            TimeoutError: no answer within the ceiling.
        """
        number = next(self._numbers)
        answer = asyncio.get_running_loop().create_future()
        self._open[number] = answer
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send(json.dumps(message))
        try:
            return await asyncio.wait_for(answer, CEILING)
        finally:
            del self._open[number]

    async def listen(self) -> None:
        """Hand answers to whoever waits for them; events are not asked for and ignored."""
        async for text in self._socket:
            message = json.loads(text)
            answer = self._open.get(message.get("id") or 0)
            if answer is None or answer.done():
                continue
            if message["type"] == "success":
                answer.set_result(message["result"])
            else:
                answer.set_exception(BidiError(f"{message['error']}: {message['message']}"))


@asynccontextmanager
async def session(address: str) -> AsyncIterator[Bidi]:
    """A new session at `ws://host:port`, ended with the context."""
    async with connect(f"{address}/session", max_size=LARGEST, proxy=None) as socket:
        bidi = Bidi(socket)
        listening = asyncio.create_task(bidi.listen())
        try:
            await bidi.command("session.new", capabilities={})
            yield bidi
            await bidi.command("session.end")
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening
