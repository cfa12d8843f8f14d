"""Reads of accounts."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.accounts.models import Account, MailAddress
from server.core import search
from server.core.db import Db
from server.core.errors import NotFound


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
    return account_id in await verified(db, [account_id])


async def verified(db: Db, account_ids: Collection[UUID]) -> set[UUID]:
    """Those of the accounts that have proven a mail address."""
    proven = select(MailAddress.account_id).where(
        col(MailAddress.account_id).in_(account_ids), col(MailAddress.verified_at).is_not(None)
    )
    return set((await db.exec(proven)).all())


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


async def by_id(db: Db, account_id: UUID) -> Account:
    """An account.

    Raises:
        NotFound: there is none.
    """
    account = await db.get(Account, account_id)
    if account is None:
        raise NotFound(account=account_id)
    return account


async def own_addresses(db: Db, account_id: UUID) -> list[MailAddress]:
    """The mail addresses of an account, the first one first."""
    found = select(MailAddress).where(MailAddress.account_id == account_id)
    return list((await db.exec(found.order_by(col(MailAddress.id)))).all())


async def listed(db: Db, text: str, *, offset: int, limit: int) -> list[Account]:
    """Accounts whose name, reading or address contains a text; by reading, those without last."""
    order = (col(Account.reading) == "", Account.reading, Account.name, Account.id)
    found = select(Account).where(*_matching(text)).order_by(*order)  # type: ignore[arg-type]
    return list((await db.exec(found.offset(offset).limit(limit))).all())


def matching(text: str) -> SelectOfScalar[UUID]:
    """The ids of the accounts that a search finds, for other reads to choose by."""
    return select(Account.id).where(*_matching(text))


async def count(db: Db, text: str) -> int:
    """How many accounts a search finds."""
    found = select(func.count()).select_from(Account).where(*_matching(text))
    return (await db.exec(found)).one()


async def locked_staff(db: Db) -> set[UUID]:
    """The accounts of staff, held, so that of two who leave at once one comes first."""
    found = select(Account.id).where(col(Account.is_staff).is_(True)).order_by(col(Account.id))
    return set((await db.exec(found.with_for_update())).all())


def _matching(text: str) -> list[ColumnElement[bool]]:
    if not text:
        return []
    at_address = select(MailAddress.account_id).where(search.contains(MailAddress.address, text))
    return [
        search.contains(Account.name, text)
        | search.contains(Account.reading, text)
        | search.contains(Account.roman, text)
        | col(Account.id).in_(at_address)
    ]
