"""Who is on the list of a session, which session comes first, and where the bars lie."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from server.accounts.models import Account
from server.core.db import Database, Db
from server.events.models import Participation, Role, Session, SessionKind
from server.records import drawing, rules
from server.records.drawing import Bar, Bars
from server.records.listing import Line, Listing, attended, default, listing
from server.records.models import Via
from server.records.queries import Person
from server.records.rules import Span, Verdict
from server.registration.models import RegistrationState
from tests.server.records import given
from tests.support.queries import counting

START = datetime(2026, 2, 20, 5, 5, tzinfo=UTC)


def after(minutes: float) -> datetime:
    """So long after the start."""
    return START + timedelta(minutes=minutes)


def session(starts: float = 0, ends: float = 45, *, off: datetime | None = None) -> Session:
    """A session by its minutes, with its door open ten minutes before."""
    return Session(
        event_id=uuid4(),
        number=1,
        kind=SessionKind.DISCUSSION,
        title={},
        starts_at=after(starts),
        ends_at=after(ends),
        doors_at=after(starts - 10),
        cancelled_at=off,
    )


def seen(*minutes: tuple[float, float], now: float = 100) -> Listing:
    """The listing of one person who was there in these minutes."""
    at = session()
    counted = rules.counted(at.starts_at, at.ends_at, after(now))
    spans = [Span(after(start), after(end)) for start, end in minutes]
    present = rules.total(rules.within(spans, counted))
    person = Person(uuid4(), uuid4(), "見本 花", "", Role.PARTICIPANT)
    verdict = rules.verdict(present, counted.length)
    return Listing(at, counted, [Line(person, spans, present, verdict, False)])


@pytest.mark.pure
def test_bars_lie_in_the_seventy_minutes_of_the_open_door() -> None:
    found = seen((-3, 14), (21, 52))
    assert drawing.window(found) == drawing.counted(found) == Bar(14.29, 64.28)
    assert drawing.bars(found.lines[0], found) == Bars(
        counted=[Bar(14.29, 20.0), Bar(44.29, 34.28)],
        beside=[Bar(10.0, 4.29), Bar(78.57, 10.0)],
        lost=[Bar(34.29, 10.0)],
    )
    assert [tick.at for tick in drawing.axis(found)] == [START, after(20), after(45)]


@pytest.mark.pure
def test_people_of_each_minute_become_two_paths() -> None:
    drawn = drawing.minutes(seen((-1, 2), (44, 46)))
    assert drawn.beside == "M9 1v-1h.86v1zM55 1v-1h.86v1z"
    assert drawn.counted == "M10 1v-1h.86v1zM11 1v-1h.86v1zM54 1v-1h.86v1z"
    assert (drawn.length, drawn.peak, drawn.peak_at) == (70, 1, after(-1))
    assert (drawn.first, drawn.last) == (1, 1)


@pytest.mark.pure
def test_nobody_at_all_is_drawn_too() -> None:
    found = seen(now=0.5)
    assert (drawing.minutes(found).peak, drawing.minutes(found).counted) == (0, "")
    assert (found.average, found.totals) == (0.0, {"all": 1, "absent": 1})


@pytest.mark.pure
def test_verdicts_go_by_what_counts_by_now() -> None:
    assert seen((0, 10), now=12).lines[0].verdict is Verdict.ATTENDED
    assert seen((0, 10), now=45).lines[0].verdict is Verdict.PARTLY
    assert drawing.counted(seen(now=12)) == Bar(14.29, 17.14)
    assert (seen(now=12).enough, seen(now=45).enough) == (8, 30)


@pytest.mark.pure
def test_the_first_look_is_at_what_runs_or_ran_last() -> None:
    early, late, away = session(0, 30), session(40, 70), session(0, 90, off=START)
    every = [early, late, away]
    assert [default(every, after(minutes)) for minutes in (-60, 10, 35, 50, 500)] == [
        early,
        early,
        early,
        late,
        late,
    ]
    assert default([away], START) is away
    assert default([], START) is None


async def test_seats_and_roles_and_whoever_came_are_on_the_list(database: Database) -> None:
    async with database.writing() as db:
        at = await given.place(db, starts=START)
        await given.person(db, at, "席のある人")
        await given.person(db, at, "見る人", role=Role.OBSERVER, seated=False)
        waiting = await given.person(db, at, "待つ人", role=None, seated=False)
        await given.registered(db, at, waiting, RegistrationState.WAITING)
        gone = await given.person(db, at, "来てから取り消した人", role=None, seated=False)
        await given.was_there(db, at, gone, after(0), after(5))
        found = await listing(db, at.session, now=after(45))
    names = {line.person.name for line in found.lines}
    assert names == {"席のある人", "見る人", "来てから取り消した人"}


async def test_where_one_takes_a_seat_only_those_who_did_are_expected(database: Database) -> None:
    async with database.writing() as db:
        at = await given.place(db, starts=START)
        at.session.by_seat = True
        db.add(at.session)
        await given.person(db, at, "席は催しだけの人")
        seated = await given.person(db, at, "席のある人")
        await given.registered(db, at, seated, RegistrationState.SEATED, session=at.session)
        away = await given.person(db, at, "取り消した人")
        await given.registered(db, at, away, RegistrationState.CANCELLED, session=at.session)
        await given.person(db, at, "メンター", role=Role.MENTOR)
        found = await listing(db, at.session, now=after(45))
    assert {line.person.name for line in found.lines} == {"席のある人", "メンター"}


async def test_two_sources_are_one_presence(database: Database) -> None:
    async with database.writing() as db:
        at = await given.place(db, starts=START)
        who = await given.person(db, at, "見本 花")
        await given.was_there(db, at, who, after(0), after(20), via=Via.LIVE)
        await given.was_there(db, at, who, after(10), after(30), via=Via.MEDIA)
        await given.was_there(db, at, who, after(40), None)
        [line] = (await listing(db, at.session, now=after(40.5))).lines
        [later] = (await listing(db, at.session, now=after(45))).lines
    assert (line.minutes, line.inside) == (30, True)
    assert line.spans == [Span(after(0), after(30)), Span(after(40), after(40.5))]
    assert (later.minutes, later.inside) == (30, False), "seen last at 40"


async def test_where_a_person_was_counts_sessions_that_are_over(database: Database) -> None:
    async with database.writing() as db:
        at = await given.place(db, starts=START)
        who = await given.person(db, at, "見本 花")
        other = await given.person(db, at, "見本 葉")
        await given.was_there(db, at, who, after(-5), after(20))
        await given.was_there(db, at, who, after(10), after(30), via=Via.MEDIA)
        await given.was_there(db, at, other, after(0), after(45))
        early = await given.person(db, at, "早く帰った人")
        await given.was_there(db, at, early, after(-10), after(-5))
        of = {name: await _account_of(db, each) for name, each in (("花", who), ("早", early))}
        running = await attended(db, of["花"], now=after(44))
        [own] = await attended(db, of["花"], now=after(45))
        none = await attended(db, of["早"], now=after(45))
    assert (running, none) == ([], [])
    assert (own.event.slug, own.sessions, own.minutes) == (given.SLUG, 1, 30)


async def test_where_a_person_was_costs_the_same_however_often_it_was(database: Database) -> None:
    async with database.writing() as db:
        account = Account(name="見本 花", created_at=START)
        db.add(account)
        await db.flush()
        for number in range(6):
            starts = START - timedelta(days=number)
            at = await given.place(db, starts=starts, slug=f"gathering-{number}")
            mine = await given.participation(db, at, account)
            await given.was_there(db, at, mine, starts, starts + timedelta(minutes=10))
    costs = []
    for who in (uuid4(), account.id):
        with counting(database) as count:
            async with database.reading() as db:
                found = await attended(db, who, now=after(45))
        costs.append(count.statements)
    assert [each.event.slug for each in found] == [f"gathering-{n}" for n in range(6)]
    assert costs[0] == costs[1]


async def _account_of(db: Db, participation: UUID) -> UUID:
    return (await db.get_one(Participation, participation)).account_id
