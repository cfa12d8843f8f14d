"""aiortc's SCTP association and its data channels (RFC 9260, 8831, 8832), under bounds of ours.

aiortc sets up, keeps the timers, sends (congestion control, partial reliability) and speaks DCEP.
What a peer sends is read by `realtime.media.sctp` and put together by `realtime.media.inbound`:
aiortc trusts lengths, never enforces its window, and searches what it has for every chunk.

None of aiortc's steps ever waits here, since DTLS takes each packet at once. So they are run to
their end where they are called, and no packet needs a task.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcsctptransport import (
    CHUNK_TYPES,
    WEBRTC_BINARY,
    WEBRTC_DCEP,
    WEBRTC_STRING,
    Chunk,
    InitAckChunk,
    InitChunk,
    RTCSctpCapabilities,
    RTCSctpTransport,
    SackChunk,
    serialize_packet,
)

from realtime.media import sctp
from realtime.media.adapter import DtlsEndpoint
from realtime.media.inbound import WINDOW, Inbound, Message, MessageTooLong, read_piece

Channel = RTCDataChannel

_MASK = 0xFFFFFFFF
_STREAMS = 1024
_MOST_CHANNELS = 8
# Sent and not acknowledged; a new message waits. aiortc looks at all of them now and then.
_IN_FLIGHT = 128

_STATES = RTCSctpTransport.State
_BEFORE = (sctp.INIT, sctp.INIT_ACK)
_WITHIN = (sctp.DATA, sctp.FORWARD_TSN, sctp.SACK, sctp.HEARTBEAT, sctp.RECONFIG, sctp.SHUTDOWN)


class Listener(Protocol):
    """Who is told what happens in an association."""

    def may_take(self) -> bool:
        """Whether one more piece of a message is taken; if not, it comes again."""

    def channel_ready(self, channel: Channel) -> None:
        """A channel can be used, opened by either side."""

    def received(self, label: str, message: bytes) -> None:
        """A whole message came on the channel of this label."""

    def room_to_send(self) -> None:
        """The association may no longer be busy."""

    def ended(self) -> None:
        """The association is over, by whatever cause but `end`."""

    def not_used(self, reason: str) -> None:
        """A packet of the peer's was `unsound`, or `confused` the state of the association."""


class Association(RTCSctpTransport):
    """One SCTP association over a DTLS endpoint."""

    def __init__(self, endpoint: DtlsEndpoint, listener: Listener) -> None:
        super().__init__(endpoint.transport)
        self._inbound_streams_max = self._outbound_streams_count = _STREAMS
        self._advertised_rwnd = WINDOW
        self._endpoint = endpoint
        self._listener: Listener | None = listener
        self._inbound = Inbound(0)
        self._peer_window = 0

    def begin(self, port: int) -> None:
        """Set the association up with the peer's SCTP port; DTLS must stand."""
        self._endpoint.on_data = self.receive
        _run(self.start(RTCSctpCapabilities(maxMessageSize=0), port))

    def end(self) -> None:
        """Abort; the listener hears nothing more."""
        self._listener = None
        _run(self.stop())

    def open_channel(self, label: str, *, ordered: bool, retransmits: int | None) -> None:
        """Open a channel from our side; the listener is told when the peer has agreed."""
        parameters = RTCDataChannelParameters(label, ordered=ordered, maxRetransmits=retransmits)
        RTCDataChannel(self, parameters)

    @property
    def busy(self) -> bool:
        """Whether a message should wait instead of being given to `send_message`."""
        return (
            self._association_state != _STATES.ESTABLISHED
            or bool(self._outbound_queue)
            or len(self._sent_queue) >= _IN_FLIGHT
        )

    def send_message(self, channel: Channel, message: bytes) -> None:
        """Send a message on a ready channel, with that channel's reliability."""
        assert channel.id is not None
        _run(
            self._send(
                channel.id,
                WEBRTC_BINARY,
                message,
                max_retransmits=channel.maxRetransmits,
                ordered=channel.ordered,
            )
        )

    # --- what a peer sends ---
    def receive(self, packet: bytes) -> None:
        """Act on a packet. Nothing that a peer can write makes this raise."""
        try:
            self._take(packet)
        except MessageTooLong:
            _run(self.stop())
        except Exception:  # a peer that confuses its own association harms nobody else
            self._not_used("confused")

    async def _handle_data(self, data: bytes) -> None:
        self.receive(data)

    def _take(self, packet: bytes) -> None:
        read = sctp.read(packet)
        if read is None or self.state == "closed" or read.tag != self._expected_tag(read):
            self._not_used("unsound")
            return
        for chunk in read.chunks:
            self._take_chunk(chunk)
        if self._sack_needed:
            _run(self._send_sack())

    def _not_used(self, reason: str) -> None:
        if self._listener is not None:
            self._listener.not_used(reason)

    def _expected_tag(self, packet: sctp.Packet) -> int:
        return 0 if packet.chunks[0].kind == sctp.INIT else int(self._local_verification_tag)

    def _take_chunk(self, chunk: sctp.Chunk) -> None:
        established = self._association_state == _STATES.ESTABLISHED
        if chunk.kind in (_BEFORE if established else _WITHIN):
            return
        if chunk.kind == sctp.DATA or chunk.kind == sctp.FORWARD_TSN:
            self._take_data(chunk)
            return
        made = CHUNK_TYPES[chunk.kind](chunk.flags, chunk.body)
        _run(self._receive_chunk(made))
        if isinstance(made, (InitChunk, InitAckChunk)):
            self._inbound = Inbound(made.initial_tsn)
            self._peer_window = made.advertised_rwnd

    def _take_data(self, chunk: sctp.Chunk) -> None:
        if chunk.kind == sctp.FORWARD_TSN:
            messages = self._inbound.skip_to(int.from_bytes(chunk.body[:4], "big"))
        else:
            piece = read_piece(chunk.flags, chunk.body)
            if piece.protocol != WEBRTC_DCEP and not (self._listener and self._listener.may_take()):
                return
            messages = self._inbound.take(piece)
        self._sack_needed = True
        self._last_received_tsn = self._inbound.last
        for message in messages:
            self._deliver(message)
        if self._reconfig_deferred is not None:
            _run(self._reset_deferred_streams())

    def _deliver(self, message: Message) -> None:
        if message.protocol == WEBRTC_DCEP:
            self._take_dcep(message)
        elif message.protocol in (WEBRTC_BINARY, WEBRTC_STRING):
            channel = self._data_channels.get(message.stream)
            if channel is not None and self._listener is not None:
                self._listener.received(channel.label, message.payload)

    def _take_dcep(self, message: Message) -> None:
        """A channel is opened, or our opening acknowledged (RFC 8832 §5)."""
        known = message.stream in self._data_channels
        if sctp.opens_channel(message.payload):
            acceptable = not known and len(self._data_channels) < _MOST_CHANNELS
        else:
            acceptable = known and message.payload[0] == sctp.DATA_CHANNEL_ACK
        if not acceptable:
            return
        _run(self._data_channel_receive(*message))
        channel = self._data_channels.get(message.stream)
        if channel is not None and self._listener is not None:
            self._listener.channel_ready(channel)

    async def _receive_sack_chunk(self, chunk: SackChunk) -> None:
        unacknowledged = (self._local_tsn - 1 - chunk.cumulative_tsn) & _MASK
        if unacknowledged > _MASK // 2:  # of what was never sent
            return
        chunk.gaps = [gap for gap in chunk.gaps if gap[1] <= unacknowledged]
        self._peer_window = chunk.advertised_rwnd
        await super()._receive_sack_chunk(chunk)
        if self._listener is not None:
            self._listener.room_to_send()

    # --- what we send ---
    async def _transmit(self) -> None:
        """Never more in flight than the peer's window, save for one piece that probes it."""
        allowed, self._cwnd = self._cwnd, max(1, min(self._cwnd, self._peer_window))
        try:
            await super()._transmit()
        finally:
            self._cwnd = allowed

    async def _send_sack(self) -> None:
        self._sack_needed = False
        sack = SackChunk()
        sack.cumulative_tsn = self._inbound.last
        sack.advertised_rwnd = self._inbound.room
        sack.gaps = self._inbound.gaps()
        await self._send_chunk(sack)

    async def _send_chunk(self, chunk: Chunk) -> None:
        assert self._remote_port is not None
        tag = self._remote_verification_tag
        packet = serialize_packet(self._local_port, self._remote_port, tag, chunk)
        self._endpoint.send_data(packet)

    def _set_state(self, state: RTCSctpTransport.State) -> None:
        super()._set_state(state)
        if self._listener is None:
            return
        if state == _STATES.ESTABLISHED:
            self._listener.room_to_send()
        elif state == _STATES.CLOSED:
            listener, self._listener = self._listener, None
            listener.ended()


def _run(step: Coroutine[Any, Any, None]) -> None:
    """Run a step of aiortc's to its end, here and now."""
    try:
        step.send(None)
    except StopIteration:
        return
    step.close()
    raise RuntimeError("a step of the association waits")
