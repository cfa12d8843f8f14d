"""Pure decisions about attendance: from intervals that sources saw to minutes and a verdict."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

BRIDGED_BELOW: Final = timedelta(seconds=120)  # a line that was lost and came back
ENOUGH: Final = Fraction(2, 3)  # of the session's length, to have attended
EVIDENCE_LASTS: Final = timedelta(seconds=45)  # three missed looks of 15 s
MINUTE: Final = timedelta(minutes=1)


class Verdict(StrEnum):
    """What the record says of a person in a session."""

    ATTENDED = "attended"
    PARTLY = "partly"
    ABSENT = "absent"


class Span(NamedTuple):
    """From a moment up to, not including, another."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is; never below zero."""
        return max(self.end - self.start, timedelta())


def union(spans: Iterable[Span], *, bridge: timedelta = BRIDGED_BELOW) -> list[Span]:
    """What the spans cover together, in order, with gaps below `bridge` closed."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and _joins(merged[-1], span, bridge):
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _joins(before: Span, after: Span, bridge: timedelta) -> bool:
    gap = after.start - before.end
    return gap <= timedelta() or gap < bridge


def within(spans: Iterable[Span], window: Span) -> list[Span]:
    """The parts of the spans that lie in the window."""
    cut = (Span(max(span.start, window.start), min(span.end, window.end)) for span in spans)
    return [span for span in cut if span.start < span.end]


def total(spans: Iterable[Span]) -> timedelta:
    """How long spans that do not overlap are together."""
    return sum((span.length for span in spans), timedelta())


def counted(starts_at: datetime, ends_at: datetime, now: datetime) -> Span:
    """The part of a session that counts by now: while it runs, what has passed of it."""
    return Span(starts_at, min(max(now, starts_at), ends_at))


def verdict(present: timedelta, length: timedelta) -> Verdict:
    """By how much of `length` somebody was there."""
    if present <= timedelta():
        return Verdict.ABSENT
    return Verdict.ATTENDED if present >= enough(length) else Verdict.PARTLY


def enough(length: timedelta) -> timedelta:
    """For how much of a length one has to be there to have attended."""
    return length * ENOUGH.numerator / ENOUGH.denominator


def per_minute(people: Sequence[Sequence[Span]], window: Span) -> list[int]:
    """How many people were there in each begun minute of the window.

    Args:
        people: the spans of each person, in order and not overlapping.
    """
    minutes = -(-window.length // MINUTE)
    counts = [0] * minutes
    for spans in people:
        seen = {minute for span in within(spans, window) for minute in _minutes(span, window.start)}
        for minute in seen:
            counts[minute] += 1
    return counts


def _minutes(span: Span, origin: datetime) -> range:
    """The minutes after `origin` that the span touches."""
    return range((span.start - origin) // MINUTE, -((origin - span.end) // MINUTE))
