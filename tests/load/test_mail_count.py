"""What the drill on mails counts: a second coming, a second entry and an old time are found."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from server.mail.calendar import Entry, calendar
from tests.load.mail_count import Arrival, entries_of, once_each, shows, with_one

pytestmark = pytest.mark.pure

TOKYO = ZoneInfo("Asia/Tokyo")
STARTS = datetime(2026, 12, 1, 4, 7, tzinfo=UTC)  # 13:07 in Tokyo
UID = "session-1@localhost"


def arrival(to: str, name: str, *, says: str = "", uid: str = UID, sequence: int = 0) -> Arrival:
    mail = EmailMessage()
    mail["Message-ID"] = name
    mail.set_content(says or "本文")
    mail.add_alternative("<p>本文</p>", subtype="html")
    entry = Entry(
        uid=uid,
        sequence=sequence,
        summary="見本",
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=1),
        zone="Asia/Tokyo",
        url="http://localhost:8000/e/sample",
    )
    mail.add_alternative(
        calendar([entry], now=STARTS, method="REQUEST"), maintype="text", subtype="calendar"
    )
    return Arrival(0.0, to, mail)


def test_a_mail_that_came_twice_counts_once() -> None:
    one, other = arrival("a@x.example", "<1@x>"), arrival("b@x.example", "<2@x>")
    assert once_each([one, other, one]) == [one, other]


def test_two_mails_to_one_person_are_not_exactly_one() -> None:
    mails = [arrival("a@x.example", "<1@x>"), arrival("a@x.example", "<2@x>")]
    assert with_one(mails[:1], ["a@x.example"], uid=UID) == 1
    assert with_one(mails, ["a@x.example"], uid=UID) == 0
    assert with_one(mails[:1], ["a@x.example", "b@x.example"], uid=UID) == 1


def test_an_entry_of_another_uid_does_not_count() -> None:
    mail = arrival("a@x.example", "<1@x>", uid="session-2@localhost", sequence=3)
    assert with_one([mail], ["a@x.example"], uid=UID) == 0
    assert [entry.sequence for entry in entries_of(mail.mail)] == [3]


def test_an_old_time_is_found_in_the_calendar_and_in_the_words() -> None:
    later = STARTS + timedelta(hours=3)
    assert shows(arrival("a@x.example", "<1@x>").mail, STARTS, TOKYO)
    assert not shows(arrival("a@x.example", "<1@x>").mail, later, TOKYO)
    assert shows(arrival("a@x.example", "<1@x>", says="16:07 から").mail, later, TOKYO)
