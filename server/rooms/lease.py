"""Pure decisions about a seat: who holds it, who may take it, and how one comes back to it."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from server.rooms.models import SeatState

LEASE: Final = timedelta(seconds=15)  # a page reports every 5 s
RETURN_WITHIN: Final = timedelta(seconds=120)


class Devices(NamedTuple):
    """Which of a person's devices are open."""

    mic: bool
    camera: bool


def is_held(seat: SeatState, now: datetime) -> bool:
    """Whether a living page holds the seat."""
    return seat.connection_id is not None and now - seat.last_seen < LEASE


def may_take(seat: SeatState | None, *, connection_id: UUID, here: bool, now: datetime) -> bool:
    """Whether a page may take the seat without asking, or has asked (`here`).

    The page that holds it may always take it again: its line or the server broke.
    """
    if seat is None or here or not is_held(seat, now):
        return True
    return seat.connection_id == connection_id


def is_return(seat: SeatState | None, *, login_id: UUID, now: datetime) -> bool:
    """Whether the person comes back on the same device, soon enough to be let straight in."""
    if seat is None or seat.login_id != login_id:
        return False
    return now - seat.last_seen < RETURN_WITHIN


def devices_on_return(seat: SeatState | None, *, login_id: UUID, now: datetime) -> Devices:
    """How the devices stand after taking the seat: never more open than before."""
    if seat is None or not is_return(seat, login_id=login_id, now=now):
        return Devices(mic=False, camera=False)
    return Devices(seat.mic, seat.camera)
