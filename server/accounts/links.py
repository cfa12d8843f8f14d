"""Single-use links, bound to one purpose, kept as hashes, at most 72 hours."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import col, select

from server.accounts.models import Link, Login
from server.accounts.tokens import new_token, token_hash
from server.core.db import Db
from server.core.errors import Gone
from server.web.visitor import HOME

LONGEST: Final = timedelta(hours=72)
MAIL: Final = "login_link"  # the kind of the mail that carries one to log in
MAILED_LASTS: Final = timedelta(hours=24)
INVITATION_LASTS: Final = LONGEST
FRESH_FOR: Final = timedelta(seconds=60)  # no second link to the same place is mailed before


class LinkKind(StrEnum):
    """What a link is for."""

    FIRST_STAFF = "first_staff"
    LOGIN = "login"  # mailed; proves the address and logs in
    INVITATION = "invitation"  # likewise, and says yes to an organization
    TEAM_SEAT = "team_seat"  # likewise, and sits down for a team
    MENTOR = "mentor"  # likewise, and answers an invitation to be a mentor
    TEAM_PAPER = "team_paper"  # printed, for who has no mail address there yet
    PRETENDED = "pretended"  # for an address that nobody has; no page knows it


# Those that are mailed, so that they prove an address, and how long each lasts.
MAILED: Final = {
    LinkKind.LOGIN: MAILED_LASTS,
    LinkKind.INVITATION: INVITATION_LASTS,
    LinkKind.TEAM_SEAT: INVITATION_LASTS,
    LinkKind.MENTOR: INVITATION_LASTS,
}


class LinkSpent(Gone):
    """The link was used, has run out, or never existed."""

    code = "link_spent"


async def make(
    db: Db,
    kind: LinkKind,
    *,
    now: datetime,
    lasts: timedelta,
    account_id: UUID | None = None,
    target: str = "",
) -> str:
    """Make a link; the token for its address `/link/{token}`, or that of its kind's own page."""
    assert lasts <= LONGEST
    token = new_token()
    link = Link(
        kind=kind,
        token_hash=token_hash(token),
        account_id=account_id,
        target=target,
        expires_at=now + lasts,
    )
    db.add(link)
    return token


async def prepare(
    db: Db, kind: LinkKind, *, account_id: UUID, address: str, target: str, now: datetime
) -> Link:
    """A link whose token nobody knows yet: `issue` makes one when its mail is written.

    `target` is the path on our site to go to after it.
    """
    link = Link(
        kind=kind,
        token_hash=token_hash(new_token()),
        account_id=account_id,
        address=address,
        target=target,
        expires_at=now + MAILED[kind],
    )
    db.add(link)
    await db.flush()
    return link


async def pretend(db: Db, *, address: str, target: str, now: datetime) -> None:
    """The work of `prepare` for an address that nobody has, of which only a hash is kept."""
    link = Link(
        kind=LinkKind.PRETENDED,
        token_hash=token_hash(new_token()),
        address=token_hash(address),
        target=target,
        expires_at=now + FRESH_FOR,
    )
    db.add(link)
    await db.flush()


async def mailed_just_now(db: Db, *, account_id: UUID, target: str, now: datetime) -> bool:
    """Whether an unspent link to the same place was ordered or sent within the last minute."""
    whose = (col(Link.kind) == LinkKind.LOGIN, col(Link.account_id) == account_id)
    return await _fresh(db, *whose, target=target, expires_after=now + MAILED_LASTS - FRESH_FOR)


async def pretended_just_now(db: Db, *, address: str, target: str, now: datetime) -> bool:
    """The same of a link that was pretended."""
    whose = (col(Link.kind) == LinkKind.PRETENDED, col(Link.address) == token_hash(address))
    return await _fresh(db, *whose, target=target, expires_after=now)


async def _fresh(db: Db, *whose: ColumnElement[bool], target: str, expires_after: datetime) -> bool:
    unspent = (
        col(Link.target) == target,
        col(Link.used_at).is_(None),
        col(Link.expires_at) > expires_after,
    )
    return (await db.exec(select(Link.id).where(*whose, *unspent).limit(1))).first() is not None


async def issue(db: Db, link: Link, *, now: datetime) -> str:
    """A fresh token for a prepared link, whose former token is worth nothing from now on.

    The time counts from here, so that a mail which had to wait is not late when it comes.
    """
    token = new_token()
    link.token_hash = token_hash(token)
    link.expires_at = now + MAILED[LinkKind(link.kind)]
    db.add(link)
    return token


async def owed(db: Db, link_id: str) -> Link | None:
    """The link that a mail is about to carry; None: it was used, or is gone."""
    link = await db.get(Link, UUID(link_id))
    return link if link is not None and link.used_at is None else None


async def look(db: Db, token: str, *, kinds: Collection[LinkKind], now: datetime) -> Link:
    """The link of a token, unspent. Looking does not spend it: mail gateways look by themselves.

    Args:
        kinds: what the page is for; a link for something else is none.

    Raises:
        LinkSpent: it cannot be used (any more).
    """
    usable = (
        Link.token_hash == token_hash(token),
        col(Link.kind).in_(kinds),
        col(Link.used_at).is_(None),
        col(Link.expires_at) > now,
    )
    link = (await db.exec(select(Link).where(*usable))).one_or_none()
    if link is None:
        raise LinkSpent
    return link


async def target_of(db: Db, token: str) -> str:
    """Where a link led that may be spent, as long as it is remembered; else one's own page."""
    found = select(Link.target).where(Link.token_hash == token_hash(token))
    return (await db.exec(found)).one_or_none() or HOME


async def spend(db: Db, link: Link, *, now: datetime) -> None:
    """Use the link up.

    Raises:
        LinkSpent: another request was quicker.
    """
    unused = (col(Link.id) == link.id, col(Link.used_at).is_(None))
    spent = await db.exec(update(Link).where(*unused).values(used_at=now))
    if spent.rowcount != 1:
        raise LinkSpent


async def began(db: Db, login_id: UUID) -> datetime | None:
    """When a login began by a mailed link; None: it began otherwise.

    A link is spent at the very moment at which its login begins (`actions.enter_by_link`).
    """
    found = (
        select(Link.used_at)
        .join(Login, col(Login.account_id) == col(Link.account_id))
        .where(
            Login.id == login_id,
            col(Link.kind).in_(MAILED),
            col(Link.used_at) == col(Login.created_at),
        )
    )
    return (await db.exec(found.limit(1))).first()


async def withdraw(db: Db, kind: LinkKind, *, target: str | None = None) -> None:
    """Make all unspent links of a kind useless, or those of them that lead to one place."""
    unspent = (col(Link.kind) == kind, col(Link.used_at).is_(None))
    there = () if target is None else (col(Link.target) == target,)
    await db.exec(delete(Link).where(*unspent, *there))


async def forget(db: Db, *, now: datetime) -> int:
    """Delete links that have run out; how many."""
    return (await db.exec(delete(Link).where(col(Link.expires_at) < now))).rowcount
