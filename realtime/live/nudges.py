"""Nudges between web processes: "this stream has got as far as N", over the broker. Losable."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Never

import structlog
from redis.exceptions import RedisError

from realtime.gateway import NUDGES, Gateway

log = structlog.get_logger()

PAUSE_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 1.0  # with a broker that neither answers nor refuses


class Nudges:
    """Sends nudges beside the actions that cause them, so that no action waits for the broker."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._unsent: dict[str, int] = {}
        self._something = asyncio.Event()

    def send(self, stream: str, head: int) -> None:
        """Tell the other processes soon."""
        self._unsent[stream] = head
        self._something.set()

    async def send_waiting(self) -> Never:
        """Send what waits. What the broker does not take in time is dropped."""
        while True:
            await self._something.wait()
            self._something.clear()
            unsent, self._unsent = self._unsent, {}
            with suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    for stream, head in unsent.items():
                        await self._gateway.nudge(json.dumps([stream, head]))

    async def listen(self, hear: Callable[[str, int], None]) -> Never:
        """Hear the other processes. While the broker is away there is silence, and no error."""
        while True:
            try:
                await self._listen(hear)
            except (RedisError, OSError) as error:
                log.warning("broker away", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self, hear: Callable[[str, int], None]) -> None:
        broker = self._gateway.listener()
        try:
            async with broker.pubsub() as channel:
                await channel.subscribe(NUDGES)
                async for message in channel.listen():
                    if message["type"] == "message":
                        stream, head = json.loads(message["data"])
                        hear(stream, head)
        finally:
            await broker.aclose()
