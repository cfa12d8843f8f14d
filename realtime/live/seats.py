"""A page that loses its seat is told so."""

from realtime.live.connection import Connection
from realtime.protocol.messages import LoggedEvent, SeatRevoked, SeatTaken


def tell_former_holder(connection: Connection, event: LoggedEvent) -> None:
    """Tell a page that held the seat when another page took it, or access was taken away."""
    if not isinstance(event, SeatTaken | SeatRevoked):
        return
    if event.seq <= connection.seat_since:
        return  # from before the page took it
    if event.data.session != connection.place.entry.session.id:
        return  # a person has a seat in each session
    if isinstance(event, SeatRevoked):
        connection.lose_seat("removed")
    elif event.data.connection != connection.page:
        connection.lose_seat("elsewhere")
