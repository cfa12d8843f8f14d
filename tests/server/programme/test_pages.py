"""The public pages over HTTP: an event and its sessions in every state."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from server.accounts.models import Account
from server.core import clock
from server.registration import actions
from server.registration.actions import Act
from tests.server.programme import given
from tests.support.queries import counting
from tests.support.web import Site

PAGE = given.PAGE
DAY = timedelta(days=1)
NOON: Final = 12


async def shown(site: Site, path: str = PAGE, who: Account | None = None) -> str:
    """A page as somebody in a fresh browser sees it."""
    async with site.browser() as browser:
        return await given.seen_by(site, browser, who, path)


async def test_event_shows_name_seats_and_the_button(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, capacity=5, contact={"ja": "電話 000-0000"})
        await given.registered(db, event, await given.account(db))
    text = await shown(site)
    assert "見本のつどい" in text
    assert "5席のうち、あいている席は<b>4</b>" in text
    assert text.count("参加登録する") == 2  # above, and in the bar of phones
    assert "電話 000-0000" in text


@pytest.mark.parametrize(
    ("facts", "expected", "button"),
    [
        ({"opens_at": DAY}, "から登録できます", ""),
        ({"closes_at": -DAY}, "登録の受付は終わりました。", ""),
        ({"starts_at": -2 * DAY, "ends_at": -DAY}, "この催しは終わりました。", ""),
        ({"closes_at": DAY}, "登録は", "参加登録する"),
        ({"approval": True}, "主催者の確認のあとで席が決まります。", "参加登録する"),
        ({"capacity": 0}, "満席", "キャンセル待ちに入る"),
    ],
)
async def test_event_in_each_state(
    site: Site, facts: dict[str, Any], expected: str, button: str
) -> None:
    now = clock.now()
    moments = {key: now + v if isinstance(v, timedelta) else v for key, v in facts.items()}
    async with site.database.writing() as db:
        await given.event(db, slug=given.SLUG, **moments)
    text = await shown(site)
    assert expected in text
    assert (f'href="{PAGE}/register"' in text) == bool(button)
    assert not button or button in text
    assert ("circle-hearth ash" in text) == ("opens_at" in facts)


async def test_event_knows_where_the_visitor_stands(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, capacity=1)
        seated, first, second, gone = [await given.account(db) for _ in range(4)]
        for who in (seated, gone, first, second):
            registration = await given.registered(db, event, who)
            if who is gone:
                act = Act(actor=who.id, now=clock.now())
                await actions.cancel(db, registration, event=event, session=None, act=act)
    assert "あなたの席があります" in await shown(site, PAGE, seated)
    assert "キャンセル待ち 1番目" in await shown(site, PAGE, first)
    assert "キャンセル待ち 2番目" in await shown(site, PAGE, second)
    cancelled = await shown(site, PAGE, gone)
    assert "参加を取り消しています。" in cancelled
    assert "キャンセル待ちに入る" in cancelled
    assert "あなたの席" not in await shown(site, PAGE, await site.account())


async def test_event_says_that_a_registration_waits_for_a_yes(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, approval=True)
        who = await given.account(db)
        await given.registered(db, event, who)
    text = await shown(site, PAGE, who)
    assert "承認待ち" in text
    assert "参加登録する" not in text


async def test_event_shows_topics_speakers_and_the_description(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, description={"ja": "これは**「見本」**です"})
        topic = await given.topic(db, event)
        session = await given.session(db, event, topic_id=topic.id, by_seat=True, capacity=7)
        await given.speaker(db, session)
    text = await shown(site)
    assert "<strong>「見本」</strong>" in text
    assert "<b>7</b> 席あいています" in text
    assert "鵜飼 隆二" in text


async def test_a_person_who_speaks_often_is_shown_once(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        for number in range(1, 12):
            session = await given.session(db, event, number)
            await given.speaker(db, session)
            await given.speaker(db, session, f"話し手 {number}", 2)
    text = await shown(site)
    assert text.count("<b>鵜飼 隆二</b>") == 1
    first, rest = text.split("<summary", 1)
    assert "12人すべて" in rest
    assert first.count("<b>話し手") == 8
    assert rest.count("<b>話し手") == 3
    ours = first[first.index("<b>鵜飼 隆二</b>") : first.index("<b>話し手 1</b>")]
    assert ours.count(f'href="{PAGE}/s/') == 11


@pytest.mark.parametrize("open_", [True, False])
async def test_the_hearth_burns_while_one_can_register(site: Site, open_: bool) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, capacity=5)
        await given.registered(db, event, await given.account(db))
        if not open_:
            event.closes_at = clock.now() - DAY
            db.add(event)
    for path in (PAGE, "/"):
        text = await shown(site, path)
        assert ("circle-hearth ash" in text) != open_
        assert ('circle-hearth "' in text) == open_


@pytest.mark.parametrize(("away", "said"), [(timedelta(), True), (2 * DAY, False)])
async def test_only_a_session_of_today_is_next(site: Site, away: timedelta, said: bool) -> None:
    now = clock.now()
    async with site.database.writing() as db:
        event = await given.event(db, starts_at=now, ends_at=now + 3 * DAY)
        event.zone = _zone_of_noon(now)
        at = now + away + given.HOUR
        await given.session(db, event, starts_at=at, doors_at=at)
    for path in (f"{PAGE}/s/1", f"{PAGE}/schedule"):
        assert ("つぎ</span>" in await shown(site, path)) == said


async def test_the_doors_stand_beside_the_time(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        await given.session(db, event, doors_at=event.starts_at - 3 * given.HOUR)
    at = (event.starts_at - 3 * given.HOUR).astimezone(ZoneInfo(event.zone))
    assert f"開場 {at:%-H:%M}" in await shown(site)


async def test_sessions_show_own_seats_waitlist_and_seats_left(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        sessions = [await given.session(db, event, n, by_seat=True, capacity=1) for n in (1, 2, 3)]
        other, who = await given.account(db), await given.account(db)
        for person in (other, who):
            await given.registered(db, event, person)
        await given.registered(db, event, who, session=sessions[0])
        await given.registered(db, event, other, session=sessions[1])
        await given.registered(db, event, who, session=sessions[1])
    for path in (PAGE, f"{PAGE}/schedule"):
        text = await shown(site, path, who)
        assert "あなたの席" in text
        assert "キャンセル待ち 1番目" in text
        assert "満席" not in text
        assert ("あと1席" in text) == (path != PAGE)  # the event's page has one's own seats only
    assert "満席" in await shown(site, f"{PAGE}/schedule")
    assert "あなたの席" not in await shown(site)


async def test_an_open_door_is_for_those_who_may_enter(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.running(db)
        for number, by_seat in enumerate((False, True), start=1):
            at = event.starts_at + given.HOUR / 2
            await given.session(db, event, number, by_seat=by_seat, starts_at=at)
        who = await given.account(db)
        await given.registered(db, event, who)
    for path in (PAGE, f"{PAGE}/schedule"):
        text = await shown(site, path, who)
        assert f'href="{PAGE}/s/1/room"' in text
        assert f'href="{PAGE}/s/2/room"' not in text
        assert "/room" not in await shown(site, path)
    assert f'href="{PAGE}/s/1/room"' in await shown(site, f"{PAGE}/s/1", who)
    assert "/room" not in await shown(site, f"{PAGE}/s/2", who)


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/schedule", f"{PAGE}/s/1"])
async def test_a_cancelled_session_has_no_way_in(site: Site, path: str) -> None:
    async with site.database.writing() as db:
        event = await given.running(db)
        at = event.starts_at + given.HOUR / 2
        session = await given.session(db, event, starts_at=at)
        who = await given.account(db)
        await given.registered(db, event, who)
    assert "/room" in await shown(site, path, who)
    async with site.database.writing() as db:
        session.cancelled_at = clock.now()
        db.add(session)
    text = await shown(site, path, who)
    assert "<s>話し合い 1</s>" in text
    assert "取りやめ" in text
    assert "/room" not in text


async def test_session_page_leads_to_the_boxes_of_registration(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        session = await given.session(
            db, event, by_seat=True, capacity=3, description={"ja": "- 帽子\n- 水"}
        )
        await given.speaker(db, session)
    text = await shown(site, f"{PAGE}/s/1")
    assert "<li>帽子</li>" in text
    assert "鵜飼 隆二" in text
    assert "あと3席" in text
    assert "席をとる" in text
    assert f'href="{PAGE}/register"' in text
    async with site.browser() as browser:
        assert (await browser.get(f"{PAGE}/s/9")).status_code == 404


async def test_programme_filters_to_my_seats_for_those_who_have_some(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        await given.session(db, event)
        await given.session(db, event, 2, by_seat=True)
        who = await given.account(db)
        await given.registered(db, event, who)
    assert "わたしの席だけ" not in await shown(site, f"{PAGE}/schedule")
    mine = await shown(site, f"{PAGE}/schedule", who)
    assert "show-auto" in mine
    assert mine.count("block-other") == 1
    chosen = await shown(site, f"{PAGE}/schedule?show=mine", who)
    assert "show-mine" in chosen


async def test_programme_shows_the_visitor_s_own_zone_where_it_differs(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        await given.session(db, event)
        far, near = await given.account(db), await given.account(db)
        far.zone = "Europe/Berlin"
        db.add(far)
    assert "中央ヨーロッパ時間" in await shown(site, f"{PAGE}/schedule", far)
    assert "かっこの中は" not in await shown(site, f"{PAGE}/schedule", near)
    assert "お使いの端末の時刻" in await shown(site, f"{PAGE}/schedule")


async def test_a_draft_is_not_there_for_anybody(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        event.state = type(event.state).DRAFT
        db.add(event)
    async with site.browser() as browser:
        for rest in ("", "/schedule", "/calendar.ics", "/s/1"):
            assert (await browser.get(PAGE + rest)).status_code == 404


@pytest.mark.parametrize("rest", ["", "/schedule", "/s/1"])
async def test_an_event_costs_the_same_queries_with_1_and_50_sessions(
    site: Site, rest: str
) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        topic = await given.topic(db, event)
        who = await given.account(db)
        await given.registered(db, event, who)
        session = await given.session(db, event, by_seat=True, capacity=0, topic_id=topic.id)
        await given.registered(db, event, who, session=session)
    counts: list[int] = []
    async with site.browser() as browser:
        await given.seen_by(site, browser, who, PAGE + rest)
        for more in (49, 0):
            with counting(site.database) as count:
                await given.seen_by(site, browser, None, PAGE + rest)
            counts.append(count.statements)
            async with site.database.writing() as db:
                for number in range(2, 2 + more):
                    at = event.starts_at + timedelta(minutes=5 * number)
                    made = await given.session(
                        db, event, number, starts_at=at, by_seat=True, capacity=0
                    )
                    await given.speaker(db, made)
                    await given.registered(db, event, who, session=made)
    assert counts[0] == counts[1]


def _zone_of_noon(now: datetime) -> str:
    """A zone in which it is about noon, so that in an hour it is still the same day."""
    return f"Etc/GMT{now.hour - 12:+d}" if now.hour != NOON else "Etc/UTC"
