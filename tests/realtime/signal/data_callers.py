"""People in the room of the engine under test who talk over data channels."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from livekit.protocol import models, rtc

from realtime.signal.participant import Participant
from tests.load.caller import Caller
from tests.realtime.signal.house import ROOM, House, token
from tests.support.waiting import until


class Known(Caller):
    """A caller, and the server's view of it."""

    def __init__(self, den: House, identity: str) -> None:
        super().__init__()
        self._den = den
        self.identity = identity

    @property
    def participant(self) -> Participant:
        return self._den.rooms[ROOM].participants[self.identity]

    async def hears(self, *payloads: bytes) -> None:
        """Wait until exactly these user packets came, in this order."""

        async def came() -> bool:
            return self.payloads == list(payloads)

        await until(came)

    async def hears_so_many(self, count: int) -> None:
        """Wait until that many packets came."""

        async def came() -> bool:
            return len(self.heard) >= count

        await until(came)

    async def sent_away(self) -> rtc.LeaveRequest:
        """How the server sent us away, once it has."""

        async def told() -> bool:
            return self.left is not None

        await until(told)
        assert self.left is not None
        return self.left

    async def is_active(self) -> bool:
        return self.participant.state == models.ParticipantInfo.ACTIVE


@asynccontextmanager
async def callers(den: House, **grants: dict[str, Any]) -> AsyncIterator[list[Known]]:
    """People in one room: identity → what its token allows."""
    async with AsyncExitStack() as stack:
        everybody = [Known(den, identity) for identity in grants]
        for caller in everybody:
            admission = token(caller.identity, **grants[caller.identity])
            await stack.enter_async_context(caller.present(den.url, admission))
            await until(caller.is_active)
        yield everybody
