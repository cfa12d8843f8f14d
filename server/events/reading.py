"""From a draft to a plan that can be published, or to what is wrong beside which field."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from server.core.i18n import LOCALES, N_
from server.events.clocks import clock_of, day_of, ends_next_day
from server.events.draft import APART, ON, Draft, numbers
from server.events.models import EventKind, SessionKind
from server.events.plan import Plan, PlannedSession, PlannedTopic, Speaker, Texts

SLUG: Final = re.compile(r"[a-z0-9-]{3,40}")
_LONGEST: Final = {"description": 8000, "summary": 300, "contact": 500, "speakers": 2000}
_TITLE_LONGEST: Final = 120
_MOST_SEATS: Final = 100_000
_MOST_IN_ROOM: Final = 2_000
_LONGEST_DOORS: Final = 24 * 60  # minutes
LONGEST_EVENT: Final = timedelta(days=370)
_ONE_DAY: Final = timedelta(days=1)

MISSING: Final = N_("ここを記入してください。")
TOO_LONG: Final = N_("{most}文字までで記入してください。")
NOT_A_DAY: Final = N_("日付を「2027-02-13」のように記入してください。")
NOT_A_TIME: Final = N_("時刻を「14:05」のように記入してください。")
NOT_A_NUMBER: Final = N_("1から{most}までの数を記入してください。")
NOT_A_SLUG: Final = N_("半角の英小文字、数字、ハイフンで、3文字から40文字にしてください。")
NOT_A_ZONE: Final = N_("この時間帯はありません。")
NOT_IN_LIST: Final = N_("一覧の中から選んでください。")
ENDS_FIRST: Final = N_("終わりを、始まりより後にしてください。")
DOORS_LATE: Final = N_("開場を、始まりより前にしてください。")
OUTSIDE: Final = N_("催しの日のどれかにしてください。")
CLOSES_FIRST: Final = N_("しめきりを、受付の始まりより後にしてください。")
TOO_LONG_EVENT: Final = N_("催しは、長くて370日までです。")

Kind = TypeVar("Kind", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a field cannot be published: a sentence for the catalogs, and its details."""

    sentence: str
    details: Mapping[str, object] = field(default_factory=dict)


class Reading(NamedTuple):
    """A plan, or (None) what is wrong, by the names of the fields."""

    plan: Plan | None
    wrong: dict[str, Wrong]


def read(draft: Draft) -> Reading:
    """The plan of a draft. Removed sessions and topics are not in it."""
    reader = _Reader(draft)
    plan = reader.plan()
    return Reading(None if reader.wrong else plan, reader.wrong)


def is_removed(draft: Mapping[str, str], row: str) -> bool:
    """Whether a session (`s3-`) or topic (`t1-`) is taken out in this draft."""
    return draft.get(row + "removed") == ON


class _Reader:
    """Reads a draft field by field and notes what is wrong; whatever it returns then is unused."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.wrong: dict[str, Wrong] = {}
        self.zone = self._zone()

    def plan(self) -> Plan:
        day = self._day("day")
        last_day = self._day("last_day", otherwise=day)
        starts, ends = self._span("", day, last_day)
        if ends - starts > LONGEST_EVENT:
            self._note("last_day", TOO_LONG_EVENT)
        opens, closes = self._minute("opens"), self._minute("closes")
        if opens and closes and closes <= opens:
            self._note("closes", CLOSES_FIRST)
        topics = [self._topic(number) for number in self._kept("t")]
        return Plan(
            slug=self._slug(),
            kind=self._choice("kind", EventKind, EventKind.FORUM),
            title=self._texts("title", needed=True),
            summary=self._texts("summary", needed=True),
            description=self._texts("description"),
            host=self._texts("host"),
            contact=self._texts("contact"),
            zone=self.zone.key,
            starts_at=starts,
            ends_at=ends,
            doors_at=self._doors(day, starts),
            opens_at=opens,
            closes_at=closes,
            capacity=self._number("capacity", most=_MOST_SEATS),
            approval=self.draft.get("approval") == ON,
            topics=topics,
            sessions=[
                self._session(number, day, last_day, {topic.number for topic in topics})
                for number in self._kept("s")
            ],
        )

    def _topic(self, number: int) -> PlannedTopic:
        row = f"t{number}-"
        title = self._texts(row + "title", needed=True)
        return PlannedTopic(number, title, self._texts(row + "summary"))

    def _session(self, number: int, first: date, last: date, topics: set[int]) -> PlannedSession:
        row = f"s{number}-"
        day = self._day(row + "day", otherwise=first)
        if not first <= day <= last:
            self._note(row + "day", OUTSIDE)
        last_day = day + _ONE_DAY if ends_next_day(self.draft, row) else day
        starts, ends = self._span(row, day, last_day)
        doors = self._number(row + "doors", least=0, most=_LONGEST_DOORS)
        topic = self._number(row + "topic", most=999)
        return PlannedSession(
            number=number,
            kind=self._choice(row + "kind", SessionKind, SessionKind.DISCUSSION),
            topic=topic if topic in topics else None,
            title=self._texts(row + "title", needed=True),
            summary=self._texts(row + "summary"),
            description=self._texts(row + "description"),
            starts_at=starts,
            ends_at=ends,
            doors_at=starts - timedelta(minutes=10 if doors is None else doors),
            by_seat=self.draft.get(row + "by_seat") == ON,
            capacity=self._number(row + "capacity", most=_MOST_IN_ROOM) or 9,
            speakers=self._speakers(row + "speakers"),
        )

    def _kept(self, of: str) -> list[int]:
        return [n for n in numbers(self.draft, of) if not is_removed(self.draft, f"{of}{n}-")]

    def _texts(self, name: str, *, needed: bool = False) -> Texts:
        most = _LONGEST.get(name.rpartition("-")[2], _TITLE_LONGEST)
        found: Texts = {}
        for locale in LOCALES:
            text = self.draft.get(f"{name}-{locale}", "")
            if len(text) > most:
                self._note(f"{name}-{locale}", TOO_LONG, most=most)
            if text:
                found[locale] = text
        if needed and not found:
            self._note(f"{name}-{LOCALES[0]}", MISSING)
        return found

    def _speakers(self, name: str) -> list[Speaker]:
        """A line for each: the name, and after a bar what is said of them."""
        texts = self._texts(name)
        lines = {locale: text.splitlines() for locale, text in texts.items()}
        speakers = []
        for place in range(max(map(len, lines.values()), default=0)):
            told = {
                locale: of[place].replace("|", APART).partition(APART)
                for locale, of in lines.items()
                if place < len(of) and of[place].strip()
            }
            names = {locale: parts[0].strip() for locale, parts in told.items()}
            about = {locale: parts[2].strip() for locale, parts in told.items() if parts[2].strip()}
            if any(names.values()):
                speakers.append(Speaker(names, about))
        return speakers

    def _span(self, row: str, first: date, last: date) -> tuple[datetime, datetime]:
        starts = self._moment(first, self._clock(row + "from"))
        ends = self._moment(last, self._clock(row + "until"))
        if not {row + "from", row + "until"} & self.wrong.keys() and ends <= starts:
            self._note(row + "until", ENDS_FIRST)
        return starts, ends

    def _doors(self, day: date, starts: datetime) -> datetime | None:
        if not self.draft.get("doors"):
            return None
        doors = self._moment(day, self._clock("doors"))
        if doors > starts and "from" not in self.wrong:
            self._note("doors", DOORS_LATE)
        return doors

    def _clock(self, name: str) -> time:
        text = self.draft.get(name, "")
        found = clock_of(text)
        if found is None:
            self._note(name, NOT_A_TIME if text else MISSING)
        return found or time()

    def _day(self, name: str, *, otherwise: date | None = None) -> date:
        text = self.draft.get(name, "")
        if not text and otherwise:
            return otherwise
        found = day_of(text)
        if found is None:
            self._note(name, NOT_A_DAY if text else MISSING)
        return found or date(2000, 1, 1)

    def _minute(self, name: str) -> datetime | None:
        text = self.draft.get(name, "")
        if not text:
            return None
        day, _, clock = text.partition("T")
        found, at = day_of(day), clock_of(clock[:5])
        if found is None or at is None:
            self._note(name, NOT_A_DAY)
            return None
        return self._moment(found, at)

    def _number(self, name: str, *, least: int = 1, most: int) -> int | None:
        text = unicodedata.normalize("NFKC", self.draft.get(name, "")).replace(",", "")
        if not text:
            return None
        if text.isascii() and text.isdecimal() and least <= int(text[:9]) <= most:
            return int(text)
        self._note(name, NOT_A_NUMBER, most=most)
        return None

    def _choice(self, name: str, kinds: type[Kind], otherwise: Kind) -> Kind:
        text = self.draft.get(name, "")
        if not text:
            return otherwise
        try:
            return kinds(text)
        except ValueError:
            self._note(name, NOT_IN_LIST)
            return otherwise

    def _slug(self) -> str:
        text = self.draft.get("slug", "")
        if not SLUG.fullmatch(text):
            self._note("slug", NOT_A_SLUG)
        return text

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.draft.get("zone") or "Asia/Tokyo")
        except (ValueError, OSError, KeyError):
            self._note("zone", NOT_A_ZONE)
            return ZoneInfo("Asia/Tokyo")

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def _note(self, name: str, sentence: str, **details: object) -> None:
        self.wrong.setdefault(name, Wrong(sentence, details))
