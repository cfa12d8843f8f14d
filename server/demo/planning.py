"""Short ways to write a plan down."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from server.events.models import SessionKind
from server.events.plan import PlannedSession, Speaker, Texts

ZONE: Final = ZoneInfo("Asia/Tokyo")
DOORS: Final = timedelta(minutes=10)
SATURDAY: Final = 5


class Days(NamedTuple):
    """When something takes place, and how long people can register for it."""

    first: date
    opens_at: datetime
    closes_at: datetime


def both(ja: str, en: str) -> Texts:
    """A text in both languages."""
    return {"ja": ja.strip(), "en": en.strip()}


def speaker(ja: str, en: str, about_ja: str, about_en: str) -> Speaker:
    """Somebody who speaks."""
    return Speaker(both(ja, en), both(about_ja, about_en))


def session(
    number: int,
    kind: SessionKind,
    title: Texts,
    summary: Texts,
    when: tuple[datetime, datetime],
    *,
    room: int,
    seats: bool = False,
    topic: int | None = None,
    description: Texts | None = None,
    speakers: Sequence[Speaker] = (),
    doors: timedelta = DOORS,
) -> PlannedSession:
    """A session; `room` is how many its room holds, with `seats` each takes one of them."""
    return PlannedSession(
        number=number,
        kind=kind,
        topic=topic,
        title=title,
        summary=summary,
        description=description or {},
        starts_at=when[0],
        ends_at=when[1],
        doors_at=when[0] - doors,
        by_seat=seats,
        capacity=room,
        speakers=list(speakers),
    )


def at(day: date, clock: str) -> datetime:
    """A time of day in Japan."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE).astimezone(UTC)


def span(day: date, clocks: str) -> tuple[datetime, datetime]:
    """From and until: `10:00-10:45`."""
    begins, _, ends = clocks.partition("-")
    return at(day, begins), at(day, ends)


def day_of(moment: datetime) -> date:
    """The day that it is in Japan."""
    return moment.astimezone(ZONE).date()


def nearest(day: date, weekday: int) -> date:
    """The day of the week that is nearest to a day; Monday is 0."""
    ahead = (weekday - day.weekday()) % 7
    return day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
