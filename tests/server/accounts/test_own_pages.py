"""One's own account: names, the password, the browsers in which one is logged in."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from server.accounts import actions, links, logins, passwords, queries, rules
from server.accounts.models import Account, Link
from server.core import clock
from server.web.visitor import LOGIN_COOKIE
from server.web.zones import zones
from tests.server.organizations import given
from tests.support.web import Browser, Site

PAGE, PASSWORD = "/me/account", "/me/password"
OLD, NEW = "いまの合言葉 correct horse", "新しい合言葉 battery staple"
FACTS = {
    "name": "見本 花子",
    "reading": "みほん はなこ",
    "roman": "Hanako Mihon",
    "locale": "en",
    "zone": "Europe/Berlin",
}


@pytest.fixture
async def member(site: Site) -> Account:
    """Somebody with a password."""
    async with site.database.writing() as db:
        return await actions.open_account(
            db,
            name="見本 花",
            address="hana@sample.example",
            password_hash=await passwords.hashed(OLD),
            now=clock.now(),
        )


async def now_is(site: Site, account: Account) -> Account:
    async with site.database.reading() as db:
        return await queries.by_id(db, account.id)


async def fits(site: Site, account: Account, password: str) -> bool:
    return await passwords.fits(password, (await now_is(site, account)).password_hash)


async def enters_by_link(site: Site, browser: Browser, account: Account) -> None:
    """As by a mail: a link is prepared, its token made when the mail is written, and spent."""
    async with site.database.writing() as db:
        await actions.ask_link(db, account_id=account.id, then=PAGE, now=clock.now())
        found = select(Link).where(Link.account_id == account.id, Link.used_at == None)  # noqa: E711
        link = (await db.exec(found)).one()
        path = f"/link/{await links.issue(db, link, now=clock.now())}"
    assert (await browser.submit(path, path)).headers["location"] == PAGE


async def test_names_language_and_zone_are_changed(site: Site, member: Account) -> None:
    async with given.browser(site, member) as browser:
        assert 'value="Asia/Tokyo" selected' in (await browser.get(PAGE)).text
        saved = await browser.submit(PAGE, PAGE, **FACTS)
        assert saved.headers["location"] == f"{PAGE}?done=account"
        shown = await browser.get(saved.headers["location"])
        assert '<html lang="en"' in shown.text
        assert 'role="status"' in shown.text
    account = await now_is(site, member)
    assert {name: getattr(account, name) for name in FACTS} == FACTS


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "<b>"}, {"locale": "fr"}, {"zone": "Moon/Base"}, {"zone": "../x"}],
)
async def test_nonsense_about_oneself_is_refused(
    site: Site, member: Account, wrong: dict[str, str]
) -> None:
    async with given.browser(site, member) as browser:
        answer = await browser.submit(PAGE, PAGE, **FACTS | wrong)
        assert answer.status_code == 422
        assert "Hanako Mihon" in answer.text  # what was typed is still there
    assert (await now_is(site, member)).name == member.name


async def test_nobody_makes_themselves_staff(site: Site, member: Account) -> None:
    async with given.browser(site, member) as browser:
        await browser.submit(PAGE, PAGE, **FACTS, is_staff="true")
    assert not (await now_is(site, member)).is_staff


async def test_a_new_password_needs_the_present_one_and_ends_other_logins(
    site: Site, member: Account
) -> None:
    async with given.browser(site, member) as browser, given.browser(site, member) as other:
        for present in ("", "not this one"):
            wrong = await browser.submit(PAGE, PASSWORD, present=present, password=NEW)
            assert wrong.status_code == 422
        short = await browser.submit(PAGE, PASSWORD, present=OLD, password="short")
        assert short.status_code == 422
        assert await fits(site, member, OLD)
        assert member.name in (await other.get("/")).text
        done = await browser.submit(PAGE, PASSWORD, present=OLD, password=NEW)
        assert done.headers["location"] == f"{PAGE}?done=password"
        assert await fits(site, member, NEW)
        assert member.name in (await browser.get("/")).text
        assert member.name not in (await other.get("/")).text


async def test_guesses_of_the_present_password_are_counted(
    site: Site, member: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with given.browser(site, member) as browser:
        for _ in range(5):
            await browser.submit(PAGE, PASSWORD, present="not this one", password=NEW)
        late = await browser.submit(PAGE, PASSWORD, present=OLD, password=NEW)
        assert late.status_code == 429

        async def no_limit(*_: object) -> bool:
            return True

        monkeypatch.setattr("server.web.throttle.Throttle.count", no_limit)  # the control
        right = await browser.submit(PAGE, PASSWORD, present=OLD, password=NEW)
        assert right.status_code == 303


async def test_who_has_no_password_sets_one(site: Site) -> None:
    who = await given.account(site)
    async with given.browser(site, who) as browser:
        assert 'name="present"' not in (await browser.get(PAGE)).text
        assert (await browser.submit(PAGE, PASSWORD, password=NEW)).status_code == 303
    assert await fits(site, who, NEW)


async def test_a_forgotten_password_is_set_anew_after_a_link(site: Site, member: Account) -> None:
    async with site.browser() as guest:
        login = (await guest.get("/login")).text
        assert f'href="/login?next={PAGE}"' in login
    async with given.browser(site, member) as other, site.browser() as browser:
        await enters_by_link(site, browser, member)
        assert 'name="present"' not in (await browser.get(PAGE)).text
        # Only the browser that came by the link: another login must show the present one.
        assert (await other.submit(PAGE, PASSWORD, password=NEW)).status_code == 422
        assert (await browser.submit(PAGE, PASSWORD, password=NEW)).status_code == 303
        assert member.name not in (await other.get("/")).text
    assert await fits(site, member, NEW)


@pytest.mark.parametrize("limited", [True, False])
async def test_a_link_proves_for_fifteen_minutes(
    site: Site, member: Account, limited: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second case is the control: with a longer proof the same login passes."""
    patched = timedelta(0) if limited else timedelta(days=1)
    monkeypatch.setattr(rules, "LINK_PROVES_FOR", patched)
    async with site.browser() as browser:
        await enters_by_link(site, browser, member)
        answer = await browser.submit(PAGE, PASSWORD, password=NEW)
    assert answer.status_code == (422 if limited else 303)


async def test_a_link_of_somebody_else_or_of_another_time_proves_nothing(
    site: Site, member: Account
) -> None:
    stranger = await given.account(site)
    async with site.browser() as browser, site.browser() as other:
        await enters_by_link(site, other, stranger)
        await enters_by_link(site, browser, member)
    async with given.browser(site, member) as later:  # entered otherwise, right after
        assert (await later.submit(PAGE, PASSWORD, password=NEW)).status_code == 422


@pytest.mark.pure
def test_when_the_present_password_is_asked_for() -> None:
    now = clock.now()
    asks = rules.asks_present_password
    assert not asks(has_password=False, came_by_link_at=None, now=now)
    assert asks(has_password=True, came_by_link_at=None, now=now)
    minutes = {n: now - timedelta(minutes=n) for n in (0, 14, 15, 60)}
    assert {
        n: asks(has_password=True, came_by_link_at=at, now=now) for n, at in minutes.items()
    } == {
        0: False,
        14: False,
        15: True,
        60: True,
    }


async def test_a_password_that_changed_meanwhile_is_not_overwritten(
    site: Site, member: Account
) -> None:
    async with site.database.writing() as db:
        with pytest.raises(rules.PasswordChanged):
            await actions.set_password(
                db,
                member.id,
                before="another hash",
                password_hash="x",
                login_id=None,
                now=clock.now(),
            )
    assert await fits(site, member, OLD)


async def test_browsers_are_listed_and_logged_out_one_by_one(site: Site, member: Account) -> None:
    async with given.browser(site, member) as here, given.browser(site, member) as there:
        shown = (await here.get("/me/logins")).text
        assert shown.count('class="list-row"') == 2
        assert shown.count("この端末</span>") == 1
        await here.submit("/me/logins", await _end(site, there))
        assert member.name not in (await there.get("/")).text
        assert member.name in (await here.get("/")).text
        own = await here.submit("/me/logins", await _end(site, here))
        assert own.headers["location"] == "/"
        assert member.name not in (await here.get("/")).text


async def _end(site: Site, browser: Browser) -> str:
    """Where to post to end a browser's login."""
    token = browser.client.cookies[LOGIN_COOKIE]
    async with site.database.reading() as db:
        found = await logins.find(db, token, now=clock.now(), lasts=timedelta(days=1))
    assert found
    return f"/me/logins/{found[0].id}/end"


async def test_log_out_everywhere(site: Site, member: Account) -> None:
    async with given.browser(site, member) as here, given.browser(site, member) as there:
        gone = await here.submit("/me/logins", "/me/logins/end")
        assert gone.headers["location"] == "/"
        for each in (here, there):
            assert member.name not in (await each.get("/")).text


async def test_somebody_elses_login_is_not_there(site: Site, member: Account) -> None:
    other = await given.account(site)
    async with given.browser(site, other) as victim, given.browser(site, member) as browser:
        async with site.database.reading() as db:
            (login,) = await logins.live(db, other.id, now=clock.now(), lasts=timedelta(days=1))
        for login_id in (login.id, uuid4()):
            answer = await browser.submit("/me/logins", f"/me/logins/{login_id}/end")
            assert answer.status_code == 404
        assert other.name in (await victim.get("/")).text


async def test_guests_have_no_own_pages(site: Site) -> None:
    async with site.browser() as browser:
        for path in (PAGE, "/me/logins"):
            assert (await browser.get(path)).headers["location"].startswith("/login?")
        for path in (PAGE, PASSWORD, "/me/logins/end", f"/me/logins/{uuid4()}/end"):
            answer = await browser.submit("/login", path, **FACTS, password=NEW)
            assert answer.headers["location"].startswith("/login?")
        signup = (await browser.get("/signup")).text
        assert 'href="/login"' in signup


@pytest.mark.pure
def test_every_zone_has_words_in_both_languages() -> None:
    ja, en = (
        {zone.name: zone.words for _, part in zones(locale) for zone in part}
        for locale in ("ja", "en")
    )
    assert ja["Asia/Tokyo"] == "日本時間"
    assert en["Asia/Tokyo"] == "Japan Time"
    assert ja.keys() == en.keys()
    assert all([*ja.values(), *en.values()])
