"""Pure decisions about accounts."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from server.core.errors import DomainError

LINK_PROVES_FOR: Final = timedelta(minutes=15)  # who forgot the password sets it meanwhile


class LastStaff(DomainError):
    """Somebody must take care of the server."""

    code = "last_staff"


class PasswordChanged(DomainError):
    """The password was changed elsewhere since the form was opened."""

    code = "password_changed"


def asks_present_password(
    *, has_password: bool, came_by_link_at: datetime | None, now: datetime
) -> bool:
    """Whether one must show the present password to set another.

    Not where there is none, and not for a while after this very login has begun by a mailed link:
    who reads the account's mail could get a new password anyway.
    """
    if not has_password:
        return False
    return came_by_link_at is None or now >= came_by_link_at + LINK_PROVES_FOR


def ensure_staff_stays(staff: Collection[UUID], account_id: UUID) -> None:
    """Raise when an account is the only one of staff, which is about to be none.

    Raises:
        LastStaff
    """
    if set(staff) == {account_id}:
        raise LastStaff
