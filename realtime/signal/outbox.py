"""Messages on their way to one client, in order, never more than a bounded number waiting."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from livekit.protocol import rtc
from starlette.websockets import WebSocketDisconnect


class Outbox:
    """A queue to one signalling connection.

    A client that does not read fast enough is cut off (`overflowed`) instead of filling memory.
    """

    def __init__(self, limit: int) -> None:
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue(limit + 1)
        self._limit = limit
        self._ended = False
        self.overflowed = False

    def put(self, message: rtc.SignalResponse) -> None:
        """Queue a message; after the end, or past the bound, it is dropped."""
        self.put_packed(message.SerializeToString())

    def put_packed(self, message: bytes) -> None:
        """Queue a message that is serialized already, as for all who get the same."""
        if self._ended:
            return
        if self._messages.qsize() >= self._limit:
            self.overflowed = True
            self.end()
            return
        self._messages.put_nowait(message)

    def end(self) -> None:
        """Nothing more comes; what is queued is still sent."""
        if not self._ended:
            self._ended = True
            self._messages.put_nowait(None)

    async def drain(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send everything until the end, or until the connection is gone."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while (message := await self._messages.get()) is not None:
                await send(message)
