"""The people list over HTTP: who may see it, how it is searched, filtered and taken away."""

from datetime import timedelta

import pytest

from server.accounts import audit
from server.core import clock
from server.events.models import Role
from server.registration import people, search
from tests.server.registration import desk, given
from tests.server.registration.desk import PEOPLE
from tests.support.queries import counting
from tests.support.web import Site


@pytest.mark.pure
@pytest.mark.parametrize(
    "query", ["とだ", "トダ", "ﾄﾀﾞ", "戸田", "TODA@", "ｔｏｄａ＠", "戸田みのり", ""]
)
def test_people_are_found_however_they_are_written(query: str) -> None:
    wanted = search.folded(query)
    assert search.matches(wanted, ("戸田 みのり", "とだ みのり", "toda@sample.example"))
    assert search.matches(wanted, ("戸田　みのり", "トダ ミノリ", "Toda@sample.example"))


@pytest.mark.pure
@pytest.mark.parametrize("query", ["とた", "戸山", "toda@example", "%", "_"])
def test_who_is_written_otherwise_is_not_found(query: str) -> None:
    texts = ("戸田 みのり", "とだ みのり", "toda@sample.example")
    assert not search.matches(search.folded(query), texts)


async def test_the_list_is_searched_filtered_and_sorted(site: Site) -> None:
    now = clock.now()
    async with desk.organizer(site, capacity=1) as organizer:
        event = organizer.event
        async with site.database.writing() as db:
            seated = await given.registered(db, event, await given.account(db, "戸田 みのり"))
            waits = await given.registered(
                db, event, await given.account(db, "野々村 梓"), now=now + timedelta(minutes=1)
            )
            event.approval = True
            asks = await given.registered(
                db, event, await given.account(db, "葉山 ひかる"), now=now - timedelta(days=1)
            )
        async with site.database.reading() as db:
            everyone = await people.of_event(db, event)
        order = [asks.id, waits.id, seated.id]
        assert [each.registration for each in everyone] == order
        assert [each.turn for each in everyone] == [0, 1, 0]
        shown = (await organizer.browser.get(PEOPLE)).text
        assert [shown.index(str(each)) for each in order] == sorted(
            shown.index(str(each)) for each in order
        )
        assert "1件</b>が承認を待っています" in shown
        assert '<span class="desk-count">1' in shown
        only = (await organizer.browser.get(f"{PEOPLE}?state=waiting")).text
        assert ("野々村 梓" in only, "戸田 みのり" in only) == (True, False)
        found = (await organizer.browser.get(f"{PEOPLE}?q=戸田")).text
        assert ("野々村 梓" in found, "戸田 みのり" in found) == (False, True)
        nobody = (await organizer.browser.get(f"{PEOPLE}?q=だれでもない")).text
        assert "あてはまる方はいません" in nobody


async def test_one_person_is_shown_with_words_seats_and_history(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        async with site.database.writing() as db:
            session = await given.session(db, organizer.event)
            who = await given.account(db, "戸田 みのり")
            registration = await given.registered(db, organizer.event, who)
            registration.words = "朝市の話を<b>ぜひ</b>"
            await given.registered(db, organizer.event, who, session=session)
        shown = (await organizer.browser.get(f"{PEOPLE}?who={registration.id}")).text
        assert "朝市の話を&lt;b&gt;ぜひ" in shown
        assert "話し合い 1" in shown
        assert "席が決まりました" in shown
        assert "本人" in shown


async def test_fifty_stand_on_a_page_and_costs_do_not_grow(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        async with site.database.writing() as db:
            first = await given.registered(db, organizer.event, await given.account(db, "一人目"))
        one = (
            await _cost(site, organizer, f"{PEOPLE}?who={first.id}"),
            await _cost(site, organizer, f"{PEOPLE}.csv"),
        )
        async with site.database.writing() as db:
            await given.crowd(db, organizer.event, 499)
        many = (
            await _cost(site, organizer, f"{PEOPLE}?who={first.id}"),
            await _cost(site, organizer, f"{PEOPLE}.csv"),
        )
        assert one == many
        page = (await organizer.browser.get(PEOPLE)).text
        assert page.count('form="many" name="registration"') == 50
        assert "つぎの50件" in page
        last = (await organizer.browser.get(f"{PEOPLE}?from=450")).text
        assert ("つぎの50件" in last, "まえの50件" in last) == (False, True)
        assert "一人目" in last


async def _cost(site: Site, organizer: desk.Organizer, path: str) -> int:
    with counting(site.database) as count:
        assert (await organizer.browser.get(path)).status_code == 200
    assert count.statements > 0
    return count.statements


async def test_the_sheet_holds_exactly_the_filtered_rows(site: Site) -> None:
    async with desk.organizer(site, capacity=1) as organizer:
        async with site.database.writing() as db:
            await given.registered(db, organizer.event, await given.account(db, "=戸田 みのり"))
            await given.registered(db, organizer.event, await given.account(db, "野々村 梓"))
        sheet = await organizer.browser.get(f"{PEOPLE}.csv?state=waiting")
        lines = sheet.content.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("名前,ふりがな,メールアドレス,役割,状態")
        assert len(lines) == 2
        assert lines[1].startswith("野々村 梓,")
        assert "キャンセル待ち,1," in lines[1]
        whole = (await organizer.browser.get(f"{PEOPLE}.csv")).content.decode("utf-8-sig")
        assert "'=戸田 みのり" in whole  # a spreadsheet runs no name
        async with site.database.reading() as db:
            acts = await audit.of(db, audit.about("event", organizer.event.id))
        assert [(act.entry.verb, act.entry.data) for act in acts] == [
            ("people.exported", {"rows": 2}),
            ("people.exported", {"rows": 1}),
        ]
        assert {act.actor for act in acts} == {organizer.account.name}


@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}.csv"])
async def test_only_organizers_of_this_event_see_the_people(site: Site, path: str) -> None:
    async with desk.organizer(site) as organizer:
        assert (await organizer.browser.get(path)).status_code == 200  # the control
        foreign = await site.account("よその主催", address="foreign@sample.example")
        guest = await site.account("参加の人", address="guest@sample.example")
        async with site.database.writing() as db:
            other = await given.event(db, slug="other")
            await desk.give(db, other, foreign, Role.ORGANIZER)
            await desk.give(db, organizer.event, guest, Role.PARTICIPANT)
        for account in (foreign, guest):
            async with site.browser() as browser:
                browser.hold(await site.login(account))
                assert (await browser.get(path)).status_code == 403
        async with site.browser() as browser:
            assert (await browser.get(path)).status_code == 303  # to log in


async def test_a_person_of_another_event_is_not_opened(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        async with site.database.writing() as db:
            other = await given.event(db, slug="other")
            theirs = await given.registered(db, other, await given.account(db))
            ours = await given.registered(db, organizer.event, await given.account(db))
        assert (await organizer.browser.get(f"{PEOPLE}?who={ours.id}")).status_code == 200
        assert (await organizer.browser.get(f"{PEOPLE}?who={theirs.id}")).status_code == 404
