"""What a visitor is told and offered, as whole tables."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.events.models import Event, EventKind, Role, Session, SessionKind
from server.programme.rules import Standing, Way, is_lit, is_mine, may_enter, offers, together, way
from server.registration.models import Registration, RegistrationState
from server.registration.seats import Seats

pytestmark = pytest.mark.pure

START = datetime(2027, 2, 13, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FREE, FULL, BOUNDLESS = Seats(5, 3), Seats(5, 5, 2), Seats(None, 80)


def event(*, approval: bool = False) -> Event:
    """An event of six hours whose registration opens ten hours before and closes one before."""
    return Event(
        slug="gathering",
        kind=EventKind.FORUM,
        title={"ja": "見本"},
        starts_at=START,
        ends_at=START + 6 * HOUR,
        opens_at=START - 10 * HOUR,
        closes_at=START - HOUR,
        approval=approval,
    )


def session(*, by_seat: bool) -> Session:
    """An hour at the start."""
    return Session(
        event_id=uuid4(),
        number=1,
        kind=SessionKind.DISCUSSION,
        title={"ja": "見本"},
        starts_at=START,
        ends_at=START + HOUR,
        doors_at=START,
        by_seat=by_seat,
    )


def own(state: RegistrationState) -> Registration:
    """A registration in this state."""
    return Registration(
        event_id=uuid4(),
        participation_id=uuid4(),
        state=state,
        created_at=START,
        changed_at=START,
    )


@pytest.mark.parametrize(
    ("hours", "lit"),
    [(-11, False), (-10, True), (-2, True), (-1, True), (5, True), (6, False)],
)
def test_the_hearth_burns_on_the_day_and_while_one_can_register(hours: int, lit: bool) -> None:
    assert is_lit(event(), START + hours * HOUR) == lit


def test_the_hearth_is_out_between_registration_and_the_day() -> None:
    made = event()
    made.closes_at = START - 48 * HOUR
    assert not is_lit(made, START - 40 * HOUR)
    assert not is_lit(made, START - 11 * HOUR)  # eleven in the evening before, in Japan
    assert is_lit(made, START - 10 * HOUR)


@pytest.mark.parametrize(
    ("hours", "seats", "approval", "expected"),
    [
        (-11, FREE, False, Way.NOT_YET),
        (-11, FULL, False, Way.NOT_YET),
        (-10, FREE, False, Way.REGISTER),
        (-2, BOUNDLESS, False, Way.REGISTER),
        (-2, FULL, False, Way.WAITLIST),
        (-2, FULL, True, Way.REGISTER),
        (-1, FREE, False, Way.CLOSED),
        (5, FREE, False, Way.CLOSED),
        (6, FREE, False, Way.ENDED),
    ],
)
def test_way(hours: int, seats: Seats, approval: bool, expected: Way) -> None:
    assert way(event(approval=approval), seats, START + hours * HOUR) is expected


def test_only_who_has_no_place_is_offered_one_and_only_while_it_can_be_had() -> None:
    offered = {(standing, way) for standing in Standing for way in Way if offers(standing, way)}
    assert offered == {
        (standing, way)
        for standing in (Standing.NONE, Standing.CANCELLED)
        for way in (Way.REGISTER, Way.WAITLIST)
    }


@pytest.mark.parametrize(
    ("by_seat", "standing", "state", "expected"),
    [
        (False, Standing.SEATED, None, True),
        (False, Standing.WAITING, None, False),
        (False, Standing.NONE, None, False),
        (True, Standing.SEATED, None, False),
        (True, Standing.SEATED, RegistrationState.SEATED, True),
        (True, Standing.SEATED, RegistrationState.WAITING, False),
        (True, Standing.CANCELLED, RegistrationState.SEATED, False),
    ],
)
def test_whose_seat_a_session_is(
    by_seat: bool, standing: Standing, state: RegistrationState | None, expected: bool
) -> None:
    mine = own(state) if state else None
    assert is_mine(session(by_seat=by_seat), standing, mine) is expected


@pytest.mark.parametrize(
    ("by_seat", "roles", "state", "expected"),
    [
        (False, {Role.PARTICIPANT}, None, True),
        (False, set(), None, False),
        (True, {Role.PARTICIPANT}, None, False),
        (True, {Role.PARTICIPANT}, RegistrationState.WAITING, False),
        (True, {Role.PARTICIPANT}, RegistrationState.SEATED, True),
        (True, {Role.PARTICIPANT, Role.MENTOR}, None, True),
        (True, {Role.ORGANIZER}, None, True),
    ],
)
def test_who_may_walk_in(
    by_seat: bool, roles: set[Role], state: RegistrationState | None, expected: bool
) -> None:
    mine, here = own(state) if state else None, session(by_seat=by_seat)
    assert may_enter(here, roles, mine, START) is expected
    assert may_enter(here, roles, mine, START - HOUR) is False


def test_seats_of_several_sessions_together() -> None:
    assert together([FREE, FULL]) == Seats(10, 8, 2)
    assert together([FREE, BOUNDLESS]).free is None
    assert together([Seats(2, 3), FREE]).free == 2  # one too many here frees no seat there
