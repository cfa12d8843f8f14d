"""Reads of the outbox."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.core.db import Db
from server.mail.models import OutgoingMail


class Shown(StrEnum):
    """Which mails of the outbox are looked at."""

    ALL = ""
    OPEN = "open"  # still to be sent
    FAILED = "failed"  # refused by the mail server, and not taken since
    SENT = "sent"


async def listed(
    db: Db,
    shown: Shown,
    *,
    readers: SelectOfScalar[UUID] | None,
    offset: int,
    limit: int,
) -> list[OutgoingMail]:
    """Mails, those that were owed last first.

    Args:
        readers: the accounts whose mails are looked for; None: everybody's.
    """
    found = select(OutgoingMail).where(*_shown(shown, readers))
    ordered = found.order_by(col(OutgoingMail.id).desc())
    return list((await db.exec(ordered.offset(offset).limit(limit))).all())


async def count(db: Db, shown: Shown, *, readers: SelectOfScalar[UUID] | None) -> int:
    """How many mails there are of these."""
    found = select(func.count()).select_from(OutgoingMail).where(*_shown(shown, readers))
    return (await db.exec(found)).one()


async def troubled(db: Db, kinds: Collection[str]) -> list[OutgoingMail]:
    """The mails of these kinds that the mail server has refused and not taken since."""
    found = select(OutgoingMail).where(col(OutgoingMail.kind).in_(kinds), *_SHOWN[Shown.FAILED])
    return list((await db.exec(found.order_by(col(OutgoingMail.id).desc()).limit(1000))).all())


_UNSENT: Final = col(OutgoingMail.sent_at).is_(None)
_SHOWN: Final[dict[Shown, tuple[ColumnElement[bool], ...]]] = {
    Shown.ALL: (),
    Shown.OPEN: (_UNSENT, col(OutgoingMail.dropped_at).is_(None)),
    Shown.FAILED: (_UNSENT, col(OutgoingMail.error) != ""),
    Shown.SENT: (col(OutgoingMail.sent_at).is_not(None),),
}


def _shown(shown: Shown, readers: SelectOfScalar[UUID] | None) -> tuple[ColumnElement[bool], ...]:
    if readers is None:
        return _SHOWN[shown]
    return (*_SHOWN[shown], col(OutgoingMail.account_id).in_(readers))
