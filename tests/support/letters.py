"""A letter of every kind, as the slices write it, with facts like those of the demo."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final
from uuid import uuid4

from server.accounts.models import Account
from server.core.config import Settings
from server.core.i18n import Locale
from server.events.models import Event, EventKind, EventState, Session, SessionKind
from server.mail.kinds import Letter, Recipient
from server.mail.render import render
from server.mail.smtp import Rendered
from server.mentoring.models import Round, Team
from server.mentoring.plans.meetings import Meeting
from server.mentoring.schedule.timetable import Span
from server.organizations.models import Membership, MembershipRole, MembershipState, Organization
from server.registration.mails import Seat
from server.registration.models import Registration, RegistrationState
from server.registration.rules import DAY_BEFORE, DOORS, HOUR_BEFORE
from server.web.templates import Templates

SITE: Final = "https://yoriai.example"
DESK: Final = "forum@tsunagi.example"
HOUR: Final = timedelta(hours=1)
STARTS: Final = datetime(2027, 2, 13, 1, 0, tzinfo=UTC)  # 10:00 in Japan
NAMES: Final[dict[Locale, str]] = {"ja": "柏木 航", "en": "Wataru Kashiwagi"}


def event(**facts: Any) -> Event:
    """A forum of one day, with everything that a mail can say of it."""
    return Event(
        id=uuid4(),
        slug="forum",
        kind=EventKind.FORUM,
        state=EventState.PUBLISHED,
        **{
            "title": {
                "ja": "ふるさとの輪 全国フォーラム 2027",
                "en": "Ring of Home Towns Forum 2027",
            },
            "host": {"ja": "地域つなぎ推進室", "en": "Office for Regional Ties"},
            "contact": {
                "ja": f"地域つなぎ推進室 フォーラム係　{DESK}　電話 000-0000-0000（平日）",
                "en": f"Forum desk, {DESK}, phone 000-0000-0000 (weekdays 9:00–17:00, Japan time)",
            },
            "starts_at": STARTS,
            "ends_at": STARTS + 6.5 * HOUR,
            "doors_at": STARTS - 0.5 * HOUR,
        }
        | facts,  # type: ignore[arg-type]  # its facts
    )


def session(at: Event, ja: str, en: str, *, starts: float, **facts: Any) -> Session:
    """A session of an hour and a half; `starts`: hours after the event's start."""
    begins = at.starts_at + starts * HOUR
    return Session(
        id=uuid4(),
        event_id=at.id,
        number=1,
        kind=SessionKind.DISCUSSION,
        title={"ja": ja, "en": en},
        starts_at=begins,
        ends_at=begins + 1.5 * HOUR,
        doors_at=begins,
        **facts,
    )


def letters(locale: Locale) -> dict[str, Letter]:
    """Every letter by a name of its own."""
    return {
        **_registrations(),
        **_sessions(),
        **_reminders(),
        **_accounts(locale),
        **_visits(),
    }


def written(letter: Letter, locale: Locale) -> Rendered:
    """A letter as it goes out to somebody."""
    recipient = Recipient(uuid4(), "reader@town.example", NAMES[locale], locale, "Asia/Tokyo")
    settings = Settings(_env_file=None, public_url=SITE)
    return render(Templates(static_base="/static", development=False), settings, recipient, letter)


def _seats(at: Event) -> list[Seat]:
    return [
        Seat(session(at, "全体ステージ", "Plenary stage", starts=0)),
        Seat(session(at, "空き家と住まい　前半", "Empty houses, first half", starts=2)),
        Seat(session(at, "文化と観光　後半", "Culture and visitors, second half", starts=4), 2),
    ]


def _letter(template: str, at: Event | None = None, **context: Any) -> Letter:
    register_url = f"{SITE}/e/forum/register"
    given: Mapping[str, Any] = {"link": f"{SITE}/me", "register_url": register_url, **context}
    if at is None:
        return Letter(subject=template, template=template, context=given)
    given = {"event": at, "seats": _seats(at), **given}
    reply_to = DESK if at.contact else ""
    return Letter(subject=template, template=template, context=given, reply_to=reply_to)


def _registrations() -> dict[str, Letter]:
    at, plain = event(), event(contact={}, doors_at=None, ends_at=STARTS + 30 * HOUR)
    one = session(at, "空き家と住まい　前半", "Empty houses, first half", starts=2)

    def standing(
        state: RegistrationState, event: Event, session: Session | None = None, position: int = 0
    ) -> Letter:
        registration = Registration(event_id=event.id, participation_id=uuid4(), state=state)
        return _letter(
            "registration", event, registration=registration, session=session, position=position
        )

    return {
        **{f"registration-{state}": standing(state, at, None, 12) for state in RegistrationState},
        "registration-two-days": standing(RegistrationState.SEATED, plain),
        "seat": standing(RegistrationState.SEATED, at, one),
        "seat-waiting": standing(RegistrationState.WAITING, at, one, 2),
    }


def _sessions() -> dict[str, Letter]:
    at = event()
    one = session(at, "空き家と住まい　前半", "Empty houses, first half", starts=2)
    gone = one.model_copy(update={"cancelled_at": STARTS})
    link = f"{SITE}/e/forum/schedule"
    return {
        "session-moved": _letter("session", at, session=one, link=link),
        "session-cancelled": _letter("session", at, session=gone, link=link),
    }


def _reminders() -> dict[str, Letter]:
    return {
        kind: _letter("reminder", event(), kind=kind) for kind in (DAY_BEFORE, HOUR_BEFORE, DOORS)
    }


def _visits() -> dict[str, Letter]:
    at = event()
    round_ = Round(
        event_id=at.id, session_id=uuid4(), number=2, starts_at=STARTS, ends_at=STARTS + HOUR
    )
    team = Team(
        event_id=at.id,
        number=27,
        name="朝霧台市",
        lead_id=uuid4(),
        created_at=STARTS,
        saved_at=STARTS,
    )

    def meetings(mine: bool) -> list[Meeting]:
        begins = [STARTS + n * HOUR / 4 for n in range(3)]
        spans = [Span(begin, begin + HOUR / 5) for begin in begins]
        return [
            Meeting(round_, slot, span, team, "真鍋 志乃", mine)
            for slot, span in enumerate(spans, start=1)
        ]

    def visits(now: list[Meeting], fresh: int = 0, gone: int = 0) -> Letter:
        left, last = now[: len(now) - gone], now[len(now) - gone :]
        return _letter("visits", at, meetings=left, fresh=left[:fresh], gone=last)

    return {
        "visits-mentor": visits(meetings(True)),
        "visits-team": visits(meetings(False)),
        "visits-changed": visits(meetings(False), fresh=1, gone=1),
        "visits-none": visits([]),
        "visits-all-gone": visits(meetings(True), gone=3),
    }


def _accounts(locale: Locale) -> dict[str, Letter]:
    organization = Organization(name="見本町 つながり推進室", created_at=STARTS)
    invited = Membership(
        account_id=uuid4(),
        organization_id=organization.id,
        asked_at=STARTS,
        role=MembershipRole.MANAGER,
        state=MembershipState.INVITED,
    )
    invitation = SimpleNamespace(
        organization=organization, membership=invited, inviter=NAMES[locale]
    )
    refused = invited.model_copy(update={"state": MembershipState.DECLINED})
    belongs = invited.model_copy(update={"state": MembershipState.ACTIVE})
    person = Account(name="志乃 望", reading="しの のぞみ", created_at=STARTS)
    asked: dict[str, Any] = {
        "organization": organization,
        "person": person,
        "address": "shino@town.example",
    }
    office = f"{SITE}/organizations/{organization.id}"
    link = f"{SITE}/link/kq3Q0bJ4v2x7m1Zr8sT6yU5wE9aD3fG1hJ2kL4nP0oI"
    return {
        "login-link": _letter("login_link", link=link, expires_at=STARTS),
        "invitation": _letter("invitation", invitation=invitation, link=link, expires_at=STARTS),
        "membership-asked": _letter("membership_asked", **asked, asked_at=STARTS, link=office),
        **{
            f"membership-{row.state}": _letter(
                "membership_decided", organization=organization, membership=row, link=office
            )
            for row in (belongs, refused)
        },
    }
