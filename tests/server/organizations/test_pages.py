"""The organization pages over HTTP: what they do, and for whom they are there."""

from uuid import uuid4

import pytest
from sqlmodel import select

from server.accounts import queries as accounts
from server.accounts.actions import open_account
from server.core import clock
from server.mail.models import OutgoingMail
from server.organizations import actions, queries
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)
from tests.server.organizations import given
from tests.support.queries import cost
from tests.support.web import Site

STAFF = "/staff/organizations"


async def memberships(site: Site) -> set[tuple[MembershipState, MembershipRole]]:
    async with site.database.reading() as db:
        return {(row.state, row.role) for row in await db.exec(select(Membership))}


async def test_staff_found_edit_and_let_host(site: Site) -> None:
    async with given.browser(site, await given.staff(site)) as browser:
        made = await browser.submit(STAFF, STAFF, name="見本町", region="見本県")
        assert made.status_code == 303
        there = made.headers["location"]
        assert (await browser.submit(STAFF, STAFF, name="見本町")).status_code == 409
        assert (await browser.submit(STAFF, STAFF, name="")).status_code == 422
        edited = await browser.submit(there, there, name="見本 町", region="", v="1")
        assert edited.status_code == 303
        stale = await browser.submit(there, there, name="別の名前", v="1")
        assert stale.status_code == 409
        assert "別の名前" in stale.text  # what was typed is still there
        assert 'name="v" value="2"' in stale.text  # and can be sent again
        await browser.submit(there, f"{there}/host", may_host="true")
        async with site.database.reading() as db:
            (row,) = (await db.exec(select(Organization))).all()
        assert (row.name, row.region, row.may_host, row.v) == ("見本 町", "", True, 2)
        await browser.submit(there, f"{there}/host", may_host="false")
        assert "催しをひらけないようにしました" in (await browser.get(there)).text


async def test_asking_is_answered_by_a_manager(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    who = await given.account(site)
    there = f"/organizations/{organization.id}"
    async with given.browser(site, who) as browser:
        assert organization.name in (await browser.get("/organizations?q=見本町")).text
        asked = await browser.submit("/organizations", f"{there}/ask")
        assert (asked.status_code, asked.headers["location"]) == (303, "/organizations")
    async with given.browser(site, await given.manager(site, organization)) as browser:
        assert "1人が承認を待っています" in (await browser.get("/organizations")).text
        assert who.name in (await browser.get(there)).text
        member = f"{there}/members/{who.id}"
        assert (await browser.submit(there, member, deed="approve")).status_code == 303
        late = await browser.submit(there, member, deed="decline")
        assert late.status_code == 409
        assert (await browser.submit(there, member, deed="nonsense")).status_code == 409
        assert (await browser.submit(there, member, deed="manager")).status_code == 303
    assert await memberships(site) == {(MembershipState.ACTIVE, MembershipRole.MANAGER)}


async def test_the_last_manager_is_told_so_on_the_page(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    last = await given.manager(site, organization)
    there = f"/organizations/{organization.id}"
    async with given.browser(site, last) as browser:
        for answer in (
            await browser.submit("/organizations", f"{there}/leave"),
            await browser.submit(there, f"{there}/members/{last.id}", deed="remove"),
        ):
            assert answer.status_code == 409
            assert organization.name in answer.text
            assert 'role="alert"' in answer.text
    assert await memberships(site) == {(MembershipState.ACTIVE, MembershipRole.MANAGER)}


async def test_an_invited_person_says_yes_or_no(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    there = f"/organizations/{organization.id}"
    async with given.browser(site, await given.manager(site, organization)) as browser:
        for address in ("yes@sample.example", "no@sample.example"):
            sent = await browser.submit(
                there, f"{there}/invite", address=address, name="見本 誘", role="member"
            )
            assert sent.status_code == 303
        shown = (await browser.get(there)).text
        assert "yes@sample.example" in shown
        assert "見本 誘" not in shown  # a name is told when its person has said yes
    for address, answer in (("yes", "accept"), ("no", "leave")):
        async with site.database.reading() as db:
            invited = await accounts.by_address(db, f"{address}@sample.example")
        assert invited
        async with given.browser(site, invited) as browser:
            await browser.submit("/organizations", f"{there}/{answer}")
    assert await memberships(site) == {
        (MembershipState.ACTIVE, MembershipRole.MANAGER),
        (MembershipState.ACTIVE, MembershipRole.MEMBER),
        (MembershipState.DECLINED, MembershipRole.MEMBER),
    }


async def test_an_unknown_manager_gets_an_account_and_a_mail(site: Site) -> None:
    staff = await given.staff(site)
    organization = await given.organization(site, staff)
    there = f"{STAFF}/{organization.id}"
    invitation = {"address": "New@Sample.example", "name": "新 人子", "role": "manager"}
    async with given.browser(site, staff) as browser:
        assert (await browser.submit(there, f"{there}/invite", **invitation)).status_code == 303
        wrong = await browser.submit(there, f"{there}/invite", **invitation | {"address": "new"})
        assert wrong.status_code == 422
        for _ in range(4):
            await browser.submit(there, f"{there}/invite", **invitation)
        sixth = await browser.submit(there, f"{there}/invite", **invitation)
        assert sixth.status_code == 429
    async with site.database.reading() as db:
        fresh = await accounts.by_address(db, "new@sample.example")
        assert fresh
        assert (fresh.name, fresh.password_hash, fresh.is_staff) == ("新 人子", None, False)
        assert not await accounts.is_verified(db, fresh.id)
        mails = (await db.exec(select(OutgoingMail))).all()
    assert {(mail.account_id, mail.kind) for mail in mails} == {(fresh.id, "invitation")}
    assert await memberships(site) == {(MembershipState.INVITED, MembershipRole.MANAGER)}


async def test_who_belongs_is_not_invited_again(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    manager = await given.manager(site, organization)
    there = f"/organizations/{organization.id}"
    async with site.database.reading() as db:
        address = await accounts.address_of(db, manager.id)
    async with given.browser(site, manager) as browser:
        again = await browser.submit(there, f"{there}/invite", address=address, name="x")
        assert again.status_code == 409
    assert await memberships(site) == {(MembershipState.ACTIVE, MembershipRole.MANAGER)}


@pytest.mark.parametrize("state", [*MembershipState, None])
@pytest.mark.parametrize("at", ["/organizations", STAFF])
async def test_others_have_no_office(site: Site, state: MembershipState | None, at: str) -> None:
    """Neither a member nor one who was a manager: 403 at the managers' page, 404 at staff's."""
    organization = await given.organization(site, await given.staff(site))
    await given.manager(site, organization)
    who = await given.account(site)
    if state is not None:
        role = MembershipRole.MEMBER if state == "active" else MembershipRole.MANAGER
        async with site.database.writing() as db:
            await given.belongs(db, organization, who, role=role, state=state)
    there, before = f"{at}/{organization.id}", await memberships(site)
    expected = 404 if at == STAFF else 403
    async with given.browser(site, who) as browser:
        assert (await browser.get(there)).status_code == expected
        for path, fields in (
            (f"{there}/members/{who.id}", {"deed": "manager"}),
            (f"{there}/members/{who.id}", {"deed": "approve"}),
            (f"{there}/invite", {"address": "a@b.example", "name": "x"}),
        ):
            answer = await browser.submit("/organizations", path, **fields)
            assert answer.status_code == expected, path
    assert await memberships(site) == before


async def test_a_manager_of_another_organization_is_nobody_here(site: Site) -> None:
    staff = await given.staff(site)
    here = await given.organization(site, staff, name="ここ")
    there = await given.organization(site, staff, name="よそ")
    async with given.browser(site, await given.manager(site, there)) as browser:
        assert (await browser.get(f"/organizations/{there.id}")).status_code == 200  # control
        assert (await browser.get(f"/organizations/{here.id}")).status_code == 403


async def test_staff_only_acts_are_not_a_managers(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    there = f"{STAFF}/{organization.id}"
    async with given.browser(site, await given.manager(site, organization)) as browser:
        for path, fields in (
            (STAFF, {"name": "わたしの団体"}),
            (there, {"name": "別", "v": "1"}),
            (f"{there}/host", {"may_host": "true"}),
        ):
            assert (await browser.submit("/organizations", path, **fields)).status_code == 404
        assert (await browser.get(STAFF)).status_code == 404
    async with site.database.reading() as db:
        (row,) = (await db.exec(select(Organization))).all()
    assert (row.name, row.may_host) == (given.NAME, False)


async def test_guests_are_sent_to_log_in(site: Site) -> None:
    organization = await given.organization(site, await given.staff(site))
    async with given.browser(site, None) as browser:
        for path in ("/organizations", f"/organizations/{organization.id}", STAFF):
            answer = await browser.get(path)
            assert (answer.status_code, answer.headers["location"][:7]) == (303, "/login?")
        for act in ("ask", "accept", "leave"):
            answer = await browser.submit("/login", f"/organizations/{organization.id}/{act}")
            assert answer.headers["location"].startswith("/login?")
    assert await memberships(site) == set()


async def test_what_is_not_there_is_not_found(site: Site) -> None:
    async with given.browser(site, await given.staff(site)) as browser:
        for path in (f"{STAFF}/{uuid4()}", f"/organizations/{uuid4()}"):
            assert (await browser.get(path)).status_code == 404
        asked = await browser.submit("/organizations", f"/organizations/{uuid4()}/ask")
        assert asked.status_code == 404


async def test_lists_cost_as_many_statements_for_one_row_as_for_five_hundred(site: Site) -> None:
    staff = await given.staff(site)
    full = await given.organization(site, staff, name="大きな団体")
    manager = await given.manager(site, full)
    pages = (STAFF, f"{STAFF}/{full.id}", f"/organizations/{full.id}", "/organizations?q=団体")
    async with given.browser(site, staff) as browser, given.browser(site, manager) as own:
        looks = dict.fromkeys(pages, browser) | {pages[-1]: own}
        counts = []
        for more in (0, 499):
            await _crowd(site, full, manager.id, more)
            counts.append(
                {
                    path: await cost(site.database, lambda at=path, by=opened: by.get(at))  # type: ignore[misc]
                    for path, opened in looks.items()
                }
            )
        second = await browser.get(f"{STAFF}?page=2")
    assert counts[0] == counts[1]
    assert "500件のうち 51–100" in second.text
    assert second.text.count('class="list-row"') == 50


async def _crowd(site: Site, full: Organization, manager_id: object, more: int) -> None:
    """So many more organizations, each with the manager; so many more members of one."""
    now = clock.now()
    async with site.database.writing() as db:
        for number in range(more):
            place = f"{uuid4().hex}@sample.example"
            who = await open_account(
                db, name=f"見本 {number}", address=place, password_hash=None, now=now
            )
            await given.belongs(db, full, who)
            made = Organization(name=f"団体 {number}", created_at=now)
            db.add(made)
            await db.flush()
            await actions.ask(db, made.id, account_id=manager_id, now=now)  # type: ignore[arg-type]
    async with site.database.reading() as db:
        assert len(await queries.members(db, full.id)) == more + 1
