"""Log in, log out, the first staff link: through the pages, on the database."""

import asyncio
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from server.accounts import actions, links, logins, passwords
from server.accounts.models import Account, Link, MailAddress
from server.core import clock
from tests.support.web import Browser, Site

PASSWORD = "正しい合言葉 correct horse"


@pytest.fixture
async def member(site: Site) -> Account:
    async with site.database.writing() as db:
        return await actions.open_account(
            db,
            name="見本 花",
            address="hana@sample.example",
            password_hash=await passwords.hashed(PASSWORD),
            now=clock.now(),
        )


async def log_in(browser: Browser, password: str = PASSWORD, **fields: str) -> tuple[int, str]:
    answer = await browser.submit(
        "/login", "/login", **{"address": "hana@sample.example", "password": password, **fields}
    )
    return answer.status_code, answer.headers.get("location", "")


async def test_login_by_password_goes_where_one_wanted(site: Site, member: Account) -> None:
    async with site.browser() as browser:
        assert await log_in(browser, next="/licences") == (303, "/licences")
        assert member.name in (await browser.get("/")).text


@pytest.mark.parametrize(
    "there", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/\tx", "javascript:x"]
)
async def test_login_never_leads_to_another_site(site: Site, member: Account, there: str) -> None:
    async with site.browser() as browser:
        assert await log_in(browser, next=there) == (303, "/me")


async def test_who_wanted_no_page_comes_to_the_own_one(site: Site, member: Account) -> None:
    async with site.browser() as browser:
        assert 'name="next" value="/me"' in (await browser.get("/login")).text
        assert 'class="header-login" href="/login"' in (await browser.get("/")).text
        assert await log_in(browser) == (303, "/me")
        assert (await browser.get("/login")).headers["location"] == "/me"
    async with site.browser() as browser:
        await browser.submit("/login", "/login", address="hana@sample.example", way="link")
        path = await _link(site)
        assert "ひらこうとしていたページ" not in (await browser.get(path)).text
        entered = await browser.submit(path, path)
        assert (entered.status_code, entered.headers["location"]) == (303, "/me")
        never_made = (await browser.get("/link/never-made")).text
        assert 'href="/me">つづきへ進む' in never_made


async def test_wrong_password_and_unknown_address_say_the_same(site: Site, member: Account) -> None:
    async with site.browser() as browser:
        wrong = await browser.submit(
            "/login", "/login", address="hana@sample.example", password="not this one"
        )
        unknown = await browser.submit(
            "/login", "/login", address="nobody@sample.example", password="not this one"
        )
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    sentence = "メールアドレスかパスワードがちがいます"
    assert sentence in wrong.text
    assert sentence in unknown.text
    assert "hana@sample.example" in wrong.text  # what was typed is still there


async def test_sixth_wrong_password_must_wait_even_with_the_right_one(
    site: Site, member: Account
) -> None:
    async with site.browser() as browser:
        for _ in range(5):
            assert (await log_in(browser, "not this one"))[0] == 422
        assert (await log_in(browser))[0] == 429


async def test_a_wrong_password_says_how_many_more_there_are(site: Site, member: Account) -> None:
    wrong = {"address": "hana@sample.example", "way": "password", "password": "not this one"}
    async with site.browser() as browser:
        shown = [(await browser.submit("/login", "/login", **wrong)).text for _ in range(5)]
    told = [re.findall("あと([0-9])回ちがうと", text) for text in shown]
    assert told == [["4"], ["3"], ["2"], ["1"], []]
    assert "いまから15分のあいだは、リンクだけで入れます" in shown[-1]


async def test_guesses_sent_at_once_are_counted_before_they_are_tried(
    site: Site, member: Account
) -> None:
    async with site.browser() as browser:
        await browser.get("/login")
        tries = await asyncio.gather(*(log_in(browser, f"guess {n}") for n in range(12)))
    assert sorted(status for status, _ in tries) == [422] * 5 + [429] * 7


async def test_the_right_password_forgives_the_wrong_ones_before_it(
    site: Site, member: Account
) -> None:
    async with site.browser() as browser:
        for _ in range(2):
            for _ in range(4):
                assert (await log_in(browser, "not this one"))[0] == 422
            assert (await log_in(browser))[0] == 303
            browser.client.cookies.delete("login")


async def test_without_the_limit_the_sixth_would_pass(
    site: Site, member: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control of the one above."""

    async def no_limit(*_: object) -> bool:
        return True

    monkeypatch.setattr("server.web.throttle.Throttle.count", no_limit)
    async with site.browser() as browser:
        for _ in range(5):
            await log_in(browser, "not this one")
        assert (await log_in(browser))[0] == 303


async def test_logout_ends_the_login_itself(site: Site, member: Account) -> None:
    token = await site.login(member)
    async with site.browser() as browser:
        browser.hold(token)
        assert member.name in (await browser.get("/")).text
        assert (await browser.submit("/", "/logout")).status_code == 303
    async with site.browser() as thief:
        thief.hold(token)
        assert member.name not in (await thief.get("/")).text


async def test_a_login_ends_when_nobody_uses_it(site: Site, member: Account) -> None:
    token = await site.login(member)
    later = clock.now() + timedelta(days=31)
    async with site.database.reading() as db:
        assert await logins.find(db, token, now=clock.now(), lasts=timedelta(days=30))
        assert not await logins.find(db, token, now=later, lasts=timedelta(days=30))


async def test_a_form_from_another_browser_is_refused(site: Site, member: Account) -> None:
    async with site.browser() as browser, site.browser() as other:
        await other.get("/login")
        answer = await browser.client.post(
            "/login", data={"address": "a@b.example", "password": "x", "csrf_token": "made up"}
        )
    assert answer.status_code == 403


async def test_another_site_cannot_post(site: Site, member: Account) -> None:
    async with site.browser(origin="https://evil.example") as browser:
        browser.client.headers.pop("sec-fetch-site")
        assert (await browser.client.post("/login", data={})).status_code == 403
        browser.client.headers["sec-fetch-site"] = "cross-site"
        browser.client.headers.pop("origin")
        assert (await browser.client.post("/login", data={})).status_code == 403


STAFF = {"name": "見本 始", "address": "staff@sample.example", "password": PASSWORD}


async def first_link(site: Site) -> str:
    async with site.database.writing() as db:
        token = await actions.first_staff_link(db, now=clock.now())
    assert token
    return f"/link/{token}"


async def test_first_staff_link_is_looked_at_often_and_spent_once(site: Site) -> None:
    link = await first_link(site)
    async with site.browser() as browser, site.browser() as other:
        for _ in range(3):
            assert (await browser.get(link)).status_code == 200
        await other.get(link)
        assert (await browser.submit(link, link, **STAFF)).status_code == 303
        assert "見本 始" in (await browser.get("/")).text
        assert (await other.get(link)).status_code == 410
    async with site.database.writing() as db:
        assert await actions.first_staff_link(db, now=clock.now()) is None


async def test_only_the_newest_first_staff_link_works(site: Site) -> None:
    old, new = await first_link(site), await first_link(site)
    async with site.browser() as browser:
        assert (await browser.get(old)).status_code == 410
        assert (await browser.get(new)).status_code == 200


async def test_staff_form_keeps_what_was_typed(site: Site) -> None:
    link = await first_link(site)
    async with site.browser() as browser:
        answer = await browser.submit(link, link, **STAFF | {"password": "short"})
        assert answer.status_code == 422
        assert "見本 始" in answer.text
        assert "10文字以上" in answer.text
        assert (await browser.submit(link, link, **STAFF)).status_code == 303


async def test_an_address_belongs_to_one_account(site: Site, member: Account) -> None:
    async with site.database.writing() as db:
        db.add(MailAddress(account_id=member.id, address="staff@sample.example", verified_at=None))
    link = await first_link(site)
    async with site.browser() as browser:
        assert (await browser.submit(link, link, **STAFF)).status_code == 409
        again = STAFF | {"address": "Other@Sample.example"}
        assert (await browser.submit(link, link, **again)).status_code == 303


async def test_a_link_is_asked_for_looked_at_and_spent(site: Site, member: Account) -> None:
    async with site.browser() as browser:
        sent = await browser.submit(
            "/login", "/login", address="hana@sample.example", way="link", next="/licences"
        )
        assert sent.status_code == 200
        path = await _link(site)
        for _ in range(2):  # looking spends nothing
            shown = (await browser.get(path)).text
            assert "hana@sample.example" in shown
            assert "ひらこうとしていたページ" in shown
            assert "<dd>/licences" not in shown  # a path is no word for people
        entered = await browser.submit(path, path)
        assert (entered.status_code, entered.headers["location"]) == (303, "/licences")
        assert member.name in (await browser.get("/")).text
        assert (await browser.get(path)).status_code == 410


async def test_a_spent_link_offers_a_new_one_to_the_same_place(site: Site, member: Account) -> None:
    ask = {"address": "hana@sample.example", "way": "link", "next": "/licences"}
    async with site.browser() as browser:
        await browser.submit("/login", "/login", **ask)
        path = await _link(site)
        await browser.submit(path, path)
        again = await browser.get(path)  # who is in already goes on
        assert again.status_code == 410
        assert 'href="/licences">つづきへ進む' in again.text
    async with site.browser() as other:
        for spent in (path, "/link/never-made"):
            shown = await other.get(spent)
            assert shown.status_code == 410
            assert "新しいリンクを送る" in shown.text
            assert "hana@" not in shown.text  # whose it was is nobody else's business
            assert (await other.submit(spent, spent)).status_code == 410
        assert 'name="next" value="/licences"' in (await other.get(path)).text
        sent = await other.submit(path, "/login", **ask)
        assert sent.status_code == 200
    async with site.database.reading() as db:
        made = (await db.exec(select(Link).where(Link.target == "/licences"))).all()
    assert sorted(link.used_at is None for link in made) == [False, True]


async def _link(site: Site) -> str:
    """The path of the link that was asked for, with a token as its mail would carry it."""
    async with site.database.writing() as db:
        link = (await db.exec(select(Link).where(Link.kind == links.LinkKind.LOGIN))).one()
        return f"/link/{await links.issue(db, link, now=clock.now())}"
