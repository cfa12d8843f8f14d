"""Bars of presence as a page draws them: places in per cent, from the door's opening on."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from server.records import rules
from server.records.listing import Line, Listing
from server.records.rules import Span

_MIDDLE_FROM: Final = timedelta(minutes=20)  # a shorter session has no room for a third time
_MIDDLE_STEP: Final = timedelta(minutes=5)


class Bar(NamedTuple):
    """From where and how far, in per cent of the time in which one can be inside."""

    x: float
    width: float

    @property
    def end(self) -> float:
        """Where it ends."""
        return round(self.x + self.width, 2)


class Bars(NamedTuple):
    """A person's time: what counts, what lies before or after, and where the line was lost."""

    counted: list[Bar]
    beside: list[Bar]
    lost: list[Bar]


class Tick(NamedTuple):
    """A time on the axis."""

    x: float
    at: datetime


class Minutes(NamedTuple):
    """How many people were there in each minute, as two paths of one picture.

    Its units are minutes and people; `peak_at` is the first minute with the most of them.
    """

    length: int
    counted: str
    beside: str
    peak: int
    peak_at: datetime
    first: int  # in the first minute that counts
    last: int


def window(listing: Listing) -> Bar:
    """The whole session."""
    return _bar(Span(listing.session.starts_at, listing.session.ends_at), listing)


def counted(listing: Listing) -> Bar:
    """The part of it that counts by now."""
    return _bar(listing.counted, listing)


def axis(listing: Listing) -> list[Tick]:
    """Beginning and end, and a round time in the middle of a longer session."""
    start, end = listing.session.starts_at, listing.session.ends_at
    times = [start, end]
    if end - start >= _MIDDLE_FROM:
        times.insert(1, start + (end - start) / 2 // _MIDDLE_STEP * _MIDDLE_STEP)
    return [Tick(_share(time, listing), time) for time in times]


def bars(line: Line, listing: Listing) -> Bars:
    """The bars of one person."""
    before = Span(listing.open.start, listing.session.starts_at)
    after = Span(listing.session.ends_at, listing.open.end)
    gaps = [Span(one.end, other.start) for one, other in pairwise(line.spans)]
    return Bars(
        counted=_bars(rules.within(line.spans, listing.counted), listing),
        beside=_bars(
            [*rules.within(line.spans, before), *rules.within(line.spans, after)], listing
        ),
        lost=_bars(rules.within(gaps, listing.open), listing),
    )


def minutes(listing: Listing) -> Minutes:
    """The people of each minute since the door opened."""
    counts = listing.per_minute()
    origin, peak = listing.open.start, max(counts, default=0)
    first = (listing.counted.start - origin) // rules.MINUTE
    last = max(first, -(-(listing.counted.end - origin) // rules.MINUTE) - 1)
    inside = range(first, last + 1)
    return Minutes(
        length=len(counts),
        counted=_path(counts, inside, peak),
        beside=_path(counts, [n for n in range(len(counts)) if n not in inside], peak),
        peak=peak,
        peak_at=origin + counts.index(peak) * rules.MINUTE,
        first=counts[first],
        last=counts[last],
    )


def _path(counts: Sequence[int], chosen: Iterable[int], peak: int) -> str:
    steps = [(minute, counts[minute]) for minute in chosen if counts[minute]]
    return "".join(f"M{minute} {peak}v{-count}h.86v{count}z" for minute, count in steps)


def _bars(spans: Iterable[Span], listing: Listing) -> list[Bar]:
    return [_bar(span, listing) for span in spans]


def _bar(span: Span, listing: Listing) -> Bar:
    x = _share(span.start, listing)
    return Bar(x, round(_share(span.end, listing) - x, 2))


def _share(time: datetime, listing: Listing) -> float:
    return round(100 * ((time - listing.open.start) / listing.open.length), 2)
