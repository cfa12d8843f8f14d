"""Logins: authenticated browsers, revocable one by one."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from server.accounts.models import Account, Login
from server.accounts.tokens import new_token, token_hash
from server.core.db import Db
from server.core.errors import NotFound

SEEN_EVERY: Final = timedelta(minutes=5)
MAX_BROWSER: Final = 200


async def start(db: Db, *, account: Account, browser: str, now: datetime) -> str:
    """Log an account in on a browser; the token for its cookie."""
    token = new_token()
    login = Login(
        account_id=account.id,
        token_hash=token_hash(token),
        browser=browser[:MAX_BROWSER],
        created_at=now,
        seen_at=now,
    )
    db.add(login)
    return token


async def find(
    db: Db, token: str, *, now: datetime, lasts: timedelta
) -> tuple[Login, Account] | None:
    """The live login of a cookie's token, with its account; None when it has ended."""
    found = (
        select(Login, Account)
        .join(Account, col(Account.id) == col(Login.account_id))
        .where(
            Login.token_hash == token_hash(token),
            col(Login.revoked_at).is_(None),
            col(Login.seen_at) > now - lasts,
        )
    )
    return (await db.exec(found)).one_or_none()


async def touch(db: Db, login_id: UUID, *, now: datetime) -> None:
    """Remember that the login was used."""
    await db.exec(update(Login).where(col(Login.id) == login_id).values(seen_at=now))


async def revoke(db: Db, login_id: UUID, *, now: datetime) -> None:
    """End a login. Its live sockets end within 5 s."""
    open_login = (col(Login.id) == login_id, col(Login.revoked_at).is_(None))
    await db.exec(update(Login).where(*open_login).values(revoked_at=now))


async def own(db: Db, login_id: UUID, *, account_id: UUID) -> Login:
    """A login of this account.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = select(Login).where(Login.id == login_id, Login.account_id == account_id)
    login = (await db.exec(found)).one_or_none()
    if login is None:
        raise NotFound(login=login_id)
    return login


async def revoke_all(db: Db, account_id: UUID, *, now: datetime, but: UUID | None = None) -> int:
    """End every login of an account, save one; how many."""
    ended = [col(Login.account_id) == account_id, col(Login.revoked_at).is_(None)]
    if but is not None:
        ended.append(col(Login.id) != but)
    return (await db.exec(update(Login).where(*ended).values(revoked_at=now))).rowcount


async def live(db: Db, account_id: UUID, *, now: datetime, lasts: timedelta) -> list[Login]:
    """The logins of an account that have not ended, the last used first."""
    found = select(Login).where(
        Login.account_id == account_id,
        col(Login.revoked_at).is_(None),
        col(Login.seen_at) > now - lasts,
    )
    return list((await db.exec(found.order_by(col(Login.seen_at).desc()))).all())


async def last_seen(db: Db, account_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each account was here last, as far as its logins are kept."""
    found = (
        select(Login.account_id, func.max(Login.seen_at))
        .where(col(Login.account_id).in_(account_ids))
        .group_by(col(Login.account_id))
    )
    return dict((await db.exec(found)).all())


async def revoked(db: Db, login_ids: list[UUID], *, now: datetime, lasts: timedelta) -> set[UUID]:
    """Those of the logins that have ended."""
    live = select(Login.id).where(
        col(Login.id).in_(login_ids),
        col(Login.revoked_at).is_(None),
        col(Login.seen_at) > now - lasts,
    )
    return set(login_ids) - set((await db.exec(live)).all())


async def forget(db: Db, *, before: datetime) -> int:
    """Delete logins that nobody used since `before`, and revoked ones; how many."""
    ended = (col(Login.seen_at) < before) | (col(Login.revoked_at) < before)
    return (await db.exec(delete(Login).where(ended))).rowcount
