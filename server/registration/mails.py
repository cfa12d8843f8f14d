"""The mails of registrations: where a place stands, what moved, what is soon.

Each is made when it is sent, from what is true then: one whose news are old is not sent, for the
newer one is owed already.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from server.core import i18n
from server.core.db import Db
from server.core.i18n import N_
from server.events import queries as events
from server.events.models import Event, Participation, Session
from server.mail.calendar import Entry, Method, calendar, uid
from server.mail.kinds import Calendar, Compose, Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail
from server.mail.rules import address_in
from server.registration import queries
from server.registration.models import Registration, RegistrationState
from server.registration.rules import DAY_BEFORE, DOORS, HOUR_BEFORE

STANDING: Final = "registration"
MOVED: Final = "session_moved"
CANCELLED: Final = "session_cancelled"

_STANDING: Final[dict[RegistrationState, str]] = {
    RegistrationState.SEATED: N_("席が決まりました：{title}"),
    RegistrationState.WAITING: N_("キャンセル待ちに入りました：{title}"),
    RegistrationState.ASKED: N_("参加登録を受けとりました：{title}"),
    RegistrationState.CANCELLED: N_("参加を取り消しました：{title}"),
}
_OF_SESSION: Final[dict[str, str]] = {
    MOVED: N_("時刻が変わりました：{title}"),
    CANCELLED: N_("取りやめになりました：{title}"),
}
_REMINDING: Final[dict[str, str]] = {
    DAY_BEFORE: N_("あすです：{title}"),
    HOUR_BEFORE: N_("1時間後に始まります：{title}"),
    DOORS: N_("扉が開きました：{title}"),
}


class Seat(NamedTuple):
    """A session that somebody comes to; `position`: so many wait there up to this person."""

    session: Session
    position: int = 0


async def standing(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """Where a registration stands."""
    registration = await db.get(Registration, UUID(mail.subject))
    if registration is None or registration.v != mail.revision:
        return None
    event = await db.get_one(Event, registration.event_id)
    session = await db.get(Session, registration.session_id) if registration.session_id else None
    seats = [Seat(session)] if session else await _seats(db, event, registration)
    attended = [seat.session for seat in seats if not seat.position]
    waiting = registration.state is RegistrationState.WAITING
    seated = registration.state is RegistrationState.SEATED
    own_page = f"s/{session.number}" if session else "register"
    register_url = f"{around.public_url}/e/{event.slug}/{own_page}"
    return Letter(
        subject=_subject(_STANDING[registration.state], session or event, recipient),
        reply_to=_reply_to(event, recipient),
        template="registration",
        context={
            "event": event,
            "session": session,
            "registration": registration,
            "seats": seats,
            "position": await queries.position(db, registration) if waiting else 0,
            "link": f"{around.public_url}/me" if seated else register_url,
            "register_url": register_url,
        },
        calendar=_standing_calendar(registration, event, attended, recipient, around),
    )


async def of_session(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """A session moved or was called off; the calendar entry of the same UID is replaced."""
    session = await db.get(Session, UUID(mail.subject))
    if session is None or session.ical_sequence != mail.revision:
        return None
    event = await db.get_one(Event, session.event_id)
    if not await _seated(db, event, recipient.account_id):
        return None
    gone = session.cancelled_at is not None
    entry = _entry(event, session, recipient, around, cancelled=gone)
    method: Method = "CANCEL" if gone else "REQUEST"
    return Letter(
        subject=_subject(_OF_SESSION[CANCELLED if gone else MOVED], session, recipient),
        reply_to=_reply_to(event, recipient),
        template="session",
        context={
            "event": event,
            "session": session,
            "link": f"{around.public_url}/e/{event.slug}/schedule",
        },
        calendar=_calendar([entry], recipient, around, method),
    )


async def reminder(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """What is soon: the sessions of the day that begins with the mail's subject."""
    first = await db.get(Session, UUID(mail.subject))
    if first is None or first.cancelled_at is not None or first.ends_at <= around.now:
        return None
    event = await db.get_one(Event, first.event_id)
    registration = await _seated(db, event, recipient.account_id)
    if registration is None:
        return None
    zone = ZoneInfo(event.zone)
    day = first.starts_at.astimezone(zone).date()
    seats = [
        seat
        for seat in await _seats(db, event, registration)
        if seat.session.starts_at.astimezone(zone).date() == day
    ]
    return Letter(
        subject=_subject(_REMINDING[mail.kind], event, recipient),
        reply_to=_reply_to(event, recipient),
        template="reminder",
        context={
            "event": event,
            "kind": mail.kind,
            "seats": seats,
            "link": f"{around.public_url}/me",
            "register_url": f"{around.public_url}/e/{event.slug}/register",
        },
    )


def _reply_to(event: Event, recipient: Recipient) -> str:
    """The mail address in what the organizers say of how to reach them; empty: they name none."""
    return address_in(i18n.pick(event.contact, recipient.locale).body)


async def _seated(db: Db, event: Event, account_id: UUID) -> Registration | None:
    found = (
        select(Registration)
        .join(Participation, col(Participation.id) == col(Registration.participation_id))
        .where(
            Registration.event_id == event.id,
            Participation.account_id == account_id,
            queries.at(None),
            col(Registration.state) == RegistrationState.SEATED,
        )
    )
    return (await db.exec(found)).one_or_none()


async def _seats(db: Db, event: Event, registration: Registration) -> list[Seat]:
    """The sessions that this person comes to: those for everyone, those with an own seat, and
    those for which one waits.
    """
    own = {
        each.session_id: each
        for each in await queries.all_of_participation(db, registration.participation_id)
        if each.state in (RegistrationState.SEATED, RegistrationState.WAITING)
    }
    seats = []
    for session in await events.sessions_of(db, event):
        mine = own.get(session.id)
        if session.cancelled_at is not None or (session.by_seat and mine is None):
            continue
        waits = mine is not None and mine.state is RegistrationState.WAITING
        seats.append(Seat(session, await queries.position(db, mine) if mine and waits else 0))
    return seats


def _standing_calendar(
    registration: Registration,
    event: Event,
    attended: list[Session],
    recipient: Recipient,
    around: Surroundings,
) -> Calendar | None:
    if registration.state not in (RegistrationState.SEATED, RegistrationState.CANCELLED):
        return None
    gone = registration.state is RegistrationState.CANCELLED
    entries = [_entry(event, session, recipient, around, cancelled=gone) for session in attended]
    entries = entries or [_entry(event, None, recipient, around, cancelled=gone)]
    seated: Method = "REQUEST" if len(entries) == 1 else "PUBLISH"  # RFC 5546 §3.2.2: one UID
    return _calendar(entries, recipient, around, "CANCEL" if gone else seated)


def _entry(
    event: Event,
    session: Session | None,
    recipient: Recipient,
    around: Surroundings,
    *,
    cancelled: bool,
) -> Entry:
    title = i18n.pick(event.title, recipient.locale).body
    if session is not None:
        title = f"{i18n.pick(session.title, recipient.locale).body}｜{title}"
    shown = session or event
    return Entry(
        uid=uid("session" if session else "event", shown.id, around.public_url),
        sequence=session.ical_sequence if session else event.version,
        summary=title,
        starts_at=shown.starts_at,
        ends_at=shown.ends_at,
        zone=event.zone,
        url=f"{around.public_url}/e/{event.slug}",
        cancelled=cancelled,
    )


def _calendar(
    entries: list[Entry], recipient: Recipient, around: Surroundings, method: Method
) -> Calendar:
    made = calendar(
        entries,
        now=around.now,
        method=method,
        organizer=around.sender,
        attendee=recipient.address,
    )
    return Calendar(made, method)


def _subject(sentence: str, of: Event | Session, recipient: Recipient) -> str:
    title = i18n.pick(of.title, recipient.locale).body
    return i18n.catalog(recipient.locale).gettext(sentence).format(title=title)


KINDS: Final[Mapping[str, Compose]] = {
    STANDING: standing,
    MOVED: of_session,
    CANCELLED: of_session,
    DAY_BEFORE: reminder,
    HOUR_BEFORE: reminder,
    DOORS: reminder,
}
