"""The figures of the drills with accidents."""

import pytest

from tests.load.accidents import Return, summary
from tests.load.far import Packets

pytestmark = pytest.mark.pure

GOOD = Return(seconds=2.0, kept=True, ghost=False, others_loss=0.0)


def test_all_as_promised() -> None:
    assert summary([GOOD, GOOD._replace(seconds=2.5)], goal=3.0) == {
        "seconds": [2.0, 2.5],
        "p95_seconds": 2.5,
        "kept": 2,
        "ghosts": 0,
        "others_loss": 0.0,
        "passed": True,
    }


@pytest.mark.parametrize(
    "bad", [{"seconds": 3.1}, {"kept": False}, {"ghost": True}, {"others_loss": 0.001}]
)
def test_one_broken_promise_is_a_failure(bad: dict[str, object]) -> None:
    assert not summary([GOOD, GOOD._replace(**bad)], goal=3.0)["passed"]  # type: ignore[arg-type]


def test_loss_is_counted_from_a_moment_on() -> None:
    assert Packets(lost=5, received=195).since(Packets(lost=4, received=100)) == 1 / 96
    assert Packets(lost=4, received=100).since(Packets(lost=4, received=100)) == 1.0
