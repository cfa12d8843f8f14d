"""The calendar of an event, as calendars subscribe to it."""

import hashlib
from collections.abc import Iterable

from server.core import i18n
from server.core.i18n import Locale
from server.events.models import Event, Session
from server.mail.calendar import Entry, uid


def entries(
    event: Event, sessions: Iterable[Session], *, locale: Locale, public_url: str
) -> list[Entry]:
    """All sessions, the cancelled ones too, so that they leave the calendars that had them.

    An event whose sessions are not known yet stands there itself.
    """
    base = public_url.rstrip("/")
    title = i18n.pick(event.title, locale).body
    made = [
        Entry(
            uid=uid("session", session.id, public_url),
            sequence=session.ical_sequence,
            summary=f"{i18n.pick(session.title, locale).body}｜{title}",
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            zone=event.zone,
            url=f"{base}/e/{event.slug}/s/{session.number}",
            description=i18n.pick(session.summary, locale).body,
            cancelled=session.cancelled_at is not None,
        )
        for session in sessions
    ]
    return made or [
        Entry(
            uid=uid("event", event.id, public_url),
            sequence=event.version,
            summary=title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            zone=event.zone,
            url=f"{base}/e/{event.slug}",
            description=i18n.pick(event.summary, locale).body,
        )
    ]


def etag(name: str, made: list[Entry]) -> str:
    """A weak validator (RFC 9110 §8.8.3): what the calendar says, not when it was written."""
    return f'W/"{hashlib.sha256(repr((name, made)).encode()).hexdigest()[:32]}"'
