"""Pure decisions about accounts."""

from collections.abc import Collection
from uuid import UUID

from server.core.errors import DomainError


class LastStaff(DomainError):
    """Somebody must take care of the server."""

    code = "last_staff"


def ensure_staff_stays(staff: Collection[UUID], account_id: UUID) -> None:
    """Raise when an account is the only one of staff, which is about to be none.

    Raises:
        LastStaff
    """
    if set(staff) == {account_id}:
        raise LastStaff
