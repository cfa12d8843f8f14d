"""Reads of accounts."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account, MailAddress
from server.core.db import Db


def canonical(address: str) -> str:
    """The form in which an address is kept and compared."""
    return address.strip().lower()


async def by_address(db: Db, address: str) -> Account | None:
    """The account that owns a mail address."""
    found = (
        select(Account)
        .join(MailAddress, col(MailAddress.account_id) == col(Account.id))
        .where(MailAddress.address == canonical(address))
    )
    return (await db.exec(found)).one_or_none()


async def any_staff(db: Db) -> bool:
    """Whether anybody is staff yet."""
    staff = select(Account.id).where(col(Account.is_staff).is_(True)).limit(1)
    return (await db.exec(staff)).first() is not None


async def is_verified(db: Db, account_id: UUID) -> bool:
    """Whether the account has proven a mail address; without, it enters no room."""
    proven = select(MailAddress.id).where(
        MailAddress.account_id == account_id, col(MailAddress.verified_at).is_not(None)
    )
    return (await db.exec(proven.limit(1))).first() is not None


async def address_of(db: Db, account_id: UUID) -> str:
    """The mail address that an account is written to: its first."""
    found = select(MailAddress.address).where(MailAddress.account_id == account_id)
    return (await db.exec(found.order_by(col(MailAddress.id)).limit(1))).one()


async def addresses_of(db: Db, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The mail address that each account is written to: its first."""
    found = select(MailAddress.account_id, MailAddress.address).where(
        col(MailAddress.account_id).in_(account_ids)
    )
    # The first address comes last, and so is what stays.
    return dict((await db.exec(found.order_by(col(MailAddress.id).desc()))).all())
