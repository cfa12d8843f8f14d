"""Organizations and memberships on the database."""

import asyncio

import pytest

from server.accounts import audit
from server.accounts.models import Account
from server.core import clock
from server.organizations import actions, queries, rules
from server.organizations.models import (
    MembershipRole,
    MembershipState,
    Organization,
)
from server.organizations.rules import (
    Deed,
    LastManager,
    OrganizationChanged,
    OrganizationNameTaken,
)
from tests.server.organizations import given
from tests.support.web import Site


async def state(site: Site, organization: Organization, who: Account) -> MembershipState | None:
    async with site.database.reading() as db:
        row = await queries.membership(db, organization.id, who.id)
    return row.state if row else None


async def test_a_name_belongs_to_one_organization(site: Site) -> None:
    staff = await given.staff(site)
    await given.organization(site, staff, name="見本町")
    with pytest.raises(OrganizationNameTaken):
        await given.organization(site, staff, name="見本町")
    other = await given.organization(site, staff, name="見本市")
    with pytest.raises(OrganizationNameTaken):
        await _rename(site, other, staff, name="見本町", v=1)


async def test_of_two_edits_of_one_version_the_second_is_refused(site: Site) -> None:
    staff = await given.staff(site)
    organization = await given.organization(site, staff)
    await _rename(site, organization, staff, name="新しい名前", v=1)
    with pytest.raises(OrganizationChanged):
        await _rename(site, organization, staff, name="もう一つの名前", v=1)
    await _rename(site, organization, staff, name="もう一つの名前", v=2)


async def test_hosting_needs_the_permit_and_an_active_manager(site: Site) -> None:
    staff, who = await given.staff(site), await given.account(site)
    may = await given.organization(site, staff, name="ひらける団体", may_host=True)
    may_not = await given.organization(site, staff, name="ひらけない団体")
    member = await given.organization(site, staff, name="メンバーだけ", may_host=True)
    invited = await given.organization(site, staff, name="招待だけ", may_host=True)
    async with site.database.writing() as db:
        for each in (may, may_not):
            await given.belongs(db, each, who, role=MembershipRole.MANAGER)
        await given.belongs(db, member, who)
        await given.belongs(
            db, invited, who, role=MembershipRole.MANAGER, state=MembershipState.INVITED
        )
    async with site.database.reading() as db:
        assert [each.name for each in await queries.hosting(db, who.id)] == ["ひらける団体"]
        assert await queries.hosting(db, staff.id) == []


async def test_every_act_leaves_its_audit(site: Site) -> None:
    staff, who = await given.staff(site), await given.account(site)
    organization = await given.organization(site, staff)
    now = clock.now()
    async with site.database.writing() as db:
        there = organization.id
        await actions.let_host(db, there, may_host=True, actor=staff.id, now=now)
        await actions.let_host(db, there, may_host=True, actor=staff.id, now=now)  # once is enough
        await actions.ask(db, there, account_id=who.id, now=now)
        await actions.ask(db, there, account_id=who.id, now=now)
        await actions.decide(
            db, there, account_id=who.id, deed=Deed.APPROVE, actor=staff.id, now=now
        )
        await actions.leave(db, there, account_id=who.id, now=now)
    async with site.database.reading() as db:
        acts = await audit.of(db, audit.about("organization", organization.id))
    assert sorted((act.entry.verb, act.actor) for act in acts) == [
        ("membership.approve", staff.name),
        ("membership.asked", who.name),
        ("membership.left", who.name),
        ("organization.founded", staff.name),
        ("organization.may_host", staff.name),
    ]


async def test_the_last_manager_can_neither_leave_nor_be_unmade(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    last = await given.manager(site, organization)
    with pytest.raises(LastManager):
        await _leave(site, organization, last)
    for deed in (Deed.MEMBER, Deed.REMOVE):
        with pytest.raises(LastManager):
            await _decide(site, organization, last, deed)
    await given.manager(site, organization)
    await _leave(site, organization, last)
    assert await state(site, organization, last) is MembershipState.LEFT


@pytest.mark.parametrize("guarded", [True, False])
async def test_of_two_managers_who_leave_at_once_one_stays(
    site: Site, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second case is the control: without the rule both are gone."""
    if not guarded:
        monkeypatch.setattr(rules, "ensure_manager_stays", lambda *_: None)
    organization = await given.organization(site, await given.staff(site))
    both = [await given.manager(site, organization) for _ in range(2)]
    ends = await asyncio.gather(
        *(_leave(site, organization, who) for who in both), return_exceptions=True
    )
    stayed = [end for end in ends if isinstance(end, LastManager)]
    assert len(stayed) == (1 if guarded else 0)
    async with site.database.reading() as db:
        assert len(await queries.managers(db, organization.id)) == (1 if guarded else 0)


async def test_two_wishes_at_once_are_one(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    who = await given.account(site)

    async def ask() -> None:
        async with site.database.writing() as db:
            await actions.ask(db, organization.id, account_id=who.id, now=clock.now())

    await asyncio.gather(*(ask() for _ in range(5)))
    assert await state(site, organization, who) is MembershipState.ASKED


async def test_who_comes_back_comes_as_a_member(site: Site) -> None:
    staff = await given.staff(site)
    organization = await given.organization(site, staff)
    await given.manager(site, organization)
    once = await given.manager(site, organization)
    await _leave(site, organization, once)
    async with site.database.writing() as db:
        await actions.ask(db, organization.id, account_id=once.id, now=clock.now())
    await _decide(site, organization, once, Deed.APPROVE)
    async with site.database.reading() as db:
        assert once.id not in await queries.managers(db, organization.id)


async def test_search_knows_no_spaces_and_takes_signs_as_they_are(site: Site) -> None:
    staff = await given.staff(site)
    await given.organization(site, staff, name="見本町 つながり推進室")
    async with site.database.reading() as db:
        assert await queries.count(db, "町つながり") == 1
        assert await queries.count(db, "見本\N{IDEOGRAPHIC SPACE}町") == 1
        assert await queries.count(db, "見本県") == 1
        assert await queries.count(db, "%") == 0
        assert await queries.count(db, "_") == 0


async def _rename(
    site: Site, organization: Organization, staff: Account, *, name: str, v: int
) -> None:
    async with site.database.writing() as db:
        await actions.edit(
            db, organization.id, name=name, region="", v=v, actor=staff.id, now=clock.now()
        )


async def _leave(site: Site, organization: Organization, who: Account) -> None:
    async with site.database.writing() as db:
        await actions.leave(db, organization.id, account_id=who.id, now=clock.now())


async def _decide(site: Site, organization: Organization, who: Account, deed: Deed) -> None:
    async with site.database.writing() as db:
        await actions.decide(
            db, organization.id, account_id=who.id, deed=deed, actor=who.id, now=clock.now()
        )
