"""Signalling with an engine that may end it at any time."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from livekit.protocol import rtc
from websockets.exceptions import ConnectionClosed

from tests.load.access import Engine, join_token
from tests.load.signalling import Refused, Signalling, join_request

from .hunt import Broken

AT_ONCE = 6
# A longer join request does not fit into a URL with its token.
LONGEST = 6_000
ROOM = "talk"


class Conversation:
    """One participant without media; comes again after it was sent away."""

    def __init__(self, engine: Engine, identity: str) -> None:
        self._engine = engine
        self._token = join_token(engine, room=ROOM, identity=identity, publish=True)
        self._open: Signalling | None = None
        self._pings = 0

    async def offer(self, text: str, *, at_join: bool) -> None:
        """Make an offer, as a part of joining or later; returns when it has been dealt with."""
        description = rtc.SessionDescription(type="offer", sdp=text, id=1)
        if at_join and len(join_request(description, ())) < LONGEST:
            await self.end()
            await self._join(description)
            await self._settled()
        else:
            await self.say(rtc.SignalRequest(offer=description).SerializeToString())

    async def say(self, message: bytes) -> None:
        """Send a message; returns when the engine has dealt with it, or ended the conversation.

        Raises:
            Broken: it lets nobody in any more.
        """
        if self._open is None:
            await self._join(None)
        if self._open is None:
            raise Broken("a good join was refused")
        try:
            await self._open.socket.send(message)
        except ConnectionClosed:
            self._open = None
        await self._settled()

    async def end(self) -> None:
        if self._open is not None:
            await self._open.leave()
            await self._open.close()
            self._open = None

    async def _join(self, offer: rtc.SessionDescription | None) -> None:
        try:
            self._open = await Signalling.open(self._engine.url, self._token, offer)
        except Refused:
            self._open = None

    async def _settled(self) -> None:
        """Wait for the answer to a ping."""
        if self._open is None:
            return
        self._pings += 1
        try:
            await self._open.ping(wall_ms=self._pings)
        except Refused:
            self._open = None
            return
        async for response in self._open.responses():
            if response.pong_resp.last_ping_timestamp == self._pings:
                return
        self._open = None


class Conversations:
    """A few at the same time, so that neither side waits."""

    def __init__(self, engine: Engine) -> None:
        self._all = [Conversation(engine, f"talker-{n}") for n in range(AT_ONCE)]

    async def each(
        self, mutants: Sequence[bytes], act: Callable[[Conversation, bytes], Awaitable[None]]
    ) -> None:
        """Do something with every mutant, dealt out to the conversations."""

        async def one_after_the_other(place: int) -> None:
            for mutant in mutants[place::AT_ONCE]:
                await act(self._all[place], mutant)

        await asyncio.gather(*(one_after_the_other(place) for place in range(AT_ONCE)))

    async def end(self) -> None:
        await asyncio.gather(*(conversation.end() for conversation in self._all))


def is_at_join(mutant: bytes) -> bool:
    """Whether an offer comes with the join: one in eight, told from the mutant itself."""
    return random.Random(mutant).randrange(8) == 0
