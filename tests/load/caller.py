"""A client with data channels: aiortc's peer connection, joined by LiveKit's signalling."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from aiortc import RTCConfiguration, RTCDataChannel, RTCPeerConnection, RTCSessionDescription
from aiortc.rtcsctptransport import (
    SCTP_DATA_FIRST_FRAG,
    SCTP_DATA_LAST_FRAG,
    SCTP_DATA_UNORDERED,
    WEBRTC_BINARY,
    DataChunk,
)
from livekit.protocol import models, rtc

from .signalling import Signalling

RELIABLE, LOSSY = "_reliable", "_lossy"
LABELS = (RELIABLE, LOSSY)


class Caller:
    """Somebody in a room. `heard` are the packets got, with the channel that each came on; `left`
    is how the server sent us away."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, models.DataPacket]] = []
        self.left: rtc.LeaveRequest | None = None
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.channels: dict[str, RTCDataChannel] = {}
        self._opened = asyncio.Event()
        self._answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def payloads(self) -> list[bytes]:
        """What the user packets carried."""
        return [packet.user.payload for _, packet in self.heard]

    def turn_deaf(self) -> None:
        """Read nothing more, and acknowledge nothing."""
        assert self.connection.sctp
        self.connection.sctp.transport._data_receiver = None

    async def shout(self, packet: models.DataPacket, times: int) -> None:
        """Say a lossy packet so many times, without regard to congestion or acknowledgement."""
        assert self.connection.sctp
        sctp, stream = self.connection.sctp, self.channels[LOSSY].id
        piece = DataChunk(SCTP_DATA_FIRST_FRAG | SCTP_DATA_LAST_FRAG | SCTP_DATA_UNORDERED)
        piece.stream_id, piece.protocol = stream or 0, WEBRTC_BINARY
        piece.user_data = packet.SerializeToString()
        for _ in range(times):
            piece.tsn, sctp._local_tsn = sctp._local_tsn, (sctp._local_tsn + 1) % 2**32
            await sctp._send_chunk(piece)

    async def end_data(self) -> None:
        """End the association, and nothing else."""
        assert self.connection.sctp
        await self.connection.sctp.stop()

    def say(self, packet: models.DataPacket, label: str = RELIABLE) -> None:
        self.channels[label].send(packet.SerializeToString())

    @asynccontextmanager
    async def present(self, url: str, token: str) -> AsyncIterator["Caller"]:
        """In the room with open channels for as long as the context lasts."""
        self._open(RELIABLE)
        self._open(LOSSY, ordered=False, maxRetransmits=0)
        signalling = await Signalling.open(url, token, await self._offer())
        listening = asyncio.create_task(self._listen(signalling))
        try:
            await self._connect()
            yield self
        finally:
            await signalling.leave()
            await signalling.close()
            await listening
            await self.connection.close()

    def _open(self, label: str, **options: Any) -> None:
        channel = self.connection.createDataChannel(label, **options)
        channel.on("message", lambda message: self._hear(label, message))
        channel.on("open", self._note_open)
        self.channels[label] = channel

    def _note_open(self) -> None:
        if all(channel.readyState == "open" for channel in self.channels.values()):
            self._opened.set()

    def _hear(self, label: str, message: bytes) -> None:
        self.heard.append((label, models.DataPacket.FromString(message)))

    async def _offer(self) -> rtc.SessionDescription:
        # Of its addresses aiortc leaves out the loopback, which is where the engine is.
        with patch("aioice.ice.get_host_addresses", lambda **_: ["127.0.0.1"]):
            await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        return rtc.SessionDescription(type="offer", sdp=sdp, id=1)

    async def _connect(self) -> None:
        async with asyncio.timeout(60):
            answer = RTCSessionDescription(await self._answered, "answer")
            await self.connection.setRemoteDescription(answer)
            await self._opened.wait()

    async def _listen(self, signalling: Signalling) -> None:
        async for response in signalling.responses():
            kind = response.WhichOneof("message")
            if kind == "answer" and not self._answered.done():
                self._answered.set_result(response.answer.sdp)
            elif kind == "leave":
                self.left = response.leave


def user(payload: bytes, **fields: Any) -> models.DataPacket:
    """A user packet; `fields` are those of the packet around it."""
    return models.DataPacket(user=models.UserPacket(payload=payload), **fields)
