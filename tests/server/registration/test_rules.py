"""Registration's pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from server.events.models import Event, EventKind
from server.registration import rules
from server.registration.models import RegistrationState
from server.registration.rules import Opening, RegistrationClosed, RegistrationNotOpen

pytestmark = pytest.mark.pure

START = datetime(2027, 2, 13, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def event(**facts: object) -> Event:
    return Event(
        slug="one",
        kind=EventKind.FORUM,
        title={"ja": "一"},
        starts_at=START,
        ends_at=START + 6 * HOUR,
        **facts,  # type: ignore[arg-type]  # the facts of an event
    )


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (START - 3 * HOUR, Opening.NOT_YET),
        (START - 2 * HOUR, Opening.OPEN),
        (START - HOUR - timedelta(seconds=1), Opening.OPEN),
        (START - HOUR, Opening.CLOSED),
    ],
)
def test_registration_opens_and_closes_at_its_moments(now: datetime, opening: Opening) -> None:
    bounded = event(opens_at=START - 2 * HOUR, closes_at=START - HOUR)
    assert rules.opening(bounded, now) is opening


def test_without_moments_registration_is_open_until_the_event_ends() -> None:
    assert rules.opening(event(), START - 1000 * HOUR) is Opening.OPEN
    assert rules.opening(event(), START + 6 * HOUR) is Opening.CLOSED


def test_outside_the_period_the_error_says_which_side() -> None:
    bounded = event(opens_at=START - 2 * HOUR, closes_at=START - HOUR)
    with pytest.raises(RegistrationNotOpen):
        rules.ensure_open(bounded, START - 3 * HOUR)
    with pytest.raises(RegistrationClosed):
        rules.ensure_open(bounded, START)


@pytest.mark.parametrize(
    ("capacity", "seated", "state"),
    [
        (None, 10_000, RegistrationState.SEATED),
        (2, 1, RegistrationState.SEATED),
        (2, 2, RegistrationState.WAITING),
        (2, 3, RegistrationState.WAITING),
        (0, 0, RegistrationState.WAITING),
    ],
)
def test_seat_while_there_is_one(
    capacity: int | None, seated: int, state: RegistrationState
) -> None:
    assert rules.seat_or_waitlist(capacity=capacity, seated=seated) is state
