"""What a page gets first of each stream: what it missed, or the state as it is."""

from datetime import datetime
from typing import Final

from realtime.gateway import Forgotten, Gateway, StreamEvent
from realtime.live.connection import Connection
from realtime.protocol.messages import (
    ChatLine,
    LoggedEvent,
    RoomSnapshot,
    Snapshot,
    logged_event,
)

MOST_MISSED: Final = 200  # whoever missed more gets a snapshot


def as_message(event: StreamEvent, now: datetime) -> LoggedEvent:
    """The message of a kept event.

    Raises:
        pydantic.ValidationError: the event was written in another protocol.
    """
    return logged_event.validate_python(
        {
            "type": event.type,
            "stream": event.stream,
            "seq": event.seq,
            "at": event.at,
            "actor": event.actor_id,
            "server_now": now,
            "data": event.payload,
        }
    )


async def start_room(
    gateway: Gateway, connection: Connection, have: int | None, now: datetime
) -> None:
    """Bring a page up to date with its room, from number `have` if it was here before."""
    stream = connection.place.room_stream
    if await _missed(gateway, connection, stream, have, now):
        return
    seq, chat = await gateway.room_snapshot(connection.place.room)
    snapshot = RoomSnapshot(
        stream=stream,
        seq=seq,
        server_now=now,
        room=connection.place.room.id,
        chat=[ChatLine.model_validate(line) for line in chat],
    )
    connection.offer(snapshot)
    connection.start(stream, seq)


async def start_person(
    gateway: Gateway, connection: Connection, have: int | None, now: datetime
) -> None:
    """Bring a page up to date with what concerns its person."""
    stream = connection.place.person_stream
    if await _missed(gateway, connection, stream, have, now):
        return
    seq = (await gateway.heads([stream]))[stream]
    connection.offer(Snapshot(stream=stream, seq=seq, server_now=now))
    connection.start(stream, seq)


async def _missed(
    gateway: Gateway, connection: Connection, stream: str, have: int | None, now: datetime
) -> bool:
    """Send the events after `have`; False when a snapshot is needed or better."""
    if have is None:
        return False
    try:
        events = await gateway.since(stream, have)
    except Forgotten:
        return False
    if len(events) > MOST_MISSED or have > (await gateway.heads([stream]))[stream]:
        return False
    for event in events:
        connection.offer(as_message(event, now))
    connection.start(stream, events[-1].seq if events else have)
    return True
