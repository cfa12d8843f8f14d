"""What organizations tell people by mail: that somebody asks, and what came of it; once each."""

from typing import Any

import pytest
from limits import RateLimitItemPerHour
from sqlmodel import select

from server import worker
from server.accounts.models import Account
from server.core import clock
from server.mail import jobs
from server.mail.models import OutgoingMail
from server.organizations import actions
from server.organizations.models import MembershipRole, Organization
from server.organizations.rules import Deed
from server.web.templates import Templates
from tests.server.organizations import given
from tests.support.mailbox import Mailbox, mailbox, text_of
from tests.support.web import Site


async def asks(site: Site, organization: Organization, who: Account) -> None:
    async with site.database.writing() as db:
        await actions.ask(db, organization.id, account_id=who.id, now=clock.now())


async def leaves(site: Site, organization: Organization, who: Account) -> None:
    async with site.database.writing() as db:
        await actions.leave(db, organization.id, account_id=who.id, now=clock.now())


async def decides(
    site: Site, organization: Organization, who: Account, deed: Deed, *, actor: Account
) -> None:
    async with site.database.writing() as db:
        await actions.decide(
            db, organization.id, account_id=who.id, deed=deed, actor=actor.id, now=clock.now()
        )


async def send(site: Site, box: Mailbox) -> list[tuple[str, str]]:
    """Send what is owed; to whom (the name) and the subject of what has come since."""
    before = len(box.mails)
    names = {name.lower(): value for name, value in box.settings.items()}
    context: dict[Any, Any] = {
        "settings": site.settings.model_copy(update=names | {"smtp_port": box.port}),
        "database": site.database,
        "templates": Templates(static_base="/static", development=True),
        "mail_kinds": worker.MAIL_KINDS,
    }
    await jobs.send_due(context)
    return [
        (str(mail["To"]).partition(" <")[0], str(mail["Subject"])) for mail in box.mails[before:]
    ]


async def test_managers_are_told_once_that_somebody_asks(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    for name in ("管理 一", "管理 二"):
        await given.manager(site, organization, name)
    foreign = await given.organization(site, await given.staff(site), name="となりの会")
    await given.manager(site, foreign, "よその 管理")
    who = await given.account(site, "志乃 望")
    with mailbox() as box:
        for _ in range(3):  # asking again changes nothing
            await asks(site, organization, who)
        subject = f"所属の申しこみ：志乃 望さん（{given.NAME}）"
        assert sorted(await send(site, box)) == [("管理 一", subject), ("管理 二", subject)]
        assert await send(site, box) == []
    body = text_of(box.mails[0])
    assert f"/organizations/{organization.id}\n" in body
    assert "団体の方かどうか" in body


@pytest.mark.parametrize(
    ("deed", "subject"),
    [
        (Deed.APPROVE, "所属が認められました：見本町 つながり推進室"),
        (Deed.DECLINE, "所属は認められませんでした：見本町 つながり推進室"),
    ],
)
async def test_the_person_is_told_once_what_came_of_it(
    site: Site, deed: Deed, subject: str
) -> None:
    organization = await given.organization(site, await given.staff(site))
    manager = await given.manager(site, organization)
    who = await given.account(site, "志乃 望")
    with mailbox() as box:
        await asks(site, organization, who)
        await send(site, box)
        await decides(site, organization, who, deed, actor=manager)
        assert await send(site, box) == [("志乃 望", subject)]
        assert await send(site, box) == []
        await leaves_and_asks_again(site, organization, who, deed)
        assert [to for to, _ in await send(site, box)] == ["管理 人子"]
        await decides(site, organization, who, deed, actor=manager)
        assert await send(site, box) == [("志乃 望", subject)]  # a second wish, a second answer


async def leaves_and_asks_again(
    site: Site, organization: Organization, who: Account, deed: Deed
) -> None:
    if deed is Deed.APPROVE:
        await leaves(site, organization, who)
    await asks(site, organization, who)


async def test_news_that_are_old_by_now_are_not_sent(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    manager = await given.manager(site, organization)
    who, gone = await given.account(site, "志乃 望"), await given.account(site, "去 人")
    with mailbox() as box:
        await asks(site, organization, who)
        await asks(site, organization, gone)
        await leaves(site, organization, gone)  # took the wish back
        await decides(site, organization, who, Deed.APPROVE, actor=manager)
        assert [to for to, _ in await send(site, box)] == ["志乃 望"]
        for _ in range(2):
            await leaves(site, organization, who)
            await asks(site, organization, who)
        assert [to for to, _ in await send(site, box)] == ["管理 人子"]  # of two wishes one mail
    async with site.database.reading() as db:
        rows = (await db.exec(select(OutgoingMail))).all()
    assert all(row.sent_at or row.dropped_at for row in rows)


async def test_without_the_withdrawal_two_wishes_are_two_mails(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control of the one above."""

    async def kept(*_: object, **__: object) -> None:
        return None

    organization = await given.organization(site, await given.staff(site))
    await given.manager(site, organization)
    who = await given.account(site, "志乃 望")
    monkeypatch.setattr("server.mail.outbox.withdraw", kept)
    await asks(site, organization, who)
    await leaves(site, organization, who)
    await asks(site, organization, who)
    with mailbox() as box:
        assert len(await send(site, box)) == 2


async def test_who_manages_no_more_is_told_nothing(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    manager, other = (
        await given.manager(site, organization, "管理 一"),
        await given.manager(site, organization, "管理 二"),
    )
    who = await given.account(site)
    await asks(site, organization, who)
    await decides(site, organization, other, Deed.MEMBER, actor=manager)
    with mailbox() as box:
        assert [to for to, _ in await send(site, box)] == ["管理 一"]


async def test_an_invitation_is_a_yes_to_who_has_asked(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    manager = await given.manager(site, organization)
    who = await given.account(site, "志乃 望")
    await asks(site, organization, who)
    async with site.database.writing() as db:
        await actions.invite(
            db,
            organization.id,
            account_id=who.id,
            role=MembershipRole.MANAGER,
            actor=manager.id,
            now=clock.now(),
        )
    with mailbox() as box:
        assert [to for to, _ in await send(site, box)] == ["志乃 望"]
    assert "この団体の管理者です" in text_of(box.mails[0])


async def test_nobody_asks_all_day(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = RateLimitItemPerHour(2)
    monkeypatch.setattr("server.accounts.entering.PER_PERSON", limit)
    organization = await given.organization(site, await given.staff(site))
    who = await given.account(site)
    async with given.browser(site, who) as browser:
        for status in (303, 303, 429):
            path = f"/organizations/{organization.id}/ask"
            answer = await browser.submit("/organizations", path)
            assert answer.status_code == status
