"""From intervals to minutes, a verdict and a count per minute: properties and values."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.records import rules
from server.records.rules import Span, Verdict

pytestmark = pytest.mark.pure

NOON = datetime(2027, 2, 20, 5, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """So many seconds after the origin."""
    return NOON + timedelta(seconds=seconds)


def span(start: float, end: float) -> Span:
    """A span in seconds after the origin."""
    return Span(at(start), at(end))


spans = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 600)).map(lambda s: span(s[0], s[0] + s[1])),
    max_size=12,
)


def covered(of: list[Span]) -> set[int]:
    """The whole seconds that spans cover."""
    return {
        second
        for one in of
        for second in range(
            int((one.start - NOON).total_seconds()), int((one.end - NOON).total_seconds())
        )
    }


@given(spans)
def test_union_covers_the_same_seconds_once(of: list[Span]) -> None:
    merged = rules.union(of, bridge=timedelta())
    assert covered(merged) == covered(of)
    assert rules.total(merged) == timedelta(seconds=len(covered(of)))


@given(spans)
def test_union_closes_exactly_the_short_gaps(of: list[Span]) -> None:
    plain = rules.union(of, bridge=timedelta())
    merged = rules.union(of)
    gaps = [after.start - before.end for before, after in pairwise(plain)]
    left = [after.start - before.end for before, after in pairwise(merged)]
    assert left == [gap for gap in gaps if gap >= rules.BRIDGED_BELOW]


@given(spans)
def test_union_of_a_union_is_itself_in_any_order(of: list[Span]) -> None:
    merged = rules.union(of)
    assert rules.union(merged) == merged == rules.union(reversed(of))


@given(spans, st.integers(0, 3000), st.integers(0, 3000))
def test_within_is_the_common_part(of: list[Span], start: int, length: int) -> None:
    window = span(start, start + length)
    cut = rules.within(rules.union(of, bridge=timedelta()), window)
    assert covered(cut) == covered(of) & covered([window])
    assert rules.total(cut) <= window.length


@given(st.lists(spans, max_size=5), st.integers(0, 1200), st.integers(0, 1800))
def test_per_minute_counts_whoever_was_there(
    people: list[list[Span]], start: int, length: int
) -> None:
    window = span(start, start + length)
    merged = [rules.union(of) for of in people]
    expected = [
        sum(
            bool(covered(of) & set(range(minute, min(minute + 60, start + length))))
            for of in merged
        )
        for minute in range(start, start + length, 60)
    ]
    assert rules.per_minute(merged, window) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, Verdict.ABSENT),
        (1, Verdict.PARTLY),
        (29.99, Verdict.PARTLY),
        (30, Verdict.ATTENDED),
        (45, Verdict.ATTENDED),
    ],
)
def test_two_thirds_are_enough(minutes: float, expected: Verdict) -> None:
    assert rules.verdict(timedelta(minutes=minutes), timedelta(minutes=45)) is expected


def test_what_counts_grows_with_the_session_and_ends_with_it() -> None:
    start, end = at(0), at(600)
    assert rules.counted(start, end, at(-60)) == Span(start, start)
    assert rules.counted(start, end, at(60)) == Span(start, at(60))
    assert rules.counted(start, end, at(6000)) == Span(start, end)
