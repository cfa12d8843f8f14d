"""What an organization test starts from: an organization, people in it, somebody's browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.organizations import actions
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)
from tests.support.web import Browser, Site

NAME = "見本町 つながり推進室"


async def account(site: Site, name: str = "見本 花", **facts: object) -> Account:
    """Somebody with an account."""
    return await site.account(name, **{"address": f"{uuid4().hex}@sample.example"} | facts)


async def staff(site: Site) -> Account:
    """One who takes care of the server."""
    return await account(site, "係 始", is_staff=True)


async def organization(
    site: Site, actor: Account, *, name: str = NAME, may_host: bool = False
) -> Organization:
    """An organization with nobody in it."""
    async with site.database.writing() as db:
        made = await actions.found(db, name=name, region="見本県", actor=actor.id, now=clock.now())
        made.may_host = may_host
        return made


async def belongs(
    db: Db,
    organization: Organization,
    account: Account,
    *,
    role: MembershipRole = MembershipRole.MEMBER,
    state: MembershipState = MembershipState.ACTIVE,
) -> None:
    """Somebody's membership, as it stands."""
    row = Membership(account_id=account.id, organization_id=organization.id, asked_at=clock.now())
    row.role, row.state = role, state
    db.add(row)


async def manager(site: Site, organization: Organization, name: str = "管理 人子") -> Account:
    """Somebody who manages the organization."""
    who = await account(site, name)
    async with site.database.writing() as db:
        await belongs(db, organization, who, role=MembershipRole.MANAGER)
    return who


@asynccontextmanager
async def browser(site: Site, who: Account | None) -> AsyncIterator[Browser]:
    """The browser of somebody who has logged in, or of a guest."""
    async with site.browser() as opened:
        if who is not None:
            opened.hold(await site.login(who))
        yield opened
