"""Owing mails to people. The row is committed with what it tells of; the worker does the rest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from server.core.db import Db
from server.core.ids import new_id
from server.mail.models import OutgoingMail


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
