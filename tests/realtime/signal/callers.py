"""Clients that come by either path, lose their signalling connection, and come back."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from aioice import stun
from livekit.protocol import models, rtc
from websockets.asyncio.client import ClientConnection, connect

from realtime.signal.participant import Participant
from tests.load import sdp
from tests.load.dtls import Identity
from tests.load.ice import Credentials, IceClient
from tests.load.link import Link
from tests.load.signalling import Signalling
from tests.realtime.signal.house import ROOM, House, Talk, token
from tests.support.waiting import until

MICROPHONE = "cid-microphone"


def packed(request: rtc.JoinRequest) -> dict[str, str]:
    """The query of a client of `/rtc/v1`."""
    wrapped = rtc.WrappedJoinRequest(join_request=request.SerializeToString())
    return {"join_request": base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()}


async def dial(den: House, path: str, bearer: str, query: dict[str, str]) -> ClientConnection:
    """A WebSocket to the engine.

    Raises:
        websockets.exceptions.InvalidStatus: the engine refused.
    """
    asked = urlencode({"access_token": bearer, **query})
    return await connect(f"{den.url.replace('http', 'ws')}{path}?{asked}", proxy=None)


@asynccontextmanager
async def calling(
    den: House, path: str, identity: str, query: dict[str, str], **grants: Any
) -> AsyncIterator[Talk]:
    """A signalling connection; at the end it is closed without goodbye."""
    talk = Talk(Signalling(await dial(den, path, token(identity, **grants), query)))
    listening = asyncio.create_task(talk.listen())
    try:
        yield talk
    finally:
        await talk.signalling.socket.close()
        await listening


class Caller:
    """A participant by `/rtc/v1` whose media stands and who announced a microphone."""

    def __init__(self, den: House, identity: str) -> None:
        self.den = den
        self.identity = identity
        self.link = Link(Identity.fresh(), on_rtcp=lambda _: None, on_closed=lambda _: None)
        self._sections = [
            sdp.Section("0", "audio", sdp.OutgoingTrack(MICROPHONE, 1000)),
            sdp.Section("1", "audio"),
            sdp.Section("2", "video"),
        ]
        self._offers = 0

    @property
    def participant(self) -> Participant:
        return self.den.rooms[ROOM].participants[self.identity]

    def offer(self) -> rtc.SessionDescription:
        self._offers += 1
        text = self.link.offer(self._sections, version=self._offers)
        return rtc.SessionDescription(type="offer", sdp=text, id=self._offers)

    async def connected(self, talk: Talk) -> None:
        """Make the transport of the answer that came."""
        asyncio.get_running_loop().add_reader(self.link.socket.fileno(), self._readable)
        answer = await talk.told("answer")
        self.link.take_answer(sdp.read_answer(answer.sdp))
        await self.link.connected()
        await until(self._active)

    async def _active(self) -> bool:
        return self.participant.state == models.ParticipantInfo.ACTIVE

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            self.link.take(self.link.socket.recv(2048))

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.link.socket.fileno())
        self.link.close()

    async def checks(self, ours: Credentials, answer: sdp.Answer) -> bool:
        """Whether a connectivity check with renewed credentials is answered, signed with them."""
        ice = IceClient(ours, Credentials(answer.ufrag, answer.password))
        loop = asyncio.get_running_loop()
        loop.remove_reader(self.link.socket.fileno())
        await loop.sock_sendto(self.link.socket, ice.check(), answer.addresses[0])
        async with asyncio.timeout(60):
            response = stun.parse_message(await loop.sock_recv(self.link.socket, 2048))
        loop.add_reader(self.link.socket.fileno(), self._readable)
        return bool(response.check_message_integrity(answer.password.encode()))

    def coming_back(self, sid: str | None = None) -> dict[str, str]:
        """The query of a client that resumes."""
        sid = self.participant.sid if sid is None else sid
        return packed(rtc.JoinRequest(reconnect=True, participant_sid=sid))


@asynccontextmanager
async def connected(den: House, identity: str) -> AsyncIterator[tuple[Caller, Talk]]:
    """A participant whose media stands; at the end its signalling is closed without goodbye."""
    caller = Caller(den, identity)
    track = rtc.AddTrackRequest(cid=MICROPHONE, type=models.AUDIO, source=models.MICROPHONE)
    request = rtc.JoinRequest(
        client_info=models.ClientInfo(sdk=models.ClientInfo.JS, protocol=16),
        connection_settings=rtc.ConnectionSettings(auto_subscribe=True),
        add_track_requests=[track],
        publisher_offer=caller.offer(),
    )
    try:
        async with calling(den, "/rtc/v1", identity, packed(request)) as talk:
            await caller.connected(talk)
            yield caller, talk
    finally:
        caller.close()


async def cut(talk: Talk) -> None:
    """End a signalling connection as a dying network does."""
    talk.signalling.socket.transport.abort()
    await talk.signalling.socket.wait_closed()
