"""Our association and aiortc's own, joined in memory: packets are carried by hand."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcdtlstransport import RTCDtlsTransport
from aiortc.rtcsctptransport import RTCSctpCapabilities, RTCSctpTransport

from realtime.media.adapter import DtlsEndpoint
from realtime.media.adapter.association import Association, Channel

PORT = 5000
Filter = Callable[[bytes], list[bytes]]


class FakeTransport:
    """What aiortc's SCTP asks of a DTLS transport."""

    state = "connected"

    def __init__(self, role: str) -> None:
        self._role = role
        self.sent: list[bytes] = []

    def _register_data_receiver(self, receiver: object) -> None:
        pass

    def _unregister_data_receiver(self, receiver: object) -> None:
        pass

    async def _send_data(self, packet: bytes) -> None:
        self.sent.append(packet)


class FakeEndpoint:
    """What our association asks of a DTLS endpoint; `sent` are its packets on their way."""

    is_open = True

    def __init__(self) -> None:
        self.transport = FakeTransport("server")
        self.sent: list[bytes] = []
        self.on_data: Callable[[bytes], None] = lambda packet: None

    def send_data(self, packet: bytes) -> None:
        self.sent.append(packet)

    def receive(self, packet: bytes) -> None:
        self.on_data(packet)

    @property
    def as_real(self) -> DtlsEndpoint:
        return cast(DtlsEndpoint, self)


class Notes:
    """A listener that writes everything down."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.channels: dict[str, Channel] = {}
        self.takes = True
        self.over = False
        self.unused: Counter[str] = Counter()

    def may_take(self) -> bool:
        return self.takes

    def channel_ready(self, channel: Channel) -> None:
        self.channels[channel.label] = channel

    def received(self, label: str, message: bytes) -> None:
        self.messages.append((label, message))

    def room_to_send(self) -> None:
        pass

    def ended(self) -> None:
        self.over = True

    def not_used(self, reason: str) -> None:
        self.unused[reason] += 1


class Client:
    """aiortc's association as a browser has it: it opens the channels, and hears on them."""

    def __init__(self) -> None:
        self.transport = FakeTransport("client")
        self.sctp = RTCSctpTransport(cast(RTCDtlsTransport, self.transport))
        self.heard: list[tuple[str, bytes]] = []
        self.channels: dict[str, RTCDataChannel] = {}
        self.sctp.on("datachannel", self._adopt)

    async def begin(self) -> None:
        await self.sctp.start(RTCSctpCapabilities(65_536), PORT)

    def open(self, label: str, **options: Any) -> RTCDataChannel:
        channel = RTCDataChannel(self.sctp, RTCDataChannelParameters(label=label, **options))
        self._adopt(channel)
        return channel

    def _adopt(self, channel: RTCDataChannel) -> None:
        self.channels[channel.label] = channel
        channel.on("message", lambda message: self.heard.append((channel.label, message)))


async def carry(
    endpoint: FakeEndpoint,
    client: Client,
    *,
    to_us: Filter = lambda packet: [packet],
    to_client: Filter = lambda packet: [packet],
) -> None:
    """Carry packets both ways until none is left; the filters may lose, change or add some."""
    while True:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        ours, theirs = endpoint.sent, client.transport.sent
        endpoint.sent, client.transport.sent = [], []
        if not ours and not theirs:
            return
        for packet in theirs:
            for each in to_us(packet):
                endpoint.receive(each)
        for packet in ours:
            for each in to_client(packet):
                await client.sctp._handle_data(each)


async def joined() -> tuple[Association, Notes, FakeEndpoint, Client]:
    """An established association with both of LiveKit's channels."""
    endpoint, notes, client = FakeEndpoint(), Notes(), Client()
    ours = Association(endpoint.as_real, notes)
    await client.begin()
    ours.begin(PORT)
    client.open("_reliable")
    client.open("_lossy", ordered=False, maxRetransmits=0)
    await carry(endpoint, client)
    assert set(notes.channels) == {"_reliable", "_lossy"}
    return ours, notes, endpoint, client
