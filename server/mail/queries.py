"""Reads of the outbox."""

from sqlmodel import col, select

from server.core.db import Db
from server.mail.models import OutgoingMail

PAGE = 50


async def newest(db: Db, *, limit: int = PAGE) -> list[OutgoingMail]:
    """The mails that were owed last, the newest first."""
    found = select(OutgoingMail).order_by(col(OutgoingMail.id).desc()).limit(limit)
    return list((await db.exec(found)).all())
