"""Staff's pages about accounts."""

import asyncio
from uuid import uuid4

import pytest
from sqlmodel import select

from server.accounts import actions, audit, queries, rules
from server.accounts.browsers import described
from server.accounts.models import Account
from server.accounts.rules import LastStaff
from server.core import clock
from tests.server.organizations import given
from tests.support.queries import cost
from tests.support.web import Site

LIST = "/staff/accounts"


async def staff(site: Site) -> set[str]:
    async with site.database.reading() as db:
        found = select(Account.name).where(Account.is_staff == True)  # noqa: E712 - SQL
        return set((await db.exec(found)).all())


async def test_others_have_no_staff_pages(site: Site) -> None:
    await given.staff(site)
    who = await given.account(site)
    own = f"{LIST}/{who.id}"
    async with given.browser(site, who) as browser:
        for path in ("/staff/", LIST, own):
            assert (await browser.get(path)).status_code == 404
        for path, fields in ((f"{own}/staff", {"is_staff": "true"}), (f"{own}/logins/end", {})):
            assert (await browser.submit("/", path, **fields)).status_code == 404
        assert who.name in (await browser.get("/")).text  # still logged in
    assert await staff(site) == {"係 始"}
    async with given.browser(site, None) as guest:
        for path in ("/staff/", LIST, own):
            assert (await guest.get(path)).headers["location"].startswith("/login?")


async def test_search_finds_name_reading_and_address(site: Site) -> None:
    await given.account(site, "戸田 みのり", reading="とだ みのり", address="toda@asa.example")
    await given.account(site, "岩切 周平", reading="いわきり しゅうへい")
    async with given.browser(site, await given.staff(site)) as browser:
        assert (await browser.get("/staff/")).headers["location"] == LIST
        for text in ("戸田みのり", "とだみの", "TODA@asa", "みのり"):
            shown = (await browser.get(f"{LIST}?q={text}")).text
            assert "toda@asa.example" in shown
            assert "岩切" not in shown
        nobody = await browser.get(f"{LIST}?q=%25")
        assert "toda@asa.example" not in nobody.text


async def test_staff_make_and_unmake_staff_but_never_the_last(site: Site) -> None:
    first, second = await given.staff(site), await given.account(site, "二人目")
    async with given.browser(site, first) as browser:
        last = await browser.submit(LIST, f"{LIST}/{first.id}/staff", is_staff="false")
        assert last.status_code == 409
        assert 'role="alert"' in last.text
        await browser.submit(LIST, f"{LIST}/{second.id}/staff", is_staff="true")
        assert await staff(site) == {first.name, second.name}
        assert "運営者にしました" in (await browser.get(f"{LIST}/{second.id}")).text
        unmade = await browser.submit(LIST, f"{LIST}/{first.id}/staff", is_staff="false")
        assert unmade.headers["location"] == "/"
        assert (await browser.get(LIST)).status_code == 404  # at once
    assert await staff(site) == {second.name}


@pytest.mark.parametrize("guarded", [True, False])
async def test_of_two_staff_who_leave_at_once_one_stays(
    site: Site, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second case is the control: without the rule nobody is left."""
    if not guarded:
        monkeypatch.setattr(rules, "ensure_staff_stays", lambda *_: None)
    both = [await given.staff(site) for _ in range(2)]

    async def leave(who: Account) -> None:
        async with site.database.writing() as db:
            await actions.make_staff(db, who.id, is_staff=False, actor=who.id, now=clock.now())

    ends = await asyncio.gather(*(leave(who) for who in both), return_exceptions=True)
    assert len([end for end in ends if isinstance(end, LastStaff)]) == (1 if guarded else 0)
    async with site.database.reading() as db:
        assert await queries.any_staff(db) is guarded


async def test_staff_log_somebody_out_everywhere(site: Site) -> None:
    who, helper = await given.account(site, "落とした 人"), await given.staff(site)
    async with given.browser(site, who) as lost, given.browser(site, who) as found:
        async with given.browser(site, helper) as browser:
            assert "入っている端末" in (await browser.get(f"{LIST}/{who.id}")).text
            await browser.submit(LIST, f"{LIST}/{who.id}/logins/end")
            assert helper.name in (await browser.get("/")).text  # not oneself
        for opened in (lost, found):
            assert who.name not in (await opened.get("/")).text
    async with site.database.reading() as db:
        (act,) = await audit.of(db, audit.about("account", who.id))
    assert (act.entry.verb, act.entry.data["ended"]) == ("account.logins_ended", 2)


async def test_who_is_not_there_is_not_found(site: Site) -> None:
    async with given.browser(site, await given.staff(site)) as browser:
        nobody = f"{LIST}/{uuid4()}"
        assert (await browser.get(nobody)).status_code == 404
        made = await browser.submit(LIST, f"{nobody}/staff", is_staff="true")
        assert made.status_code == 404


async def test_the_list_costs_as_many_statements_for_one_as_for_five_hundred(site: Site) -> None:
    counts = []
    async with given.browser(site, await given.staff(site)) as browser:
        for more in (0, 499):
            for number in range(more):
                await given.account(site, f"見本 {number}")
            counts.append(await cost(site.database, lambda: browser.get(LIST)))
        shown = await browser.get(LIST)
        second = await browser.get(f"{LIST}?page=10")
    assert counts[0] == counts[1]
    assert shown.text.count('class="list-row"') == 50
    assert "500件のうち 451–500" in second.text
    assert "page=11" not in second.text


CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"


@pytest.mark.pure
@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome / Windows"),
        (f"{CHROME} Edg/131.0", "Edge / Windows"),
        (SAFARI, "Safari / iPhone"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Firefox / Linux",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/131.0 Mobile Safari/537.36", "Chrome / Android"),
        ("test", ""),
        ("", ""),
    ],
)
def test_browsers_have_names(user_agent: str, words: str) -> None:
    assert described(user_agent) == words
