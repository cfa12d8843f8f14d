"""Every mail that a mail server took, and what people had of it."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.mailbox import Mailbox, calendar_of, text_of


class Arrival(NamedTuple):
    """A mail that the mail server took: when (monotonic seconds), for whom."""

    at: float
    recipient: str
    mail: EmailMessage

    @property
    def message_id(self) -> str:
        """The mail's name, the same however often it comes."""
        return str(self.mail["Message-ID"])


class CalendarEntry(NamedTuple):
    """What a calendar would make of a mail."""

    uid: str
    sequence: int
    starts_at: datetime


@dataclass
class Office(Mailbox):
    """A mail server that notes when each mail came, and how many it was offered."""

    offered: int = 0
    arrivals: list[Arrival] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """A mail comes in (the name is the library's)."""
        self.offered += 1
        if self.refusing:
            self.refused += 1
            return self.refusal
        content: Any = envelope.content
        mail = message_from_bytes(content, policy=policy.default)
        (recipient,) = envelope.rcpt_tos
        self.arrivals.append(Arrival(time.monotonic(), recipient, mail))
        return "250 taken"


def once_each(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """The first coming of each mail: by its Message-ID a receiver tells that it has it."""
    first: dict[str, Arrival] = {}
    for arrival in arrivals:
        first.setdefault(arrival.message_id, arrival)
    return list(first.values())


def with_one(arrivals: Iterable[Arrival], people: Iterable[str], *, uid: str) -> int:
    """How many of the people got exactly one of these mails, with one entry of this UID."""
    count = Counter(
        arrival.recipient
        for arrival in arrivals
        if [entry.uid for entry in entries_of(arrival.mail)] == [uid]
    )
    return sum(count[person] == 1 for person in people)


def entries_of(mail: EmailMessage) -> list[CalendarEntry]:
    """The entries of a mail's calendar object."""
    entries: list[Any] = list(icalendar.Calendar.from_ical(calendar_of(mail)).walk("VEVENT"))
    return [
        CalendarEntry(str(each["UID"]), int(each["SEQUENCE"]), each["DTSTART"].dt)
        for each in entries
    ]


def shows(mail: EmailMessage, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a mail says this moment, to people or to calendars."""
    local = moment.astimezone(zone)
    clock = f"{local.hour}:{local.minute:02d}"
    said = clock in text_of(mail) or clock in _html_of(mail)
    return said or any(entry.starts_at == moment for entry in entries_of(mail))


def _html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())
