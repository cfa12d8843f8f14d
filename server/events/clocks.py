"""Times of day and days as people type them."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

_CLOCK: Final = re.compile(r"(\d{1,2}):?(\d{2})")
_YEARS: Final = range(2000, 2100)
_ONE_DAY: Final = timedelta(days=1)
_LONGEST_NIGHT: Final = timedelta(hours=8)


def clock_of(text: str) -> time | None:
    """The time of day that a person typed: 14:05, 1405, 9:30, also in full width."""
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return time(int(found[1]), int(found[2]))


def day_of(text: str) -> date | None:
    """The day that a person typed: 2027-02-13 or 2027/02/13, also in full width."""
    try:
        found = date.fromisoformat(unicodedata.normalize("NFKC", text).strip().replace("/", "-"))
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def ends_next_day(draft: Mapping[str, str], row: str) -> bool:
    """Whether the times of a session (`s3-`) mean a night: 23:40 to 4:10, eight hours at most.

    Of 14:00 to 13:00 one is mistyped.
    """
    starts, ends = (clock_of(draft.get(row + name, "")) for name in ("from", "until"))
    if starts is None or ends is None or starts < ends:
        return False
    day = date(2000, 1, 1)
    until = datetime.combine(day + _ONE_DAY, ends, UTC)
    return until - datetime.combine(day, starts, UTC) <= _LONGEST_NIGHT
