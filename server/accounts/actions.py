"""What people do with accounts, one verb each."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from server.accounts import audit, links, logins, queries, rules
from server.accounts.links import LinkKind
from server.accounts.models import Account, Link, MailAddress
from server.accounts.rules import PasswordChanged
from server.core.db import Db
from server.core.errors import DomainError
from server.core.ids import new_id
from server.mail import outbox

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
    zone: str = "Asia/Tokyo",
    is_staff: bool = False,
    verified: bool = True,
) -> Account:
    """Open an account with one mail address; `verified`: its owner has proven it.

    Raises:
        AddressTaken: the address belongs to an account already.
    """
    account = Account(
        name=name,
        reading=reading,
        locale=locale,
        zone=zone,
        password_hash=password_hash,
        is_staff=is_staff,
        created_at=now,
    )
    db.add(account)
    await db.flush()
    kept = queries.canonical(address)
    proven_at = now if verified else None
    db.add(MailAddress(account_id=account.id, address=kept, verified_at=proven_at))
    try:
        await db.flush()
    except IntegrityError as error:
        raise AddressTaken from error
    return account


async def account_for(
    db: Db, *, address: str, name: str, reading: str, locale: str, zone: str, now: datetime
) -> tuple[Account, bool]:
    """The account of a mail address; where there is none, a fresh one without a password whose
    address is not proven yet. The second value says whether it is fresh.
    """
    known = await queries.by_address(db, address)
    if known is not None:
        return known, False
    fresh = await open_account(
        db,
        name=name,
        reading=reading,
        address=address,
        password_hash=None,
        locale=locale,
        zone=zone,
        verified=False,
        now=now,
    )
    return fresh, True


async def ask_link(
    db: Db, *, account_id: UUID, then: str, now: datetime, due_at: datetime | None = None
) -> None:
    """Owe an account the mail with a link that logs in and leads on to `then`.

    One that is asked for again within a minute is under way already. `due_at`: not before, and in
    any case; None: at once.
    """
    address = await queries.address_of(db, account_id)
    if due_at is None and await links.mailed_just_now(
        db, account_id=account_id, target=then, now=now
    ):
        return
    link = await links.prepare(
        db, LinkKind.LOGIN, account_id=account_id, address=address, target=then, now=now
    )
    await outbox.order(
        db, kind=links.MAIL, subject=link.id, account_id=account_id, now=now, due_at=due_at
    )


async def pretend_link(db: Db, *, address: str, then: str, now: datetime) -> None:
    """What `ask_link` does for an account, for an address that nobody has: as many statements, a
    row that is written, nothing that is sent. So the time of an answer says as little as its words.

    In place of the owed mail, which staff would see, an update finds nothing.
    """
    nobody = new_id()
    await queries.addresses_of(db, [nobody])
    if await links.pretended_just_now(db, address=address, target=then, now=now):
        return
    await links.pretend(db, address=address, target=then, now=now)
    await outbox.withdraw(db, kind=links.MAIL, subject=nobody, now=now)


async def enter_by_link(db: Db, link: Link, *, browser: str, now: datetime) -> str:
    """Spend a mailed link: its address is proven, the browser logged in; the login's token.

    Raises:
        LinkSpent: the link was used meanwhile.
    """
    await links.spend(db, link, now=now)
    await db.exec(
        update(MailAddress)
        .where(
            col(MailAddress.account_id) == link.account_id,
            col(MailAddress.address) == link.address,
            col(MailAddress.verified_at).is_(None),
        )
        .values(verified_at=now)
    )
    account = await db.get_one(Account, link.account_id)
    return await logins.start(db, account=account, browser=browser, now=now)


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


async def make_staff(
    db: Db, account_id: UUID, *, is_staff: bool, actor: UUID, now: datetime
) -> None:
    """Make an account one of staff, or no longer. Doing it again changes nothing.

    Raises:
        LastStaff: nobody would be left.
    """
    staff = await queries.locked_staff(db)
    if (account_id in staff) == is_staff:
        return
    if not is_staff:
        rules.ensure_staff_stays(staff, account_id)
    account = await queries.by_id(db, account_id)
    account.is_staff = is_staff
    db.add(account)
    verb = "account.made_staff" if is_staff else "account.unmade_staff"
    about = audit.about("account", account_id)
    await audit.note(db, actor=actor, verb=verb, object=about, now=now, name=account.name)


async def end_logins(db: Db, account_id: UUID, *, actor: UUID, now: datetime) -> None:
    """End all logins of somebody else, whose device is lost."""
    account = await queries.by_id(db, account_id)
    ended = await logins.revoke_all(db, account_id, now=now)
    about = audit.about("account", account_id)
    await audit.note(
        db,
        actor=actor,
        verb="account.logins_ended",
        object=about,
        now=now,
        name=account.name,
        ended=ended,
    )


async def set_password(
    db: Db,
    account_id: UUID,
    *,
    before: str | None,
    password_hash: str,
    login_id: UUID | None,
    now: datetime,
) -> None:
    """Give an account another password; all its other logins end.

    Args:
        before: the hash that was checked.
        login_id: the login that goes on.

    Raises:
        PasswordChanged: the hash is another by now.
    """
    as_checked = (
        col(Account.id) == account_id,
        col(Account.password_hash).is_not_distinct_from(before),
    )
    changed = await db.exec(update(Account).where(*as_checked).values(password_hash=password_hash))
    if changed.rowcount != 1:
        raise PasswordChanged
    await logins.revoke_all(db, account_id, now=now, but=login_id)
    about = audit.about("account", account_id)
    await audit.note(db, actor=account_id, verb="account.password_set", object=about, now=now)
