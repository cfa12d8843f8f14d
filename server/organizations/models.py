"""Organizations, and the accounts that belong to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from server.core.columns import Row, choice, moment


class MembershipRole(StrEnum):
    """What an account may do for its organization."""

    MEMBER = "member"
    MANAGER = "manager"


class MembershipState(StrEnum):
    """Whether the account belongs to it yet, or still."""

    ASKED = "asked"  # by the person: waits for a yes of the organization
    INVITED = "invited"  # by the organization: waits for the person's yes
    ACTIVE = "active"
    DECLINED = "declined"
    LEFT = "left"


class Organization(Row, table=True):
    """A municipality, company or association. With `may_host` its managers create events."""

    name: str = Field(unique=True)
    region: str = ""
    may_host: bool = False
    created_at: datetime = moment()
    v: int = 1


class Membership(Row, table=True):
    """An account in an organization; one who asks waits for a manager's or staff's yes.

    `decided_by` said the last word: who approved, declined, invited or removed.
    """

    __table_args__ = (UniqueConstraint("account_id", "organization_id"),)

    account_id: UUID = Field(foreign_key="account.id")
    organization_id: UUID = Field(foreign_key="organization.id", index=True)
    role: MembershipRole = choice(MembershipRole, default=MembershipRole.MEMBER)
    state: MembershipState = choice(MembershipState, default=MembershipState.ASKED)
    asked_at: datetime = moment()
    decided_at: datetime | None = moment(default=None)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
