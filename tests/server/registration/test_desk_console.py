"""The console: numbers, the day's line of hours, what needs a hand, and how seats filled."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from server.core import clock
from server.events.models import Role, Session, SessionKind
from server.events.rules import Phase
from server.mail.models import OutgoingMail
from server.registration import actions, growth
from server.registration.actions import Act
from server.registration.desk import schedule
from server.registration.growth import Step
from tests.server.registration import desk, given
from tests.support.queries import counting
from tests.support.web import Site

CONSOLE = f"/manage/{given.SLUG}/"
TEN = datetime(2027, 2, 13, 1, tzinfo=UTC)  # 10:00 in Japan
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def session(starts: datetime, lasts: timedelta, **facts: object) -> Session:
    return Session(
        number=1,
        kind=SessionKind.STAGE,
        title={"ja": "一"},
        starts_at=starts,
        ends_at=starts + lasts,
        doors_at=starts,
        **facts,  # type: ignore[arg-type]  # the facts of a session
    )


@pytest.mark.pure
def test_a_day_is_a_line_of_whole_hours_with_bars_and_now() -> None:
    first, second = session(TEN, HOUR), session(TEN + 2 * HOUR, 90 * MINUTE)
    gone = session(TEN + HOUR, HOUR, cancelled_at=TEN)
    (day,) = schedule.days([first, gone, second], zone="Asia/Tokyo", now=TEN + 30 * MINUTE)
    assert day.date == date(2027, 2, 13)
    assert [(bar.phase, bar.x, bar.width) for bar in day.bars] == [
        (Phase.NOW, 0, 60),
        (Phase.NEXT, 120, 90),
    ]
    assert [(hour.x, hour.hour) for hour in day.hours] == [(0, 10), (60, 11), (120, 12), (180, 13)]
    assert day.now_x == 30


@pytest.mark.pure
def test_days_are_those_of_the_events_zone_and_now_may_be_on_none() -> None:
    late = session(TEN + 15 * HOUR, HOUR)  # the next day in Japan, the same in UTC
    days = schedule.days([session(TEN, HOUR), late], zone="Asia/Tokyo", now=TEN - HOUR)
    assert [day.date.day for day in days] == [13, 14]
    assert [day.now_x for day in days] == [None, None]
    assert len(schedule.days([session(TEN, HOUR), late], zone="UTC", now=TEN)) == 1
    assert schedule.days([], zone="UTC", now=TEN) == []


@pytest.mark.pure
def test_the_line_steps_up_and_down_below_the_capacity() -> None:
    steps = [Step(TEN, 1), Step(TEN + HOUR, 2), Step(TEN + 2 * HOUR, 1)]
    line = growth.line_of(steps, capacity=4, now=TEN + 4 * HOUR)
    assert line is not None
    assert line.path == "M0 190.0H0.0V142.5H100.0V95.0H200.0V142.5H400.0"
    assert (line.capacity_y, line.end_y, line.highest) == (0, 142.5, 4)
    assert growth.line_of([], capacity=4, now=TEN) is None
    assert growth.seated_at(steps, TEN + 90 * MINUTE) == 2
    assert growth.seated_at(steps, TEN - MINUTE) == 0


@pytest.mark.pure
def test_a_long_line_is_thinned_and_ends_where_it_ended() -> None:
    steps = [Step(TEN + n * MINUTE, n + 1) for n in range(2000)]
    thin = growth.thinned(steps)
    assert len(thin) <= growth.MOST_STEPS
    assert thin[-1] == steps[-1]
    assert thin == sorted(thin)


async def test_the_console_counts_and_names_what_needs_a_hand(site: Site) -> None:
    async with desk.organizer(site, capacity=1, approval=False) as organizer:
        event = organizer.event
        async with site.database.writing() as db:
            talk = await given.session(db, event, capacity=1)
            people = [await given.account(db, name) for name in ("一", "二", "三")]
            first = await given.registered(db, event, people[0])
            await given.registered(db, event, people[1])
            event.capacity = 2
            db.add(await db.merge(event))
            await db.flush()
            await actions.fill(db, event=event, session=None, now=clock.now())
            for who in people[:2]:
                await given.registered(db, event, who, session=talk)
            await given.registered(db, event, people[2])
            event.approval = True
            await given.registered(db, event, await given.account(db, "四"))
            mails = (await db.exec(select(OutgoingMail))).all()
            for mail in mails:
                if mail.subject == str(first.id):
                    mail.error, mail.dropped_at = "550 nobody", clock.now()
                    db.add(mail)
        shown = (await organizer.browser.get(CONSOLE)).text
        order = [
            "承認を待つ参加登録 1件",
            "届かなかったメール 1通",
            "イベントは満席です",
            "「話し合い 1」は満席です",
            "英語の題名のないセッション 1件",
        ]
        places = [shown.find(each) for each in order]
        assert -1 not in places
        assert places == sorted(places)
        assert "メールを確かめていない席" not in shown
        assert "定員2の100％です。" in shown
        assert f"people?who={first.id}#who" in shown


async def test_mails_of_another_event_are_not_this_ones_trouble(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        async with site.database.writing() as db:
            other = await given.event(db, slug="other")
            await given.registered(db, other, await given.account(db))
            await given.registered(db, organizer.event, await given.account(db))
            for mail in (await db.exec(select(OutgoingMail))).all():
                mail.error = "451 later"
                db.add(mail)
        shown = (await organizer.browser.get(CONSOLE)).text
        assert "届かなかったメール 1通" in shown


async def test_an_event_without_anything_says_so(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        shown = (await organizer.browser.get(CONSOLE)).text
        for sentence in ("日程は、まだありません", "手の要ることはありません"):
            assert sentence in shown
        assert "参加登録は、まだありません" in shown


async def test_an_unproven_place_is_named(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        async with site.database.writing() as db:
            who = await given.account(db, "戸田 みのり")
            act = Act(actor=who.id, now=clock.now())
            await actions.register(db, event=organizer.event, account=who, act=act, verified=False)
        shown = (await organizer.browser.get(CONSOLE)).text
        assert "メールを確かめていない席 1件" in shown
        assert "戸田 みのり" in shown


async def test_only_organizers_of_this_event_see_the_console(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        assert (await organizer.browser.get(CONSOLE)).status_code == 200  # the control
        foreign = await site.account("よその主催", address="foreign@sample.example")
        async with site.database.writing() as db:
            other = await given.event(db, slug="other")
            await desk.give(db, other, foreign, Role.ORGANIZER)
        async with site.browser() as browser:
            browser.hold(await site.login(foreign))
            assert (await browser.get(CONSOLE)).status_code == 403
            assert (await browser.get("/manage/other/")).status_code == 200
            assert (await browser.get("/manage/nowhere/")).status_code == 404


async def test_the_console_costs_the_same_for_one_and_for_many(site: Site) -> None:
    async with desk.organizer(site, approval=True) as organizer:
        async with site.database.writing() as db:
            await given.session(db, organizer.event)
            await given.registered(db, organizer.event, await given.account(db))
        one = await _cost(site, organizer)
        async with site.database.writing() as db:
            await given.crowd(db, organizer.event, 500)
            for number in range(2, 20):
                await given.session(db, organizer.event, number=number)
        assert await _cost(site, organizer) == one


async def _cost(site: Site, organizer: desk.Organizer) -> int:
    """The least of three, for the live channel asks now and then too."""
    return min([await _once(site, organizer) for _ in range(3)])


async def _once(site: Site, organizer: desk.Organizer) -> int:
    with counting(site.database) as count:
        assert (await organizer.browser.get(CONSOLE)).status_code == 200
    assert count.statements > 0
    return count.statements
