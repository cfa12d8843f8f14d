"""How long a process waits before it looks at the rounds again."""

from datetime import UTC, datetime, timedelta

import pytest

from server.rounds.ticking import TICK_SECONDS, Look

pytestmark = pytest.mark.pure

NOW = datetime(2027, 3, 2, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "seconds"),
    [(10.0, TICK_SECONDS), (0.2, 0.2), (0.0, 0.0), (-1.0, 0.0)],  # the last: looking took long
)
def test_a_process_looks_again_when_a_round_ends(left: float, seconds: float) -> None:
    assert Look([], NOW + timedelta(seconds=left)).pause(NOW) == pytest.approx(seconds)


def test_without_a_running_round_a_process_looks_once_a_tick() -> None:
    assert Look([], None).pause(NOW) == TICK_SECONDS
