"""Reads of organizations."""

from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)


async def hosting(db: Db, account_id: UUID) -> list[Organization]:
    """The organizations for which an account may create events, by name."""
    found = (
        select(Organization)
        .join(Membership, col(Membership.organization_id) == col(Organization.id))
        .where(
            Membership.account_id == account_id,
            col(Membership.role) == MembershipRole.MANAGER,
            col(Membership.state) == MembershipState.ACTIVE,
            col(Organization.may_host).is_(True),
        )
    )
    return list((await db.exec(found.order_by(col(Organization.name)))).all())
