"""Who may take a seat, and how one comes back to it: by value."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.rooms.lease import Devices, devices_on_return, is_held, is_return, may_take
from server.rooms.models import SeatState

pytestmark = pytest.mark.pure

NOW = datetime(2027, 2, 13, 6, 0, tzinfo=UTC)
PAGE, OTHER_PAGE, LOGIN, OTHER_LOGIN = uuid4(), uuid4(), uuid4(), uuid4()


def seat(seconds_ago: float = 0, *, held: bool = True) -> SeatState:
    """A seat with microphone and camera open, last seen some seconds ago."""
    return SeatState(
        participation_id=uuid4(),
        session_id=uuid4(),
        room_id=uuid4(),
        connection_id=PAGE if held else None,
        login_id=LOGIN,
        mic=True,
        camera=True,
        last_seen=NOW - timedelta(seconds=seconds_ago),
    )


@pytest.mark.parametrize(
    ("state", "page", "here", "expected"),
    [
        (None, OTHER_PAGE, False, True),
        (seat(), OTHER_PAGE, False, False),
        (seat(), OTHER_PAGE, True, True),
        (seat(), PAGE, False, True),
        (seat(held=False), OTHER_PAGE, False, True),
        (seat(14.9), OTHER_PAGE, False, False),
        (seat(15), OTHER_PAGE, False, True),
    ],
)
def test_may_take(state: SeatState | None, page: object, here: bool, expected: bool) -> None:
    assert may_take(state, connection_id=page, here=here, now=NOW) is expected  # type: ignore[arg-type]


def test_is_held_ends_with_the_lease_or_the_page() -> None:
    assert is_held(seat(14.9), NOW)
    assert not is_held(seat(15), NOW)
    assert not is_held(seat(held=False), NOW)


@pytest.mark.parametrize(
    ("seconds_ago", "login", "expected"),
    [
        (119.9, LOGIN, Devices(mic=True, camera=True)),
        (120, LOGIN, Devices(mic=False, camera=False)),
        (1, OTHER_LOGIN, Devices(mic=False, camera=False)),
    ],
)
def test_devices_are_kept_on_the_same_device_for_two_minutes(
    seconds_ago: float, login: object, expected: Devices
) -> None:
    state = seat(seconds_ago)
    assert devices_on_return(state, login_id=login, now=NOW) == expected  # type: ignore[arg-type]
    assert is_return(state, login_id=login, now=NOW) is expected.mic  # type: ignore[arg-type]


def test_devices_of_a_first_arrival_are_off() -> None:
    assert devices_on_return(None, login_id=LOGIN, now=NOW) == Devices(mic=False, camera=False)
