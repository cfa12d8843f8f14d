"""Reads of the outbox."""

from collections.abc import Collection

from sqlmodel import col, select

from server.core.db import Db
from server.mail.models import OutgoingMail

PAGE = 50


async def newest(db: Db, *, limit: int = PAGE) -> list[OutgoingMail]:
    """The mails that were owed last, the newest first."""
    found = select(OutgoingMail).order_by(col(OutgoingMail.id).desc()).limit(limit)
    return list((await db.exec(found)).all())


async def troubled(db: Db, kinds: Collection[str]) -> list[OutgoingMail]:
    """The mails of these kinds that the mail server has refused and not taken since."""
    found = select(OutgoingMail).where(
        col(OutgoingMail.kind).in_(kinds),
        col(OutgoingMail.error) != "",
        col(OutgoingMail.sent_at).is_(None),
    )
    return list((await db.exec(found.order_by(col(OutgoingMail.id).desc()).limit(1000))).all())
