"""The job of the outbox: take what is due, write it, hand it over."""

from typing import Any, Final
from uuid import UUID

import aiosmtplib
import anyio
import structlog

from server.core import clock
from server.core.config import Settings
from server.core.db import Database
from server.mail import outbox, smtp
from server.mail.kinds import MailKinds, Recipient
from server.mail.models import OutgoingMail
from server.mail.render import compose, render
from server.mail.smtp import Rendered

log = structlog.get_logger()

AT_ONCE: Final = 50  # mails of one run at most; the next run comes within two seconds
RUN_SECONDS: Final = 4  # a run begins no further mail after it: arq ends what takes 20 s


async def send_due(context: dict[Any, Any]) -> None:
    """Send the mails that are due, one after the other. Any number of workers may do so.

    A mail is claimed before and marked after it is handed over, each in a transaction of its own.
    Who dies in between leaves a claim that runs out after 60 s. Without a mail server, in
    development only, all mails wait in the outbox page.
    """
    if not context["settings"].smtp_host:
        return
    database: Database = context["database"]
    async with database.reading() as db:
        waiting = await outbox.due(db, now=clock.now(), limit=AT_ONCE)
    began = anyio.current_time()
    for mail_id in waiting:
        if anyio.current_time() - began > RUN_SECONDS:
            return
        await _try(context, mail_id)


async def _try(context: dict[Any, Any], mail_id: UUID) -> None:
    """Send one mail; whatever is wrong with it, the others are sent."""
    try:
        await _send(context, mail_id)
    except Exception as error:
        log.exception("mail cannot be made", mail=str(mail_id))
        async with context["database"].writing() as db:
            await outbox.postpone(db, mail_id, error=type(error).__name__, now=clock.now())


async def _send(context: dict[Any, Any], mail_id: UUID) -> None:
    settings: Settings = context["settings"]
    database: Database = context["database"]
    kinds: MailKinds = context["mail_kinds"]
    async with database.writing() as db:
        mail = await outbox.claim(db, mail_id, now=clock.now())
        found = await compose(db, mail, kinds, settings, now=clock.now()) if mail else None
        if mail and found is None:
            await outbox.dropped(db, mail_id, now=clock.now())
    if mail is None or found is None:
        return
    recipient, letter = found
    rendered = render(context["templates"], settings, recipient, letter)
    error = await _hand_over(settings, mail, recipient, rendered)
    async with database.writing() as db:
        if error:
            await outbox.failed(db, mail, error=error, now=clock.now())
        else:
            await outbox.sent(db, mail_id, now=clock.now())


async def _hand_over(
    settings: Settings, mail: OutgoingMail, recipient: Recipient, rendered: Rendered
) -> str:
    """Empty when the mail server took it, else what it said."""
    try:
        await smtp.hand_over(settings, smtp.message(settings, mail, recipient, rendered))
    except (aiosmtplib.SMTPException, OSError) as error:
        log.warning("mail not taken", mail=str(mail.id), error=type(error).__name__)
        return f"{type(error).__name__}: {error}"
    return ""
