"""What a page asks, and the answers."""

from typing import TYPE_CHECKING, Any

from realtime.gateway import BoardPlace, Devices, DomainError
from realtime.live.closing import Close, Closing
from realtime.live.connection import Connection
from realtime.live.snapshots import catch_up
from realtime.protocol.from_page import (
    ChatDelete,
    ChatPost,
    EventsSince,
    FromPage,
    Hello,
    Request,
    SeatLeave,
    SeatReport,
    SeatTake,
)
from realtime.protocol.messages import Reply

if TYPE_CHECKING:
    from realtime.live.channel import LiveChannel


async def answer(channel: "LiveChannel", connection: Connection, message: FromPage) -> None:
    """Do what a message asks. A refusal is an answer too.

    Raises:
        Closing: the message has no place here.
    """
    if isinstance(message, Hello):
        raise Closing(Close.PROTOCOL_ERROR)
    if isinstance(connection.place, BoardPlace) and not isinstance(message, EventsSince):
        raise Closing(Close.PROTOCOL_ERROR)  # a board only looks: it has no seat and no voice
    if isinstance(message, SeatReport):
        _report(channel, connection, message)
        return
    try:
        result = await _do(channel, connection, message)
    except DomainError as error:
        refusal = channel.gateway.refusal(error, connection.place.visitor)
        connection.offer(Reply(id=message.id, ok=False, error=refusal))
        return
    connection.offer(Reply(id=message.id, ok=True, result=result))


def _report(channel: "LiveChannel", connection: Connection, report: SeatReport) -> None:
    if not connection.holds_seat:
        return
    place = connection.place
    holder = channel.gateway.holder(place, connection.page)
    channel.presence.report(holder, Devices(report.mic, report.camera), place.room.id)
    channel.reports.heard(holder, place.room.id, report)


async def _do(channel: "LiveChannel", connection: Connection, request: Request) -> dict[str, Any]:
    place, gateway = connection.place, channel.gateway
    match request:
        case EventsSince():
            return await _since(channel, connection, request)
        case SeatTake():
            return await _take_seat(channel, connection, request)
        case SeatLeave():
            await gateway.leave_seat(place, connection.page)
            connection.holds_seat = False
            channel.presence.changed(place.room.id)
            return {}
        case ChatPost():
            posted = await gateway.post(place, request.body, request.id)
            channel.hub.happened(place.room_stream, posted.seq)
            return {"seq": posted.seq, "message": posted.payload["message"]}
        case ChatDelete():
            deleted = await gateway.delete(place, request.message, request.id)
            channel.hub.happened(place.room_stream, deleted.seq)
            return {"seq": deleted.seq}


async def _since(
    channel: "LiveChannel", connection: Connection, request: EventsSince
) -> dict[str, Any]:
    """What is missing comes as events or as a snapshot; the answer says up to which number."""
    stream = request.stream
    if stream not in connection.place.streams:
        raise Closing(Close.PROTOCOL_ERROR)
    now = channel.clock()
    return {"seq": await catch_up(channel.gateway, connection, stream, request.seq, now)}


async def _take_seat(
    channel: "LiveChannel", connection: Connection, request: SeatTake
) -> dict[str, Any]:
    place = connection.place
    taken = await channel.gateway.take_seat(
        place, connection.page, connection.line, use_here=request.here
    )
    connection.hold_seat(taken.person_seq)
    channel.presence.changed(place.room.id)
    channel.hub.happened(place.person_stream, taken.person_seq)
    return {
        "room": str(taken.room_id),
        "mic": taken.devices.mic,
        "camera": taken.devices.camera,
        "returning": taken.returning,
    }
