"""A draft of an event: named texts, kept as they were typed.

`title-ja`, `day`, `s3-from` (session 3), `t1-title-en` (topic 1): a draft holds whatever the
organizer wrote, also what cannot be published yet, so saving never loses anything. `reading.read`
makes the typed plan of it.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from server.core.i18n import LOCALES
from server.events.models import Event, Session, SessionSpeaker, Topic

Draft = dict[str, str]

BOTH: Final = "-ja", "-en"
EVENT_TEXTS: Final = "title", "summary", "description", "host", "contact"
EVENT_FACTS: Final = (
    *("kind", "slug", "zone", "day", "last_day", "doors", "from", "until"),
    *("capacity", "opens", "closes", "approval"),
)
TOPIC_TEXTS: Final = "title", "summary"
TOPIC_FACTS: Final = ("removed",)
SESSION_TEXTS: Final = "title", "summary", "description", "speakers"
SESSION_FACTS: Final = (
    *("day", "from", "until", "doors", "kind", "topic", "by_seat", "capacity", "removed"),
)
_DATES: Final = frozenset({"day", "last_day", "opens", "closes"})

_ONE_LINE: Final = "title", "host"
_NAME: Final = re.compile(
    r"(?:(?P<of>[st])(?P<number>[1-9]\d{0,2})-)?(?P<field>[a-z_]+(?:-ja|-en)?)"
)
ON: Final = "on"
APART: Final = "｜"  # between a speaker's name and what is said of them


def names(texts: Iterable[str], facts: Iterable[str]) -> frozenset[str]:
    """The field names of texts in both languages, and of facts."""
    return frozenset([text + lang for text in texts for lang in BOTH]).union(facts)


_KNOWN: Final = {
    None: names(EVENT_TEXTS, EVENT_FACTS),
    "t": names(TOPIC_TEXTS, TOPIC_FACTS),
    "s": names(SESSION_TEXTS, SESSION_FACTS),
}


class Merge(NamedTuple):
    """Two people's work put together; `conflicts` names what both changed."""

    draft: Draft
    conflicts: dict[str, str]  # what the second one wrote, which is not in `draft`


def typed(raw: Mapping[str, str]) -> Draft:
    """What a form says about an event: fields that no draft has are left out, lines end in LF.

    A browser does not send a box that is not ticked, so the field `boxes` names those of the form.
    """
    draft = {name: _tidy(name, text) for name, text in raw.items() if _is_known(name)}
    for box in filter(_is_known, raw.get("boxes", "").split()):
        draft.setdefault(box, "")
    return draft


def numbers(draft: Mapping[str, str], of: str) -> list[int]:
    """The numbers of the sessions (`s`) or topics (`t`) that a draft has, also removed ones."""
    found = (_NAME.fullmatch(name) for name in draft)
    return sorted({int(name["number"]) for name in found if name and name["of"] == of})


def fingerprints(draft: Mapping[str, str]) -> dict[str, str]:
    """A short mark of each text: enough to see later whether it was changed."""
    return {name: _mark(text) for name, text in draft.items() if text}


def merge(theirs: Draft, mine: Draft, base: Mapping[str, str]) -> Merge:
    """Put my texts over theirs, which may have changed since I began.

    Args:
        base: the fingerprints of what I began with.
    """
    merged, conflicts = dict(theirs), {}
    for name, text in mine.items():
        kept = theirs.get(name, "")
        before = base.get(name, _mark(""))
        if text == kept or _mark(text) == before:
            continue
        if _mark(kept) == before:
            merged[name] = text
        else:
            conflicts[name] = text
    return Merge(merged, conflicts)


def shifted(draft: Draft, days: int) -> Draft:
    """The draft of the same programme so many days later, without what was taken out of it."""
    gone = [f"{of}{n}-" for of in "st" for n in numbers(draft, of) if draft.get(f"{of}{n}-removed")]
    return {
        name: _later(text, days) if name.rpartition("-")[2] in _DATES else text
        for name, text in draft.items()
        if not name.startswith(tuple(gone))
    }


def of_event(
    event: Event,
    topics: Iterable[Topic],
    sessions: Iterable[Session],
    speakers: Iterable[SessionSpeaker],
) -> Draft:
    """The draft that would publish what is published."""
    draft = _event(event)
    spoken: dict[object, list[SessionSpeaker]] = {}
    for speaker in speakers:
        spoken.setdefault(speaker.session_id, []).append(speaker)
    by_id = {topic.id: topic.number for topic in topics}
    for topic in topics:
        draft |= _both(f"t{topic.number}-title", topic.title)
        draft |= _both(f"t{topic.number}-summary", topic.summary)
    for session in sessions:
        topic_number = by_id.get(session.topic_id) if session.topic_id else None
        draft |= _session(session, event.zone, topic_number, spoken.get(session.id, []))
    return {name: text for name, text in draft.items() if text}


def _event(event: Event) -> Draft:
    zone = ZoneInfo(event.zone)
    starts, ends = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    draft = {
        "kind": event.kind.value,
        "slug": event.slug,
        "zone": event.zone,
        "day": starts.date().isoformat(),
        "last_day": ends.date().isoformat() if ends.date() != starts.date() else "",
        "doors": _clock(event.doors_at, zone),
        "from": _clock(event.starts_at, zone),
        "until": _clock(event.ends_at, zone),
        "capacity": "" if event.capacity is None else str(event.capacity),
        "opens": _minute(event.opens_at, zone),
        "closes": _minute(event.closes_at, zone),
        "approval": ON if event.approval else "",
    }
    for name in EVENT_TEXTS:
        draft |= _both(name, getattr(event, name))
    return draft


def _session(
    session: Session, zone_name: str, topic: int | None, speakers: list[SessionSpeaker]
) -> Draft:
    zone, row = ZoneInfo(zone_name), f"s{session.number}-"
    draft = {
        row + "day": session.starts_at.astimezone(zone).date().isoformat(),
        row + "from": _clock(session.starts_at, zone),
        row + "until": _clock(session.ends_at, zone),
        row + "doors": str(int((session.starts_at - session.doors_at) / timedelta(minutes=1))),
        row + "kind": session.kind.value,
        row + "topic": str(topic or ""),
        row + "by_seat": ON if session.by_seat else "",
        row + "capacity": str(session.capacity),
        row + "removed": ON if session.cancelled_at else "",
    }
    for name in ("title", "summary", "description"):
        draft |= _both(row + name, getattr(session, name))
    ordered = sorted(speakers, key=lambda speaker: speaker.number)
    for locale in LOCALES:
        draft[f"{row}speakers-{locale}"] = "\n".join(
            _line(each, locale) for each in ordered
        ).rstrip()
    return draft


def _line(speaker: SessionSpeaker, locale: str) -> str:
    name, about = speaker.name.get(locale, ""), speaker.about.get(locale, "")
    return f"{name}{APART}{about}" if about else name


def _both(name: str, texts: Mapping[str, str]) -> Draft:
    return {f"{name}-{locale}": texts.get(locale, "") for locale in LOCALES}


def _clock(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}" if at else ""


def _minute(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}" if at else ""


def _later(text: str, days: int) -> str:
    """A date, alone or with its time, moved; what is none stays as it was typed."""
    try:
        day = date.fromisoformat(text[:10])
        return (day + timedelta(days=days)).isoformat() + text[10:]
    except (ValueError, OverflowError):
        return text


def _is_known(name: str) -> bool:
    found = _NAME.fullmatch(name)
    return found is not None and found["field"] in _KNOWN[found["of"]]


def _tidy(name: str, text: str) -> str:
    """Without the space around it; a name is one line, though its field lets one break it."""
    tidied = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    of_one_line = name.removesuffix("-ja").removesuffix("-en").rpartition("-")[2] in _ONE_LINE
    return " ".join(tidied.splitlines()) if of_one_line else tidied


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
