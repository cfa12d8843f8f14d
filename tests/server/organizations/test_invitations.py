"""Invitations: mailed, looked at, accepted once, taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from limits import RateLimitItemPerHour
from sqlmodel import select

from server import worker
from server.accounts import actions as accounts
from server.accounts import links, queries
from server.accounts.models import Account, Link
from server.core import clock
from server.mail import jobs
from server.mail.kinds import Surroundings
from server.mail.models import OutgoingMail
from server.organizations import actions, mails
from server.organizations import queries as organizations
from server.organizations.models import MembershipRole, MembershipState, Organization
from server.organizations.rules import Deed
from server.web.templates import Templates
from tests.server.organizations import given
from tests.support.mailbox import mailbox, text_of
from tests.support.web import Site

MANAGER, MEMBER = MembershipRole.MANAGER, MembershipRole.MEMBER


async def invited(
    site: Site, *, role: MembershipRole = MEMBER, address: str = "new@sample.example"
) -> tuple[Organization, Account, Account]:
    """An organization, its manager, and somebody whom the manager has invited."""
    organization = await given.organization(site, await given.staff(site))
    manager = await given.manager(site, organization, "管理 人子")
    now = clock.now()
    async with site.database.writing() as db:
        who, _ = await accounts.account_for(
            db, address=address, name="新", reading="", locale="ja", zone="Asia/Tokyo", now=now
        )
        await actions.invite(
            db, organization.id, account_id=who.id, role=role, actor=manager.id, now=now
        )
        await mails.order(db, organization.id, account_id=who.id, now=now)
    return organization, manager, who


async def path_of(site: Site, *, at: str = "/invitation") -> str:
    """The path of the one invitation, with a token as its mail would carry it."""
    async with site.database.writing() as db:
        link = (await db.exec(select(Link).where(Link.kind == links.LinkKind.INVITATION))).one()
        return f"{at}/{await links.issue(db, link, now=clock.now())}"


async def state(site: Site, organization: Organization, who: Account) -> tuple[str, str] | None:
    async with site.database.reading() as db:
        row = await organizations.membership(db, organization.id, who.id)
    return (row.role, row.state) if row else None


@pytest.mark.parametrize("role", MembershipRole)
async def test_an_invitation_is_looked_at_often_and_accepted_once(
    site: Site, role: MembershipRole
) -> None:
    organization, _, who = await invited(site, role=role)
    path = await path_of(site)
    async with site.browser() as browser:
        for _ in range(2):
            shown = await browser.get(path)
            assert shown.status_code == 200
            assert organization.name in shown.text
            assert "管理 人子さんからの招待です" in shown.text
        assert await state(site, organization, who) == (role, MembershipState.INVITED)
        accepted = await browser.submit(path, path)
        leads_to = accepted.headers["location"]
        assert await state(site, organization, who) == (role, MembershipState.ACTIVE)
        there = await browser.get(leads_to)
        assert there.status_code == 200
        assert organization.name in there.text
        spent = await browser.get(path)
        assert spent.status_code == 410
        assert f'href="/organizations#{organization.id}"' in spent.text
    assert (f"/organizations/{organization.id}" == leads_to) is (role is MANAGER)
    async with site.database.reading() as db:
        assert await queries.is_verified(db, who.id)


async def test_the_mail_says_who_invites_to_what_until_when(site: Site) -> None:
    organization, _, _ = await invited(site, role=MANAGER)
    with mailbox() as box:
        names = {name.lower(): value for name, value in box.settings.items()}
        context: dict[str, Any] = {
            "settings": site.settings.model_copy(update=names | {"smtp_port": box.port}),
            "database": site.database,
            "templates": Templates(static_base="/static", development=True),
            "mail_kinds": worker.MAIL_KINDS,
        }
        await jobs.send_due(context)
        (mail,) = box.mails
    assert mail["To"] == "新 <new@sample.example>"
    assert mail["Subject"] == f"{organization.name}への招待"
    assert "管理 人子さんからの招待です" in text_of(mail)
    (path,) = set(re.findall(r"http://localhost:8000(/invitation/\S+)", text_of(mail)))
    async with site.browser() as browser:
        assert (await browser.get(path)).status_code == 200
    async with site.database.reading() as db:
        (link,) = (await db.exec(select(Link))).all()
    assert timedelta(hours=71) < link.expires_at - clock.now() <= links.LONGEST


async def test_a_link_is_for_its_own_purpose_only(site: Site) -> None:
    """Control: at its own page it works."""
    _, _, who = await invited(site)
    elsewhere = await path_of(site, at="/link")
    async with site.database.writing() as db:
        await accounts.ask_link(db, account_id=who.id, then="/", now=clock.now())
        login = (await db.exec(select(Link).where(Link.kind == links.LinkKind.LOGIN))).one()
        token = await links.issue(db, login, now=clock.now())
    async with site.browser() as browser:
        for path in (elsewhere, f"/invitation/{token}"):
            assert (await browser.get(path)).status_code == 410
            assert (await browser.submit("/login", path)).status_code == 410
        assert (await browser.get(elsewhere.replace("/link/", "/invitation/"))).status_code == 200
        assert (await browser.get(f"/link/{token}")).status_code == 200


async def test_an_invitation_that_was_taken_back_lets_nobody_in(site: Site) -> None:
    organization, manager, who = await invited(site)
    path = await path_of(site)
    async with site.browser() as browser:
        assert (await browser.get(path)).status_code == 200  # control
        async with site.database.writing() as db:
            await actions.decide(
                db,
                organization.id,
                account_id=who.id,
                deed=Deed.REMOVE,
                actor=manager.id,
                now=clock.now(),
            )
        assert (await browser.get(path)).status_code == 410
        assert (await browser.submit("/login", path)).status_code == 410
        assert who.name not in (await browser.get("/")).text
    async with site.database.reading() as db:
        assert not await queries.is_verified(db, who.id)
        (link,) = (await db.exec(select(Link))).all()
    assert link.used_at is None


async def test_a_mail_that_nobody_needs_any_more_is_not_written(site: Site) -> None:
    organization, _, who = await invited(site)
    async with site.database.writing() as db:
        mail = (await db.exec(select(OutgoingMail))).one()
        recipient = (await worker.MAIL_KINDS.recipients_of(db, [who.id]))[who.id]
        around = Surroundings(clock.now(), "http://localhost:8000", "a@b.example")
        assert await mails.compose(db, mail, recipient, around)  # control
        await actions.accept(db, organization.id, account_id=who.id, now=clock.now())
        assert await mails.compose(db, mail, recipient, around) is None


async def test_who_has_asked_is_in_by_an_invitation_and_needs_no_link(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    manager, who = await given.manager(site, organization), await given.account(site)
    async with site.database.writing() as db:
        await actions.ask(db, organization.id, account_id=who.id, now=clock.now())
        address = await queries.address_of(db, who.id)
    there = f"/organizations/{organization.id}"
    async with given.browser(site, manager) as browser:
        await browser.submit(there, f"{there}/invite", address=address, name="x")
    assert await state(site, organization, who) == (MEMBER, MembershipState.ACTIVE)
    async with site.database.reading() as db:
        kinds = set((await db.exec(select(OutgoingMail.kind))).all())
    assert kinds == {mails.ASKED, mails.DECIDED}


@pytest.mark.parametrize(("limit", "status"), [(2, 429), (3, 303)])
async def test_one_person_invites_only_so_many_in_an_hour(
    site: Site, limit: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second case is the control: with one more allowed the third passes."""
    monkeypatch.setattr("server.accounts.entering.PER_PERSON", RateLimitItemPerHour(limit))
    organization = await given.organization(site, await given.staff(site))
    there = f"/organizations/{organization.id}"
    async with given.browser(site, await given.manager(site, organization)) as browser:
        for number in range(3):
            address = f"{number}@sample.example"
            answer = await browser.submit(there, f"{there}/invite", address=address, name="x")
        assert answer.status_code == status
