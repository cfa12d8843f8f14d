"""Owing mails to people. The row is committed with what it tells of; the worker does the rest."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.core.db import Db
from server.core.ids import new_id
from server.mail import rules
from server.mail.models import OutgoingMail

LONGEST_ERROR: Final = 300


async def order(
    db: Db,
    *,
    kind: str,
    subject: UUID | str,
    account_id: UUID,
    now: datetime,
    revision: int = 1,
    due_at: datetime | None = None,
) -> None:
    """Owe a mail to an account, once: ordering it again changes nothing.

    Args:
        kind: which slice's text it is.
        subject: the id of what the mail is about.
        revision: of the subject's state; a new one owes a new mail.
        due_at: not to be sent before; None: at once.
    """
    dialect = db.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    mail = insert(OutgoingMail).values(
        id=new_id(),
        kind=kind,
        subject=str(subject),
        revision=revision,
        account_id=account_id,
        created_at=now,
        due_at=due_at or now,
        attempts=0,
        error="",
    )
    await db.exec(mail.on_conflict_do_nothing())


async def order_anew(
    db: Db, *, kind: str, subject: UUID | str, account_ids: Collection[UUID], now: datetime
) -> None:
    """Owe accounts a mail about a new state of a subject that does not count its states itself.

    What was owed of the state before and is not sent yet is not owed any more. Whoever calls holds
    the subject, so that of two states one comes first.
    """
    await withdraw(db, kind=kind, subject=subject, now=now)
    newest = select(func.max(OutgoingMail.revision)).where(*_about(kind, subject))
    revision = ((await db.exec(newest)).one() or 0) + 1
    for account_id in sorted(account_ids):
        await order(
            db, kind=kind, subject=subject, account_id=account_id, now=now, revision=revision
        )


async def withdraw(db: Db, *, kind: str, subject: UUID | str, now: datetime) -> None:
    """Owe nobody the mails about a subject that no worker has taken yet."""
    untaken = (
        update(OutgoingMail)
        .where(
            *_about(kind, subject),
            col(OutgoingMail.sent_at).is_(None),
            col(OutgoingMail.dropped_at).is_(None),
            col(OutgoingMail.claimed_at).is_(None),
        )
        .values(dropped_at=now)
    )
    await db.exec(untaken)


async def again(db: Db, mail_id: UUID, *, now: datetime) -> bool:
    """Try a mail anew that the mail server has refused; False: it has not, or is being asked."""
    refused = (
        update(OutgoingMail)
        .where(
            col(OutgoingMail.id) == mail_id,
            col(OutgoingMail.sent_at).is_(None),
            col(OutgoingMail.error) != "",
            _in_no_hands(now),
        )
        .values(due_at=now, attempts=0, dropped_at=None, claimed_at=None, error="")
    )
    return (await db.exec(refused)).rowcount == 1


async def told(db: Db, *, kind: str, subject: UUID | str) -> int | None:
    """The newest revision of a subject that people were told of, or are being told of now."""
    gone = col(OutgoingMail.sent_at).is_not(None) | (
        col(OutgoingMail.claimed_at).is_not(None) & col(OutgoingMail.dropped_at).is_(None)
    )
    return (
        await db.exec(select(func.max(OutgoingMail.revision)).where(*_about(kind, subject), gone))
    ).one()


async def due(db: Db, *, now: datetime, limit: int) -> list[UUID]:
    """The ids of mails that a worker may take, the oldest first."""
    found = select(OutgoingMail.id).where(*_claimable(now)).order_by(col(OutgoingMail.due_at))
    return list((await db.exec(found.limit(limit))).all())


async def claim(db: Db, mail_id: UUID, *, now: datetime) -> OutgoingMail | None:
    """Take a mail, so that no other worker does; None when another was quicker."""
    claimed = (
        update(OutgoingMail)
        .where(col(OutgoingMail.id) == mail_id, *_claimable(now))
        .values(claimed_at=now, attempts=OutgoingMail.attempts + 1)
    )
    if not (await db.exec(claimed)).rowcount:
        return None
    return await db.get_one(OutgoingMail, mail_id, populate_existing=True)


async def sent(db: Db, mail_id: UUID, *, now: datetime) -> None:
    """The mail server has taken it."""
    await _set(db, mail_id, sent_at=now, claimed_at=None, error="")


async def dropped(db: Db, mail_id: UUID, *, now: datetime) -> None:
    """Nobody needs it any more."""
    await _set(db, mail_id, dropped_at=now, claimed_at=None, error="")


async def undeliverable(db: Db, mail_id: UUID, *, error: str, now: datetime) -> None:
    """The mail server will never take it; staff see why."""
    await _set(db, mail_id, dropped_at=now, claimed_at=None, error=error[:LONGEST_ERROR])


async def failed(db: Db, mail: OutgoingMail, *, error: str, now: datetime) -> None:
    """It could not be handed over; it is tried again after a pause."""
    again = now + rules.pause_after(mail.attempts)
    await _set(db, mail.id, due_at=again, claimed_at=None, error=error[:LONGEST_ERROR])


async def postpone(db: Db, mail_id: UUID, *, error: str, now: datetime) -> None:
    """It could not even be made; it is tried again, seldom."""
    again = now + rules.LONGEST_PAUSE
    await _set(db, mail_id, due_at=again, claimed_at=None, error=error[:LONGEST_ERROR])


def _about(kind: str, subject: UUID | str) -> tuple[ColumnElement[bool], ...]:
    return col(OutgoingMail.kind) == kind, col(OutgoingMail.subject) == str(subject)


async def _set(db: Db, mail_id: UUID, **values: object) -> None:
    await db.exec(update(OutgoingMail).where(col(OutgoingMail.id) == mail_id).values(**values))


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Due, and in no living worker's hands."""
    return (
        col(OutgoingMail.sent_at).is_(None),
        col(OutgoingMail.dropped_at).is_(None),
        col(OutgoingMail.due_at) <= now,
        _in_no_hands(now),
    )


def _in_no_hands(now: datetime) -> ColumnElement[bool]:
    claimed = col(OutgoingMail.claimed_at)
    return claimed.is_(None) | (claimed <= now - rules.CLAIM_LASTS)
