"""The outbox for staff: found, filtered, paged, sent again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from server.accounts import audit
from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.core.ids import new_id
from server.mail import outbox, rules
from server.mail.models import OutgoingMail
from tests.support.queries import cost
from tests.support.web import Browser, Site

PAGE = "/staff/mails"
REFUSED = "SMTPDataError: 451 come again later"


@pytest.fixture
async def staff(site: Site) -> Account:
    return await site.account("係 始", is_staff=True)


@pytest.fixture
async def desk(site: Site, staff: Account) -> AsyncIterator[Browser]:
    """The browser of one of staff."""
    async with site.browser() as browser:
        browser.hold(await site.login(staff))
        yield browser


async def owed(site: Site, who: Account, **facts: Any) -> OutgoingMail:
    """A mail in some state."""
    async with site.database.writing() as db:
        return _add(db, who, **facts)


def _add(db: Db, who: Account, **facts: Any) -> OutgoingMail:
    now = clock.now()
    mail = OutgoingMail(
        kind="login_link",
        subject=str(new_id()),
        account_id=who.id,
        **{"created_at": now, "due_at": now} | facts,
    )
    db.add(mail)
    return mail


async def row(site: Site, mail: OutgoingMail) -> OutgoingMail:
    async with site.database.reading() as db:
        return await db.get_one(OutgoingMail, mail.id)


async def test_mails_are_found_by_their_reader(site: Site, desk: Browser) -> None:
    for name, address in (("戸田 みのり", "minori@town.example"), ("森 一", "mori@city.example")):
        await owed(site, await site.account(name, address=address))
    for text in ("戸田みのり", "MINORI@town", "みのり"):
        shown = (await desk.get(PAGE, params={"q": text})).text
        assert "minori@town.example" in shown
        assert "mori@city.example" not in shown
    assert "メールはありません" in (await desk.get(PAGE, params={"q": "だれでもない"})).text


async def test_mails_are_filtered_by_their_state(site: Site, desk: Browser) -> None:
    now, states = clock.now(), {}
    kinds: dict[str, dict[str, Any]] = {
        "waits": {},
        "tried": {"attempts": 2, "error": REFUSED},
        "refused": {"attempts": 1, "error": REFUSED, "dropped_at": now},
        "sent": {"attempts": 1, "sent_at": now},
        "needless": {"dropped_at": now},
    }
    for name, facts in kinds.items():
        states[name] = await site.account(name, address=f"{name}@state.example")
        await owed(site, states[name], **facts)
    expected = {
        "": set(states),
        "open": {"waits", "tried"},
        "failed": {"tried", "refused"},
        "sent": {"sent"},
        "nonsense": set(states),
    }
    for filtered, names in expected.items():
        shown = (await desk.get(PAGE, params={"show": filtered})).text
        assert {name for name in states if f"{name}@state.example" in shown} == names
        again = shown.count('/again">')
        assert again == len(names & {"tried", "refused"})


async def test_fifty_mails_are_a_page_and_the_filter_goes_along(site: Site, desk: Browser) -> None:
    who = await site.account("多 通", address="many@town.example")
    async with site.database.writing() as db:
        for _ in range(53):
            _add(db, who)
        _add(db, who, sent_at=clock.now())
    first = (await desk.get(PAGE, params={"q": "many", "show": "open"})).text
    assert first.count('class="mail-row"') == 50
    assert "53件のうち 1–50" in first
    assert 'href="/staff/mails?q=many&amp;page=2&amp;show=open"' in first
    assert '<input type="hidden" name="show" value="open">' in first
    second = (await desk.get(PAGE, params={"q": "many", "show": "open", "page": "2"})).text
    assert second.count('class="mail-row"') == 3


async def test_the_page_asks_as_often_for_one_mail_as_for_five_hundred(
    site: Site, desk: Browser
) -> None:
    counts = []
    for more in (1, 499):
        people = [await site.account(f"人 {more}-{n}") for n in range(min(more, 60))]
        async with site.database.writing() as db:
            for number in range(more):
                _add(db, people[number % len(people)], error=REFUSED)
        counts.append(
            [
                await cost(site.database, lambda query=query: desk.get(PAGE + query))  # type: ignore[misc]
                for query in ("", "?q=人&show=failed", "?page=9")
            ]
        )
    assert counts[0] == counts[1]


@pytest.mark.parametrize("facts", [{}, {"dropped_at": clock.now()}])
async def test_a_refused_mail_is_sent_again_with_its_audit(
    site: Site, desk: Browser, staff: Account, facts: dict[str, Any]
) -> None:
    who = await site.account("戸田 みのり")
    later = clock.now() + timedelta(hours=1)
    mail = await owed(site, who, error=REFUSED, attempts=9, due_at=later, **facts)
    answer = await desk.submit(PAGE, f"{PAGE}/{mail.id}/again")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?done=again")
    assert "もう一度送ります" in (await desk.get(f"{PAGE}?done=again")).text
    found = await row(site, mail)
    assert (found.attempts, found.error, found.dropped_at) == (0, "", None)
    assert found.due_at <= clock.now()
    async with site.database.reading() as db:
        assert await outbox.due(db, now=clock.now(), limit=9) == [mail.id]
        (act,) = await audit.of(db, audit.about("account", who.id))
    assert (act.actor, act.entry.verb) == (staff.name, "mail.again")
    assert act.entry.data == {"mail": str(mail.id), "kind": "login_link", "error": REFUSED}
    assert (
        "メールをもう一度送るようにしました" in (await desk.get(f"/staff/accounts/{who.id}")).text
    )


@pytest.mark.parametrize(
    ("moment", "error"),
    [
        ("", ""),
        ("sent_at", ""),
        ("dropped_at", ""),
        ("claimed_at", REFUSED),  # a worker has it
    ],
)
async def test_no_other_mail_is_sent_again(
    site: Site, desk: Browser, moment: str, error: str
) -> None:
    facts = {moment: clock.now()} if moment else {}
    mail = await owed(site, await site.account("戸田 みのり"), attempts=3, error=error, **facts)
    answer = await desk.submit(PAGE, f"{PAGE}/{mail.id}/again")
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert await row(site, mail) == mail
    async with site.database.reading() as db:
        assert await audit.of(db, audit.about("account", mail.account_id)) == []


async def test_a_claim_of_a_dead_worker_holds_nothing_back(site: Site, desk: Browser) -> None:
    """Control of the last case above."""
    dead = clock.now() - rules.CLAIM_LASTS - timedelta(seconds=1)
    mail = await owed(site, await site.account("戸田 みのり"), error=REFUSED, claimed_at=dead)
    await desk.submit(PAGE, f"{PAGE}/{mail.id}/again")
    assert (await row(site, mail)).error == ""


async def test_sending_again_twice_is_done_and_noted_once(site: Site, desk: Browser) -> None:
    mail = await owed(site, await site.account("戸田 みのり"), error=REFUSED)
    for _ in range(2):
        await desk.submit(PAGE, f"{PAGE}/{mail.id}/again")
    async with site.database.reading() as db:
        about = audit.about("account", mail.account_id)
        assert len(await audit.of(db, about)) == 1
        assert len((await db.exec(select(col(OutgoingMail.id)))).all()) == 1


async def test_a_mail_that_is_not_there_is_not_found(site: Site, desk: Browser) -> None:
    assert (await desk.submit(PAGE, f"{PAGE}/{new_id()}/again")).status_code == 404
