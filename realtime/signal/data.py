"""Data packets: what a participant says on its data channels, and who gets it.

The rules are LiveKit's: the server names the sender, destinations are identities or sids (none
means everybody), nobody gets what it said itself, and the channel is kept. `can_publish_data` is
asked for each packet; `can_subscribe` is about tracks, and keeps nobody from getting data.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from livekit.protocol import models, rtc

from realtime.media.data import LOSSY, RELIABLE, DataChannels, packets_of

if TYPE_CHECKING:
    from realtime.signal.participant import Participant
    from realtime.signal.room import Room

# What anybody may say. Not `speaker`: who speaks is told by the server alone.
_SAID = frozenset(
    (
        "user",
        "chat_message",
        "sip_dtmf",
        "rpc_request",
        "rpc_response",
        "rpc_ack",
        "stream_header",
        "stream_chunk",
        "stream_trailer",
        "encrypted_packet",
        "metrics",
    )
)
_KINDS = {RELIABLE: models.DataPacket.RELIABLE, LOSSY: models.DataPacket.LOSSY}
# A nonce is a UUID.
_NONCE = 16


def listen(participant: Participant, channels: DataChannels) -> None:
    """Route what a participant says on these channels."""
    channels.on_message = partial(_take, participant, channels)


def send(room: Room, packet: models.DataPacket) -> None:
    """Send a packet of the server's own to its destinations, on the channel of its `kind`."""
    label = RELIABLE if packet.kind == models.DataPacket.RELIABLE else LOSSY
    if not _came_before(room, packet):
        _hand_out(packet.SerializeToString(), label, _readers(room, packet))


def replay(reader: Participant, states: Iterable[rtc.DataChannelReceiveState]) -> None:
    """Send a participant again the reliable packets after those that it says it has.

    For a resume with new data channels: `SyncState.datachannel_receive_states` names the last
    sequence number got from each publisher. What a client has already, it leaves out by itself.
    """
    publishers = {each.sid: each for each in reader.room.others(reader)}
    for state in states:
        publisher = publishers.get(state.publisher_sid)
        for message in publisher.said.after(state.last_seq) if publisher else []:
            packet = models.DataPacket.FromString(message)
            if reader in _readers(reader.room, packet, publisher):
                reader.channels.send(RELIABLE, message)


def _take(participant: Participant, channels: DataChannels, label: str, message: bytes) -> None:
    if not participant.permission.can_publish_data:
        return
    try:
        packet = models.DataPacket.FromString(message)
    except DecodeError:
        return
    if not _may_say(participant, packet) or _came_again(participant, label, packet):
        return
    _sign(participant, label, packet)
    whole = packet.SerializeToString()
    taken = _hand_out(whole, label, _readers(participant.room, packet, participant))
    channels.charge(packets_of(whole) * taken)
    if label == RELIABLE and packet.sequence:
        participant.said.keep(packet.sequence, whole)


def _may_say(participant: Participant, packet: models.DataPacket) -> bool:
    kind = packet.WhichOneof("value")
    return kind in _SAID or (kind == "transcription" and participant.is_agent)


def _came_again(participant: Participant, label: str, packet: models.DataPacket) -> bool:
    """Publishers number reliable packets, and after a resume they send some again."""
    if label == RELIABLE and packet.sequence and not participant.said.is_next(packet.sequence):
        return True
    return _came_before(participant.room, packet)


def _came_before(room: Room, packet: models.DataPacket) -> bool:
    nonce = packet.user.nonce if packet.HasField("user") else b""
    return len(nonce) == _NONCE and not room.nonces.is_new(nonce)


def _sign(participant: Participant, label: str, packet: models.DataPacket) -> None:
    """Write into the packet who sent it and how; nobody learns of a hidden participant."""
    seen = not participant.hidden
    packet.kind = _KINDS[label]
    packet.participant_sid = participant.sid if seen else ""
    packet.participant_identity = participant.identity if seen else ""
    if packet.HasField("user"):
        user = packet.user
        user.participant_sid = packet.participant_sid
        user.participant_identity = packet.participant_identity
        if packet.destination_identities:
            user.destination_identities[:] = packet.destination_identities
        else:
            packet.destination_identities[:] = user.destination_identities


def _readers(
    room: Room, packet: models.DataPacket, sender: Participant | None = None
) -> list[Participant]:
    """Who gets a packet: its destinations, or everybody, but never its sender."""
    names = set(packet.destination_identities)
    sids = set(packet.user.destination_sids) if packet.HasField("user") else set()
    readers = [each for each in room.participants.values() if each is not sender]
    if names or sids:
        readers = [each for each in readers if each.identity in names or each.sid in sids]
    if packet.HasField("metrics"):
        readers = [each for each in readers if each.permission.can_subscribe_metrics]
    return readers


def _hand_out(message: bytes, label: str, readers: list[Participant]) -> int:
    """Let a message wait for each reader; answers how many will be sent it."""
    return sum(reader.channels.send(label, message) for reader in readers)
