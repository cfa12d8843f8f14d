"""What a mail can be: the slices above bring their kinds, the composition root puts them together.

A kind is a function that writes the mail from what is true at the moment of sending, in the
reader's language and zone.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from server.core.db import Db
from server.core.i18n import Locale
from server.mail.models import OutgoingMail


class Recipient(NamedTuple):
    """Who gets the mail."""

    account_id: UUID
    address: str
    name: str
    locale: Locale
    zone: str


class Surroundings(NamedTuple):
    """What a mail may depend on beside the database."""

    now: datetime
    public_url: str  # without a slash at its end; every link of a mail begins with it
    sender: str  # the mail address that everything is sent from


class Calendar(NamedTuple):
    """An iCalendar object (RFC 5545) and its method (RFC 5546)."""

    content: bytes
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail before it is rendered: `templates/mail/<template>.html` and `.txt` with `context`.

    `reply_to`: the mail address that answers go to; empty: nobody reads them.
    """

    subject: str
    template: str
    reply_to: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    calendar: Calendar | None = None


# Runs in a short write transaction, so that it may make the link that the mail carries. None:
# nobody needs the mail any more.
Compose = Callable[[Db, OutgoingMail, Recipient, Surroundings], Awaitable[Letter | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKinds:
    """Every kind of mail by its name, and how accounts become recipients, in one query."""

    recipients_of: Callable[[Db, Collection[UUID]], Awaitable[dict[UUID, Recipient]]]
    composes: Mapping[str, Compose]
