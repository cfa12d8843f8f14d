"""What one peer may send, and the sources that are remembered of it."""

import pytest

from realtime.media.allowance import Allowance
from realtime.media.quota import TICKS, Quota
from realtime.media.sources import MAX_SOURCES, Sources

pytestmark = pytest.mark.pure


def test_a_seconds_worth_may_come_at_once_and_a_tenth_of_it_after_each_tick() -> None:
    quota = Quota(40)
    assert [quota.take() for _ in range(42)] == [True] * 40 + [False] * 2
    quota.tick()
    assert [quota.take() for _ in range(5)] == [True] * 4 + [False]
    for _ in range(3 * TICKS):
        quota.tick()
    assert [quota.take() for _ in range(41)] == [True] * 40 + [False]


def test_what_is_taken_on_credit_is_paid_back_in_time() -> None:
    allowance = Allowance(10)
    assert [allowance.owe(cost, 5.0) for cost in (4, 6, 1, 20)] == [0.0, 0.0, 0.1, 2.1]
    assert not allowance.take(7.0)
    assert allowance.owe(1, 7.2) == pytest.approx(0.0)


def test_of_many_sources_the_oldest_idle_ones_are_let_go() -> None:
    forgotten: list[int] = []
    sources = Sources(forgotten.append, {0: "a stream"}, {2: "its retransmissions"})
    for ssrc in range(MAX_SOURCES + 3):
        sources.came(ssrc)
        sources.came(ssrc)
    assert forgotten == [1, 3, 4]


def test_a_source_is_forgotten_once() -> None:
    forgotten: list[int] = []
    sources = Sources(forgotten.append)
    sources.came(7)
    sources.forget(7)
    sources.forget(7)
    assert forgotten == [7]
