"""Calendar entries as calendars read them (RFC 5545) and mails carry them (RFC 5546)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import icalendar

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
PRODUCT: Final = "-//Yoriai//Yoriai//JA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `uid` stays for ever, `sequence` rises with each change of it."""

    uid: str
    sequence: int
    summary: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    url: str
    description: str = ""
    cancelled: bool = False


def uid(kind: str, id_: object, public_url: str) -> str:
    """The UID of an entry: the same in mails and feeds of this installation."""
    return f"{kind}-{id_}@{urlsplit(public_url).hostname}"


def calendar(
    entries: Sequence[Entry],
    *,
    now: datetime,
    method: Method = "PUBLISH",
    name: str = "",
    organizer: str = "",
    attendee: str = "",
) -> bytes:
    """An iCalendar object with the entries, their zones described in it.

    Args:
        organizer, attendee: mail addresses; REQUEST and CANCEL need both (RFC 5546 §3.2).
    """
    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", method)
    if name:
        made.add("x-wr-calname", name)
    for entry in entries:
        made.add_component(_event(entry, now, organizer, attendee))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(entry: Entry, now: datetime, organizer: str, attendee: str) -> icalendar.Event:
    made, zone = icalendar.Event(), ZoneInfo(entry.zone)
    made.add("uid", entry.uid)
    made.add("sequence", entry.sequence)
    made.add("dtstamp", now)
    made.add("dtstart", entry.starts_at.astimezone(zone))
    made.add("dtend", entry.ends_at.astimezone(zone))
    made.add("summary", entry.summary)
    if entry.description:
        made.add("description", entry.description)
    made.add("url", entry.url)
    made.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if organizer:
        made.add("organizer", f"mailto:{organizer}")
    if attendee:
        made.add("attendee", f"mailto:{attendee}")
    return made
