"""What a page gets first of each stream: what it missed, or the state as it is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from realtime.gateway import Forgotten, Gateway, Place, StreamEvent
from realtime.live.connection import Connection
from realtime.protocol.messages import (
    ChatLine,
    LoggedEvent,
    RoomSnapshot,
    SessionSnapshot,
    Snapshot,
    logged_event,
)
from realtime.protocol.rounds import RoomDoor, RoundFacts

MOST_MISSED: Final = 200  # whoever missed more gets a snapshot
MOST_MISSED_BYTES: Final = 128 * 1024  # less than may wait for a page


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


async def catch_up(
    gateway: Gateway, connection: Connection, stream: str, have: int | None, now: datetime
) -> int:
    """Bring a page up to date with a stream, of which it has read up to `have` if at all.

    Events that come while this reads follow after it. Returns the number the page has then.
    """
    connection.expect(stream)
    missed = None if have is None else await _missed(gateway, stream, have, now)
    if have is None or missed is None:
        snapshot = await _snapshot(gateway, connection, stream, now)
        connection.offer(snapshot)
        seq = snapshot.seq
    else:
        for text in missed:
            connection.offer_text(text)
        seq = have + len(missed)
    connection.start(stream, seq)
    return seq


async def _missed(gateway: Gateway, stream: str, have: int, now: datetime) -> list[str] | None:
    """The events after `have`; None when a snapshot is needed or better."""
    try:
        events = await gateway.since(stream, have)
        texts = [as_message(event, now).model_dump_json() for event in events]
    except (Forgotten, ValidationError):
        return None
    size = sum(len(text.encode()) for text in texts)
    too_much = len(texts) > MOST_MISSED or size > MOST_MISSED_BYTES
    if too_much or (not texts and have > (await gateway.heads([stream]))[stream]):
        return None  # the last: a page of a database that was set back
    return texts


async def _snapshot(
    gateway: Gateway, connection: Connection, stream: str, now: datetime
) -> RoomSnapshot | SessionSnapshot | Snapshot:
    place = connection.place
    if stream == place.session_stream:
        seq, facts = await gateway.session_snapshot(place)
        return SessionSnapshot(
            stream=stream,
            seq=seq,
            server_now=now,
            round=RoundFacts.model_validate(facts) if facts else None,
            door=door_of(place),
        )
    if stream != place.room_stream:
        seq = (await gateway.heads([stream]))[stream]
        return Snapshot(stream=stream, seq=seq, server_now=now)
    return room_snapshot(place, *await gateway.room_snapshot(place.room), now=now)


def room_snapshot(
    place: Place, seq: int, chat: Iterable[dict[str, Any]], *, now: datetime
) -> RoomSnapshot:
    """What a page gets first of its room."""
    return RoomSnapshot(
        stream=place.room_stream,
        seq=seq,
        server_now=now,
        room=place.room.id,
        chat=[ChatLine.model_validate(line) for line in chat],
    )


def door_of(place: Place) -> RoomDoor:
    """What is written on the door of a page's room."""
    room = place.room
    return RoomDoor(room=room.id, kind=room.kind, number=room.number, name=room.name)
