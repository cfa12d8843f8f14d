"""The attendance of a session as a table to take away."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from server.core import i18n
from server.core.i18n import N_, Locale
from server.events.models import Event, Role, Session
from server.mail.kinds import Recipient
from server.records.listing import Line
from server.records.rules import Span, Verdict

HEADER: Final = (
    N_("名前"),
    N_("よみ"),
    N_("メールアドレス"),
    N_("役割"),
    N_("column.session"),
    N_("最初の入室"),
    N_("最後の退室"),
    N_("分"),
    N_("出欠"),
    N_("いた時間"),
)
ROLES: Final[Mapping[Role, str]] = {
    Role.PARTICIPANT: N_("参加者"),
    Role.MENTOR: N_("メンター"),
    Role.ORGANIZER: N_("主催者"),
    Role.SPEAKER: N_("登壇者"),
    Role.OBSERVER: N_("見学者"),
}
VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.ATTENDED: N_("verdict.attended"),
    Verdict.PARTLY: N_("verdict.partly"),
    Verdict.ABSENT: N_("verdict.absent"),
}
_NAME: Final = N_("出席")


def name(event: Event, session: Session, locale: Locale) -> str:
    """The name of the file."""
    return f"{i18n.catalog(locale).gettext(_NAME)}-{event.slug}-{session.number}.csv"


def header(locale: Locale) -> list[str]:
    """The heads of the columns."""
    return [i18n.catalog(locale).gettext(word) for word in HEADER]


def rows(
    lines: Iterable[Line],
    readers: Mapping[UUID, Recipient],
    *,
    event: Event,
    session: Session,
    locale: Locale,
) -> list[list[object]]:
    """One row for each person. Times are the event's; who is still inside has not left."""
    say, zone = i18n.catalog(locale).gettext, ZoneInfo(event.zone)
    title = i18n.pick(session.title, locale).body
    table: list[list[object]] = []
    for line in lines:
        person, spans = line.person, line.spans
        reader = readers.get(person.account_id)
        table.append(
            [
                person.name,
                person.reading,
                reader.address if reader else "",
                say(ROLES[person.role]),
                title,
                _when(spans[0].start, zone) if spans else "",
                _when(spans[-1].end, zone) if spans and not line.inside else "",
                line.minutes,
                say(VERDICTS[line.verdict]),
                in_words(spans, zone),
            ]
        )
    return table


def in_words(spans: Iterable[Span], zone: ZoneInfo) -> str:
    """Spans as hours and minutes: 14:05–14:20, 14:31–14:50."""
    return ", ".join(f"{_hour(span.start, zone)}–{_hour(span.end, zone)}" for span in spans)


def _when(time: datetime, zone: ZoneInfo) -> str:
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _hour(time: datetime, zone: ZoneInfo) -> str:
    local = time.astimezone(zone)
    return f"{local.hour}:{local:%M}"
