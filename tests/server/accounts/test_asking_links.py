"""Asking for a mailed link: how often one may, and that nobody learns who has an account."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update
from sqlmodel import select

from server.accounts import actions, links, passwords
from server.accounts.jobs import forget_ended
from server.accounts.models import Account, Link
from server.accounts.tokens import token_hash
from server.core import clock
from server.core.db import Db
from server.mail.models import OutgoingMail
from server.web.throttle import PER_IP
from tests.support.queries import counting
from tests.support.web import Browser, Site

OWN, NOBODYS = "hana@sample.example", "nobody@sample.example"
PASSWORD = "正しい合言葉 correct horse"


@pytest.fixture
async def member(site: Site) -> Account:
    async with site.database.writing() as db:
        return await actions.open_account(
            db,
            name="見本 花",
            address=OWN,
            password_hash=await passwords.hashed(PASSWORD),
            now=clock.now(),
        )


async def ask(browser: Browser, address: str = OWN, *, next: str = "/me") -> tuple[int, str]:  # noqa: A002 - the field's name
    answer = await browser.submit("/login", "/login", address=address, way="link", next=next)
    return answer.status_code, answer.text


async def statuses(site: Site, ip: str, times: int, address: str = OWN) -> list[int]:
    async with site.browser(ip=ip) as browser:
        return [(await ask(browser, address))[0] for _ in range(times)]


async def mails(site: Site) -> int:
    async with site.database.reading() as db:
        return len((await db.exec(select(OutgoingMail.id))).all())


async def an_hour_passes(site: Site) -> None:
    """For the links: the mails were sent an hour ago."""
    async with site.database.writing() as db:
        for link in (await db.exec(select(Link))).all():
            link.expires_at -= timedelta(hours=1)
            db.add(link)


async def test_one_ip_asks_five_times_and_the_owner_elsewhere_is_not_kept_out(
    site: Site, member: Account
) -> None:
    assert await statuses(site, "192.0.2.1", 7) == [200] * 5 + [429] * 2
    assert await statuses(site, "192.0.2.2", 1) == [200]
    assert await statuses(site, "192.0.2.1", 1, NOBODYS) == [200]  # another address


async def test_many_ips_ask_twenty_times_for_one_address(site: Site, member: Account) -> None:
    asked = [await statuses(site, f"192.0.2.{n}", 6) for n in range(1, 5)]
    assert asked == [[200] * 5 + [429]] * 4
    assert await statuses(site, "192.0.2.9", 1) == [429]
    assert await statuses(site, "192.0.2.9", 1, NOBODYS) == [200]


@pytest.mark.parametrize("count", ["PER_READER_AND_IP", "PER_READER"])
async def test_without_a_limit_the_next_would_pass(
    site: Site, member: Account, monkeypatch: pytest.MonkeyPatch, count: str
) -> None:
    """Control of the two above."""
    for n in range(1, 5):
        await statuses(site, f"192.0.2.{n}", 5)
    for name in ("PER_READER_AND_IP", "PER_READER"):
        one = "192.0.2.1" if name == "PER_READER_AND_IP" else "192.0.2.9"
        assert await statuses(site, one, 1) == [429]
    monkeypatch.setattr("server.accounts.entering.PER_READER", PER_IP)
    if count == "PER_READER_AND_IP":
        monkeypatch.setattr("server.accounts.entering.PER_READER_AND_IP", PER_IP)
        assert await statuses(site, "192.0.2.1", 1) == [200]
    else:
        assert await statuses(site, "192.0.2.9", 1) == [200]


async def test_who_has_to_wait_hears_of_mails_and_not_of_wrong_passwords(
    site: Site, member: Account
) -> None:
    async with site.browser() as browser:
        for _ in range(5):
            await ask(browser)
        status, shown = await ask(browser)
    assert status == 429
    assert "error.too_many_mails" in shown or "送れません" in shown
    assert "何度もちがった" not in shown


async def test_a_link_is_not_mailed_again_within_a_minute(site: Site, member: Account) -> None:
    async with site.browser() as browser:
        _, first = await ask(browser)
        _, second = await ask(browser)
        assert await mails(site) == 1
        assert plain(first) == plain(second)
        await ask(browser, next="/licences")  # to another place
        assert await mails(site) == 2
        await an_hour_passes(site)
        await ask(browser)
        assert await mails(site) == 3


async def test_a_spent_link_is_followed_by_a_new_one_at_once(site: Site, member: Account) -> None:
    async with site.browser() as browser:
        await ask(browser)
        async with site.database.writing() as db:
            await db.exec(update(Link).values(used_at=clock.now()))
        await ask(browser)
    assert await mails(site) == 2


async def test_asking_again_counts_down_and_works_without_a_script(
    site: Site, member: Account
) -> None:
    async with site.browser() as browser:
        _, shown = await ask(browser)
    until, now = re.findall(r'(?:until|server-now)="([^"]+)"', shown)
    assert datetime.fromisoformat(until) - datetime.fromisoformat(now) == links.FRESH_FOR
    (button,) = re.findall(r"<button[^>]*>もう一度送る", shown)
    assert "disabled" not in button  # a script makes it wait


async def test_the_same_words_for_any_address(site: Site, member: Account) -> None:
    async with site.browser() as browser:
        (_, known), (_, unknown) = [await ask(browser, address) for address in (OWN, NOBODYS)]
    assert plain(known).replace("hana@", "nobody@") == plain(unknown)


class Work(NamedTuple):
    """What an answer took."""

    statements: int
    written: int  # of them those that could change something
    hashes: int


async def work(
    site: Site, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Awaitable[object]]
) -> Work:
    """Count statements and argon2 hashes of one answer."""
    hashes = 0
    verify, hash_ = PasswordHasher.verify, PasswordHasher.hash

    def counted(original: Any) -> Any:
        def one_more(*arguments: Any, **named: Any) -> Any:
            nonlocal hashes
            hashes += 1
            return original(*arguments, **named)

        return one_more

    database = site.database
    with monkeypatch.context() as patched:
        patched.setattr(PasswordHasher, "verify", counted(verify))
        patched.setattr(PasswordHasher, "hash", counted(hash_))
        with counting(database) as count:
            await act()
    return Work(count.statements, count.written, hashes)


async def of_links(site: Site, monkeypatch: pytest.MonkeyPatch, address: str) -> tuple[Work, Work]:
    """The work of the first request for an address, and of the next within a minute."""
    async with site.browser() as browser:
        form = await browser.get("/login")
        token = re.findall(r'name="csrf_token" value="([^"]+)"', form.text)[0]
        fields = {"csrf_token": token, "address": address, "way": "link"}

        async def post() -> None:
            assert (await browser.client.post("/login", data=fields)).status_code == 200

        return await work(site, monkeypatch, post), await work(site, monkeypatch, post)


async def test_asking_takes_as_many_statements_for_any_address(
    site: Site, member: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await of_links(site, monkeypatch, OWN)
    unknown = await of_links(site, monkeypatch, NOBODYS)
    assert known == unknown
    first, again = known
    assert (first.written, again.written, first.hashes) == (2, 0, 0)
    assert first.statements > again.statements  # within a minute: for both alike


async def test_without_the_pretence_the_work_tells(
    site: Site, member: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control of the one above."""

    async def nothing(db: Db, **_: object) -> None:
        return None

    monkeypatch.setattr(actions, "pretend_link", nothing)
    known = await of_links(site, monkeypatch, OWN)
    unknown = await of_links(site, monkeypatch, NOBODYS)
    assert known[0].statements > unknown[0].statements


async def test_a_wrong_password_takes_as_much_for_any_address(
    site: Site, member: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site.database.writing() as db:
        await actions.open_account(
            db, name="無", address="linkonly@sample.example", password_hash=None, now=clock.now()
        )
    found = []
    for address in (OWN, NOBODYS, "linkonly@sample.example"):
        async with site.browser() as browser:
            form = await browser.get("/login")
            token = re.findall(r'name="csrf_token" value="([^"]+)"', form.text)[0]
            fields = {"csrf_token": token, "address": address, "way": "password", "password": "x"}

            async def post(browser: Browser = browser, fields: dict[str, str] = fields) -> None:
                assert (await browser.client.post("/login", data=fields)).status_code == 422

            found.append(await work(site, monkeypatch, post))
    assert len(set(found)) == 1
    assert found[0].hashes == 1


async def test_a_pretended_link_leads_nowhere_keeps_no_address_and_is_forgotten(
    site: Site, member: Account
) -> None:
    async with site.browser() as browser:
        await ask(browser, NOBODYS)
    assert await mails(site) == 0
    async with site.database.writing() as db:
        link = (await db.exec(select(Link))).one()
        assert NOBODYS not in link.address
        assert link.account_id is None
        link.token_hash = token_hash("known")
        db.add(link)
        await db.flush()
        with pytest.raises(links.LinkSpent):
            await links.look(db, "known", kinds=list(links.MAILED), now=clock.now())
        link.expires_at = clock.now() - timedelta(seconds=1)
        db.add(link)
    await forget_ended({"settings": site.settings, "database": site.database})
    async with site.database.reading() as db:
        assert (await db.exec(select(Link))).all() == []


def plain(page: str) -> str:
    """A page without its token and its times."""
    return re.sub(r"[0-9a-f]{64}|\d{4}-\d\d-\d\dT[^\"]+|\d{1,2}:\d{2}", "", page)
