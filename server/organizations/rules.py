"""Pure decisions about organizations and who belongs to them."""

from collections.abc import Collection
from enum import StrEnum
from uuid import UUID

from server.core.errors import DomainError, Forbidden
from server.organizations.models import Membership, MembershipRole, MembershipState


class Deed(StrEnum):
    """What is done with somebody's membership by those in charge."""

    APPROVE = "approve"
    DECLINE = "decline"
    MANAGER = "manager"
    MEMBER = "member"
    REMOVE = "remove"


class OrganizationNameTaken(DomainError):
    """Another organization has this name."""

    code = "organization_name_taken"


class OrganizationChanged(DomainError):
    """Somebody else has changed the organization since the form was opened."""

    code = "organization_changed"


class NotManager(Forbidden):
    """Only a manager of the organization, or staff, may do this."""

    code = "not_manager"


class LastManager(DomainError):
    """An organization that has a manager keeps one."""

    code = "last_manager"


class MembershipChanged(DomainError):
    """The membership is in another state by now."""

    code = "membership_changed"


class AlreadyMember(DomainError):
    """The person belongs to the organization already."""

    code = "already_member"


def manages(membership: Membership | None) -> bool:
    """Whether this membership makes one a manager."""
    return (
        membership is not None
        and membership.state is MembershipState.ACTIVE
        and membership.role is MembershipRole.MANAGER
    )


def ensure_in_charge(membership: Membership | None, *, is_staff: bool) -> None:
    """Raise unless one may decide for the organization.

    Raises:
        NotManager
    """
    if not (is_staff or manages(membership)):
        raise NotManager


def ensure_manager_stays(managers: Collection[UUID], account_id: UUID) -> None:
    """Raise when an account is the only manager, who is about to be none.

    Raises:
        LastManager
    """
    if set(managers) == {account_id}:
        raise LastManager


def after_asking(state: MembershipState | None) -> MembershipState:
    """What asking to join makes of a membership: who was invited has the yes already."""
    if state is MembershipState.INVITED:
        return MembershipState.ACTIVE
    if state is MembershipState.ACTIVE:
        return MembershipState.ACTIVE
    return MembershipState.ASKED


def after_inviting(state: MembershipState | None) -> MembershipState:
    """What an invitation makes of a membership: who has asked says yes by that.

    Raises:
        AlreadyMember
    """
    if state is MembershipState.ACTIVE:
        raise AlreadyMember
    return MembershipState.ACTIVE if state is MembershipState.ASKED else MembershipState.INVITED


def after_leaving(state: MembershipState) -> MembershipState:
    """What leaving, or taking a wish back, makes of a membership.

    Raises:
        MembershipChanged: there is nothing to leave.
    """
    if state is MembershipState.INVITED:
        return MembershipState.DECLINED
    if state in (MembershipState.ACTIVE, MembershipState.ASKED):
        return MembershipState.LEFT
    raise MembershipChanged


def after_deed(membership: Membership, deed: Deed) -> tuple[MembershipState, MembershipRole]:
    """State and role after a deed of those in charge.

    Raises:
        MembershipChanged: it cannot be done with it (any more).
    """
    before, state, role = membership.state, membership.state, membership.role
    if deed in (Deed.APPROVE, Deed.DECLINE) and before is MembershipState.ASKED:
        state = MembershipState.ACTIVE if deed is Deed.APPROVE else MembershipState.DECLINED
    elif deed in (Deed.MANAGER, Deed.MEMBER) and before is MembershipState.ACTIVE:
        role = MembershipRole(deed)
    elif deed is Deed.REMOVE and before in (MembershipState.ACTIVE, MembershipState.INVITED):
        state = MembershipState.LEFT
    else:
        raise MembershipChanged
    return state, role
