"""The people list as a table to take away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from starlette.responses import Response

from server.core import i18n
from server.core.i18n import N_, Locale
from server.events.models import Event, Role
from server.registration.models import RegistrationState
from server.registration.people import Details, Person
from server.web.sheet import csv_response

HEADER: Final = (
    N_("名前"),
    N_("ふりがな"),
    N_("メールアドレス"),
    N_("役割"),
    N_("状態"),
    N_("キャンセル待ちの順番"),
    N_("セッションの席"),
    N_("ひとこと"),
    N_("登録した日時"),
    N_("最後の変更"),
    N_("変えた人"),
)
STATES: Final = {
    RegistrationState.ASKED: N_("承認待ち"),
    RegistrationState.SEATED: N_("参加"),
    RegistrationState.WAITING: N_("キャンセル待ち"),
    RegistrationState.CANCELLED: N_("取り消し"),
}
ROLES: Final = {
    Role.PARTICIPANT: N_("参加者"),
    Role.MENTOR: N_("メンター"),
    Role.ORGANIZER: N_("主催者"),
    Role.SPEAKER: N_("登壇者"),
    Role.OBSERVER: N_("見学者"),
}
ITSELF: Final = N_("自動")
THE_PERSON: Final = N_("本人")


def csv(
    event: Event, rows: Sequence[Person], details: Details, locale: Locale, *, now: datetime
) -> Response:
    """The rows as a CSV file in the reader's language; times are the event's."""
    word = i18n.catalog(locale).gettext
    day = now.astimezone(ZoneInfo(event.zone)).date()
    return csv_response(
        f"{event.slug}-people-{day}.csv",
        [word(title) for title in HEADER],
        [_row(event, each, details, locale) for each in rows],
    )


def _row(event: Event, person: Person, details: Details, locale: Locale) -> list[object]:
    word = i18n.catalog(locale).gettext
    seats = [
        f"{i18n.pick(seat.session.title, locale).body} ({word(STATES[seat.state])})"
        for seat in details.seats[person.participation]
        if seat.state is not RegistrationState.CANCELLED
    ]
    return [
        person.name,
        person.reading,
        " ".join(person.addresses),
        " ".join(word(ROLES[role]) for role in details.roles[person.participation]),
        word(STATES[person.state]),
        person.turn or "",
        " / ".join(seats),
        person.words,
        _moment(person.created_at, event),
        _moment(person.changed_at, event),
        _changed_by(person, details, locale),
    ]


def _changed_by(person: Person, details: Details, locale: Locale) -> str:
    word = i18n.catalog(locale).gettext
    change = details.changes.get(person.registration)
    if change is None or change.actor is None:
        return word(ITSELF)
    return word(THE_PERSON) if change.actor == person.account else change.name


def _moment(moment: datetime, event: Event) -> str:
    return f"{moment.astimezone(ZoneInfo(event.zone)):%Y-%m-%d %H:%M}"
