"""A page that loses its seat is told so."""

from realtime.live.connection import Connection
from realtime.protocol.messages import LoggedEvent, SeatLost, SeatRevoked, SeatTaken


def tell_former_holder(connection: Connection, event: LoggedEvent) -> None:
    """Tell a page that held the seat when another page took it, or access was taken away."""
    if not connection.holds_seat or event.seq <= connection.seat_since:
        return
    if isinstance(event, SeatTaken) and event.data.connection != connection.page:
        connection.holds_seat = False
        connection.offer(SeatLost(reason="elsewhere"))
    elif isinstance(event, SeatRevoked):
        connection.holds_seat = False
        connection.offer(SeatLost(reason="removed"))
