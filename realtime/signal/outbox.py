"""Messages on their way to one client, in order, never more than a bounded number waiting."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from livekit.protocol import rtc
from starlette.websockets import WebSocketDisconnect

# WebSocket close codes (RFC 6455 §7.4.1 and its registry). Clients take the first for an end
# that both sides wanted, and come back at once after the second.
DONE, COME_BACK = 1000, 1012


class Outbox:
    """A queue to one signalling connection.

    A client that does not read fast enough is cut off instead of filling memory; it may resume
    and then hears how things are. `code` is what the connection is to be closed with.
    """

    def __init__(self, limit: int) -> None:
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue(limit + 1)
        self._limit = limit
        self.ended = False
        self.code = DONE

    def put(self, message: rtc.SignalResponse) -> None:
        """Queue a message; after the end, or past the bound, it is dropped."""
        self.put_packed(message.SerializeToString())

    def put_packed(self, message: bytes) -> None:
        """Queue a message that is serialized already, as for all who get the same."""
        if self.ended:
            return
        if self._messages.qsize() >= self._limit:
            self.end(COME_BACK)
            return
        self._messages.put_nowait(message)

    def end(self, code: int = DONE) -> None:
        """Nothing more comes; what is queued is still sent."""
        if not self.ended:
            self.ended = True
            self.code = code
            self._messages.put_nowait(None)

    async def drain(self, send: Callable[[bytes], Awaitable[None]], *, within: float) -> None:
        """Send everything until the end, or until the connection is gone.

        Args:
            within: seconds that the client may take for one message before it is cut off.
        """
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            while (message := await self._messages.get()) is not None:
                async with asyncio.timeout(within):
                    await send(message)
        self.end(COME_BACK)
