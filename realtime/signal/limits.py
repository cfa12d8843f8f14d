"""Bounds that keep one client from harming others. Seconds, bytes and counts."""

from dataclasses import dataclass, field

from realtime.media.data import DataBounds


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound of the engine that an operator may want to change.

    Whoever vanishes without a word is gone after `silent_signal + resume_within` seconds, or
    after `silent_transport + resume_within` when only its media fell silent: 31 and 27.
    """

    tracks_per_participant: int = 4
    screen_tracks_per_participant: int = 2
    rooms: int = 1000
    participants_per_room: int = 2000
    message_bytes: int = 512 * 1024
    outbox_messages: int = 512
    messages_per_second: int = 50
    room_name_bytes: int = 256
    room_metadata_bytes: int = 16 * 1024
    identity_bytes: int = 256
    name_bytes: int = 256
    metadata_bytes: int = 4096
    attributes: int = 32
    attributes_bytes: int = 4096
    ping_interval: int = 2
    ping_timeout: int = 5
    silent_signal: float = 16.0
    silent_transport: float = 12.0
    resume_within: float = 15.0
    connect_within: float = 25.0
    answer_within: float = 15.0
    take_within: float = 10.0
    empty_timeout: int = 300
    departure_timeout: int = 20
    data: DataBounds = field(default_factory=DataBounds)
