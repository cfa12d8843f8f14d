"""What comes next for a person, and what does not."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from server.events.models import Event, EventKind, Role, Session, SessionKind
from server.me.rules import Mine, ahead, goes_to, in_order
from server.registration.models import Registration, RegistrationState

pytestmark = pytest.mark.pure

NOW = datetime(2027, 2, 13, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVENT = Event(
    slug="ring", kind=EventKind.FORUM, title={"ja": "輪"}, starts_at=NOW, ends_at=NOW + 8 * HOUR
)
PARTICIPANT = frozenset({Role.PARTICIPANT})


def _session(number: int, starts: datetime, **facts: object) -> Session:
    return Session(
        event_id=EVENT.id,
        number=number,
        kind=SessionKind.DISCUSSION,
        title={"ja": "話"},
        starts_at=starts,
        ends_at=starts + HOUR,
        doors_at=starts - HOUR / 6,
        **facts,  # type: ignore[arg-type]  # the facts of a session
    )


def _mine(roles: frozenset[Role], session: Session | None = None) -> Mine:
    own: dict[UUID | None, Registration] = {}
    if session:
        own[session.id] = Registration(
            event_id=EVENT.id,
            participation_id=uuid4(),
            session_id=session.id,
            state=RegistrationState.SEATED,
            created_at=NOW,
            changed_at=NOW,
        )
    return Mine(EVENT, roles, own)


def test_who_has_no_role_goes_nowhere() -> None:
    assert not goes_to(_session(1, NOW), _mine(frozenset()))


def test_a_session_by_seat_is_for_those_with_a_seat_and_for_hosts() -> None:
    session = _session(1, NOW, by_seat=True)
    assert not goes_to(session, _mine(PARTICIPANT))
    assert goes_to(session, _mine(PARTICIPANT, session))
    assert goes_to(session, _mine(frozenset({Role.MENTOR})))


def test_a_cancelled_session_is_nobodys() -> None:
    assert not goes_to(_session(1, NOW, cancelled_at=NOW), _mine(PARTICIPANT))


def test_the_next_session_comes_first_and_what_is_over_is_left_out() -> None:
    over, now = _session(1, NOW - 2 * HOUR), _session(2, NOW - HOUR / 2)
    later = _session(3, NOW + 2 * HOUR)
    found = ahead([_mine(PARTICIPANT)], [later, over, now], NOW)
    assert [each.session.number for each in found] == [2, 3]
    assert [(each.door, each.phase) for each in found] == [("open", "now"), ("early", "next")]


def test_the_day_is_the_events_own() -> None:
    late = _session(1, datetime(2027, 2, 13, 15, 30, tzinfo=UTC))
    [found] = ahead([_mine(PARTICIPANT)], [late], NOW)
    assert found.day.isoformat() == "2027-02-14"


def test_what_is_to_come_stands_before_what_is_past() -> None:
    def mine(slug: str, days: int) -> Mine:
        at = NOW + timedelta(days=days)
        event = Event(
            slug=slug, kind=EventKind.FORUM, title={}, starts_at=at, ends_at=at + 8 * HOUR
        )
        return Mine(event, PARTICIPANT, {})

    given = [mine("far", 90), mine("old", -400), mine("today", 0), mine("last", -3)]
    found = [each.event.slug for each in in_order(given, NOW + HOUR)]
    assert found == ["today", "far", "last", "old"]
