"""The outbox: mails that are owed to people, sent once each by the worker."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint

from server.core.columns import Row, moment


class OutgoingMail(Row, table=True):
    """A mail that is owed to an account. Its text is made when it is sent.

    `subject` is the id of what the mail is about, as text; `revision` counts the states of it that
    people are told of, so that ordering a mail twice owes it once. `claimed_at` is set by the
    worker that is about to hand it over to the mail server.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (UniqueConstraint("kind", "subject", "revision", "account_id"),)

    kind: str
    subject: str
    revision: int = 1
    account_id: UUID
    created_at: datetime = moment()
    due_at: datetime = moment(index=True)
    claimed_at: datetime | None = moment(default=None)
    attempts: int = 0
    sent_at: datetime | None = moment(default=None)
    dropped_at: datetime | None = moment(default=None)  # nobody needs it any more
    error: str = ""
