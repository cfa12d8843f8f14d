"""Reads of organizations and memberships."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from server.accounts import queries as accounts
from server.accounts.models import Account
from server.core import search
from server.core.db import Db
from server.core.errors import NotFound
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)

IN_VIEW = (MembershipState.ACTIVE, MembershipState.ASKED, MembershipState.INVITED)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs, has asked or is invited; the address one is written to."""

    membership: Membership
    account: Account
    address: str


async def by_id(db: Db, organization_id: UUID) -> Organization:
    """An organization.

    Raises:
        NotFound: there is none.
    """
    organization = await db.get(Organization, organization_id)
    if organization is None:
        raise NotFound(organization=organization_id)
    return organization


async def listed(db: Db, text: str, *, offset: int, limit: int) -> list[Organization]:
    """Organizations whose name or region contains a text, by name."""
    found = select(Organization).where(*_matching(text)).order_by(col(Organization.name))
    return list((await db.exec(found.offset(offset).limit(limit))).all())


async def count(db: Db, text: str) -> int:
    """How many organizations a search finds."""
    found = select(func.count()).select_from(Organization).where(*_matching(text))
    return (await db.exec(found)).one()


async def counts(
    db: Db, organization_ids: Collection[UUID]
) -> dict[UUID, Counter[MembershipState]]:
    """How many memberships each organization has, by their state."""
    found = (
        select(Membership.organization_id, Membership.state, func.count())
        .where(col(Membership.organization_id).in_(organization_ids))
        .group_by(col(Membership.organization_id), col(Membership.state))
    )
    every: dict[UUID, Counter[MembershipState]] = {each: Counter() for each in organization_ids}
    for organization_id, state, number in (await db.exec(found)).all():
        every[organization_id][MembershipState(state)] = number
    return every


async def members(db: Db, organization_id: UUID) -> list[Member]:
    """Who belongs to an organization, has asked or is invited, by reading."""
    found = (
        select(Membership, Account)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(Membership.organization_id == organization_id, col(Membership.state).in_(IN_VIEW))
        .order_by(col(Account.reading), col(Account.name), col(Account.id))
    )
    rows = (await db.exec(found)).all()
    addresses = await accounts.addresses_of(db, [account.id for _, account in rows])
    return [Member(row, account, addresses.get(account.id, "")) for row, account in rows]


async def membership(db: Db, organization_id: UUID, account_id: UUID) -> Membership | None:
    """An account's membership in an organization, in whatever state."""
    found = select(Membership).where(
        Membership.organization_id == organization_id, Membership.account_id == account_id
    )
    return (await db.exec(found)).one_or_none()


async def managers(db: Db, organization_id: UUID) -> set[UUID]:
    """The accounts that manage an organization."""
    found = select(Membership.account_id).where(
        Membership.organization_id == organization_id, *_managing()
    )
    return set((await db.exec(found)).all())


async def mine(db: Db, account_id: UUID) -> list[tuple[Membership, Organization]]:
    """An account's organizations, those it has asked and those that invite it; by name."""
    found = (
        select(Membership, Organization)
        .join(Organization, col(Organization.id) == col(Membership.organization_id))
        .where(
            Membership.account_id == account_id,
            col(Membership.state).in_((*IN_VIEW, MembershipState.DECLINED)),
        )
        .order_by(col(Organization.name))
    )
    return list((await db.exec(found)).all())


async def hosting(db: Db, account_id: UUID) -> list[Organization]:
    """The organizations in whose name an account may create events, by name."""
    found = (
        select(Organization)
        .join(Membership, col(Membership.organization_id) == col(Organization.id))
        .where(
            Membership.account_id == account_id,
            *_managing(),
            col(Organization.may_host).is_(True),
        )
        .order_by(col(Organization.name))
    )
    return list((await db.exec(found)).all())


def _matching(text: str) -> list[ColumnElement[bool]]:
    if not text:
        return []
    return [search.contains(Organization.name, text) | search.contains(Organization.region, text)]


def _managing() -> tuple[ColumnElement[bool], ...]:
    return (
        col(Membership.state) == MembershipState.ACTIVE,
        col(Membership.role) == MembershipRole.MANAGER,
    )
