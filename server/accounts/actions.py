"""What people do with accounts, one verb each."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError

from server.accounts import links, logins, queries
from server.accounts.links import LinkKind
from server.accounts.models import Account, Link, MailAddress
from server.core.db import Db
from server.core.errors import DomainError

FIRST_STAFF_LINK_LASTS: Final = timedelta(hours=24)


class AddressTaken(DomainError):
    """Another account has this mail address."""

    code = "address_taken"


async def open_account(
    db: Db,
    *,
    name: str,
    address: str,
    password_hash: str | None,
    now: datetime,
    reading: str = "",
    locale: str = "ja",
    is_staff: bool = False,
) -> Account:
    """Open an account with one verified mail address.

    Raises:
        AddressTaken: the address belongs to an account already.
    """
    account = Account(
        name=name,
        reading=reading,
        locale=locale,
        password_hash=password_hash,
        is_staff=is_staff,
        created_at=now,
    )
    db.add(account)
    await db.flush()
    kept = queries.canonical(address)
    db.add(MailAddress(account_id=account.id, address=kept, verified_at=now))
    try:
        await db.flush()
    except IntegrityError as error:
        raise AddressTaken from error
    return account


async def first_staff_link(db: Db, *, now: datetime) -> str | None:
    """A fresh link for the first staff account, or None once there is one.

    Only the newest link works, so an old print-out in a log is useless.
    """
    if await queries.any_staff(db):
        return None
    await links.withdraw(db, LinkKind.FIRST_STAFF)
    return await links.make(db, LinkKind.FIRST_STAFF, now=now, lasts=FIRST_STAFF_LINK_LASTS)


async def become_first_staff(
    db: Db,
    link: Link,
    *,
    name: str,
    address: str,
    password_hash: str,
    locale: str,
    browser: str,
    now: datetime,
) -> str:
    """Spend the first staff link: open the account and log it in; the login's token.

    Raises:
        LinkSpent: the link was used meanwhile.
        AddressTaken: the address belongs to an account already.
    """
    await links.spend(db, link, now=now)
    account = await open_account(
        db,
        name=name,
        address=address,
        password_hash=password_hash,
        locale=locale,
        is_staff=True,
        now=now,
    )
    return await logins.start(db, account=account, browser=browser, now=now)
