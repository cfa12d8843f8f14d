"""The attendance page and its file over HTTP: what they say."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts.models import Audit
from server.core import clock, i18n
from server.core.db import Db
from server.events.models import EventState, Role
from server.records import export, rules
from server.web.visitor import LOCALE_COOKIE
from tests.server.records import given
from tests.server.records.looks import FILE, PAGE, START, after, enter, people, scene, table
from tests.support.live_client import Page
from tests.support.queries import counting
from tests.support.served import ROOM, SLUG, Served
from tests.support.web import Browser, Site


async def test_each_person_has_minutes_and_a_verdict(site: Site) -> None:
    await scene(site.database)
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        answer = await browser.get(PAGE)
    assert people(answer) == [
        ["合田 一郎", "21分", "waiting"],
        ["久我 あい", "0分", "finished"],
        ["見本 花", "45分", "open"],
        ["遠山 佑", "0分", "finished"],
    ]
    assert "14:05–14:15, 14:20–14:31" in answer.text
    assert "14:00–14:55" in answer.text


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("attended", ["見本 花"]),
        ("partly", ["合田 一郎"]),
        ("absent", ["久我 あい", "遠山 佑"]),
        ("whatever", ["合田 一郎", "久我 あい", "見本 花", "遠山 佑"]),
    ],
)
async def test_the_file_has_exactly_the_rows_of_the_page(
    site: Site, show: str, names: list[str]
) -> None:
    await scene(site.database)
    async with site.browser() as browser:
        who = await enter(site, browser, Role.ORGANIZER)
        answer = await browser.get(f"{PAGE}?show={show}")
        [href] = re.findall(r'href="(\S+\.csv\S+)" download', answer.text)
        _, *rows = table(await browser.get(href.replace("&amp;", "&")))
    assert [row[0] for row in people(answer)] == names == [row[0] for row in rows]
    async with site.database.reading() as db:
        [noted] = (await db.exec(select(Audit).where(Audit.verb == "attendance.exported"))).all()
    assert (noted.actor_id, noted.data) == (who.id, {"rows": len(names)})
    assert f"CSV（{len(names)}行）" in answer.text or f"{len(names)} row" in answer.text


async def test_the_file_says_it_all_in_the_time_of_the_event(site: Site) -> None:
    who = await scene(site.database)
    async with site.database.writing() as db:
        await given.address(db, who["一郎"], "ichiro@sample.example")
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        answer = await browser.get(f"{FILE}?session=1&show=partly")
    assert table(answer) == [
        [i18n.catalog("ja").gettext(word) for word in export.HEADER],
        [
            "合田 一郎",
            "あいだ いちろう",
            "ichiro@sample.example",
            "参加者",
            "見本のつどい",
            "2026-02-20 14:05:00",
            "2026-02-20 14:31:00",
            "21",
            i18n.catalog("ja").gettext("verdict.partly"),
            "14:05–14:15, 14:20–14:31",
        ],
    ]
    assert "attachment" in answer.headers["content-disposition"]
    assert f"-{given.SLUG}-1.csv" in answer.headers["content-disposition"]


async def test_control_without_the_bridge_a_lost_line_costs_its_minute(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules.union, "__kwdefaults__", {"bridge": timedelta()})
    await scene(site.database)
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        assert ["見本 花", "44分", "open"] in people(await browser.get(PAGE))


async def test_names_are_shown_as_they_are_written(site: Site) -> None:
    async with site.database.writing() as db:
        at = await given.place(db, starts=START)
        await given.person(db, at, "<b>=cmd", reading="=1+1")
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        assert "&lt;b&gt;=cmd" in (await browser.get(PAGE)).text
        _, first, *_ = table(await browser.get(FILE))
    assert first[:2] == ["<b>=cmd", "'=1+1"]


async def test_before_it_begins_nobody_is_called_absent(site: Site) -> None:
    async with site.database.writing() as db:
        at = await given.place(db, starts=clock.now() + timedelta(hours=1))
        await given.person(db, at, "見本 花")
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        answer = await browser.get(PAGE)
        assert "始まると、だれがいつルームにいたかが" in answer.text
        assert "見本 花" not in answer.text
        assert len(table(await browser.get(FILE))) == 1


async def test_an_event_without_sessions_has_a_page(site: Site) -> None:
    async with site.database.writing() as db:
        await given.another_event(db, given.SLUG, EventState.PUBLISHED)
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        assert "日程にセッションを入れると" in (await browser.get(PAGE)).text
        assert (await browser.get(FILE)).status_code == 404


async def test_500_people_cost_as_many_statements_as_one(site: Site) -> None:
    async with site.database.writing() as db:
        at = await given.place(db, starts=START)
        await _visitors(db, at, 1)
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        one = [await _statements(site, browser, path, people=1) for path in (PAGE, FILE)]
        async with site.database.writing() as db:
            await _visitors(db, at, 499)
        many = [await _statements(site, browser, path, people=500) for path in (PAGE, FILE)]
    assert many == one


async def _statements(site: Site, browser: Browser, path: str, *, people: int) -> int:
    """What a page that names so many people asks of the database, when it is looked at again."""
    assert (await browser.get(path)).text.count("来た人") >= people
    with counting(site.database) as asked:
        await browser.get(path)
    return asked.statements


async def _visitors(db: Db, at: given.Place, count: int) -> None:
    for number in range(count):
        who = await given.person(db, at, f"来た人 {count} {number}")
        await given.was_there(db, at, who, after(0), after(30))


async def test_a_person_on_the_live_channel_is_in_the_list(served: Served) -> None:
    _, login = await served.person("遠山 佑", Role.ORGANIZER)
    _, listener = await served.person("見る人", Role.OBSERVER)
    await served.person("来ない人")
    async with Page(served.url, listener, ROOM) as page, served.browser() as browser:
        await page.ask("seat.take")
        browser.client.base_url = served.url
        browser.hold(login)
        answer = await browser.get(f"/manage/{SLUG}/attendance?show=partly")
        assert [row[0] for row in people(answer)] == ["見る人"]
        _, row = table(await browser.get(f"/manage/{SLUG}/attendance.csv?show=partly"))
        assert (row[0], row[3], row[6]) == ("見る人", "見学者", ""), "still inside"
        answer = await browser.get(f"/manage/{SLUG}/attendance?show=absent")
        assert [row[0] for row in people(answer)] == ["来ない人", "遠山 佑"]


async def test_who_reads_english_gets_an_english_file(site: Site) -> None:
    await scene(site.database)
    async with site.browser() as browser:
        await enter(site, browser, Role.ORGANIZER)
        browser.client.cookies.set(LOCALE_COOKIE, "en", domain="localhost.local")
        answer = await browser.get(f"{FILE}?show=attended")
    header, row = table(answer)
    say = i18n.catalog("en").gettext
    assert header == [say(word) for word in export.HEADER]
    assert (row[3], row[8]) == ("Participant", say("verdict.attended"))
    assert "Attendance-gathering-1.csv" in answer.headers["content-disposition"]
