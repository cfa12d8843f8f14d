"""Doors and phases by the clock."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.events.models import Session, SessionKind
from server.events.rules import Door, Phase, door, phase

pytestmark = pytest.mark.pure

START = datetime(2027, 2, 13, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def session() -> Session:
    """A session of an hour whose door opens ten minutes before."""
    return Session(
        event_id=uuid4(),
        number=1,
        kind=SessionKind.DISCUSSION,
        title={"ja": "見本"},
        starts_at=START,
        ends_at=START + 60 * MINUTE,
        doors_at=START - 10 * MINUTE,
    )


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (-10.01, Door.EARLY),
        (-10, Door.OPEN),
        (60, Door.OPEN),
        (74.9, Door.OPEN),
        (75, Door.CLOSED),
    ],
)
def test_door(minutes: float, expected: Door) -> None:
    assert door(session(), START + minutes * MINUTE) is expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(-0.1, Phase.NEXT), (0, Phase.NOW), (59.9, Phase.NOW), (60, Phase.FINISHED)],
)
def test_phase(minutes: float, expected: Phase) -> None:
    assert phase(session(), START + minutes * MINUTE) is expected


@pytest.mark.parametrize("minutes", [-30, -5, 30, 90])
def test_a_cancelled_session_has_no_way_in_at_any_time(minutes: float) -> None:
    cancelled = session()
    cancelled.cancelled_at = START
    assert door(cancelled, START + minutes * MINUTE) is Door.CLOSED
    assert phase(cancelled, START + minutes * MINUTE) is Phase.CANCELLED
