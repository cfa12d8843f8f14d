"""The job of the outbox: take what is due, write it, hand it over."""

from email.message import EmailMessage
from typing import Any, Final
from uuid import UUID

import aiosmtplib
import anyio
import structlog

from server.core import clock
from server.core.config import Settings
from server.core.db import Database
from server.mail import outbox, smtp
from server.mail.models import OutgoingMail
from server.mail.render import compose, render

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
        await _send(context, mail_id)


async def _send(context: dict[Any, Any], mail_id: UUID) -> None:
    """Send one mail; whatever is wrong with it, the others are sent.

    Once the mail server may have it, only the mark is left to do. When that fails too, the claim
    stands: to take it back at once would send the mail twice.
    """
    try:
        ready = await _prepare(context, mail_id)
    except Exception as error:
        log.exception("mail cannot be made", mail=str(mail_id))
        async with context["database"].writing() as db:
            await outbox.postpone(db, mail_id, error=type(error).__name__, now=clock.now())
        return
    if ready is None:
        return
    mail, made = ready
    line = smtp.line(context["settings"])
    try:
        refusal = await _hand_over(line, made)
        if refusal:
            log.warning("mail not taken", mail=str(mail_id), error=refusal.sentence)
        await _mark(context["database"], mail, refusal)  # before the goodbye, which may take long
    except Exception:
        log.exception("mail cannot be marked", mail=str(mail_id))
    finally:
        await smtp.say_goodbye(line)


async def _prepare(
    context: dict[Any, Any], mail_id: UUID
) -> tuple[OutgoingMail, EmailMessage] | None:
    """Claim and write the mail; None when another worker has it or nobody needs it."""
    settings: Settings = context["settings"]
    now = clock.now()
    async with context["database"].writing() as db:
        mail = await outbox.claim(db, mail_id, now=now)
        found = await compose(db, mail, context["mail_kinds"], settings, now=now) if mail else None
        if mail and found is None:
            await outbox.dropped(db, mail_id, now=now)
    if mail is None or found is None:
        return None
    recipient, letter = found
    rendered = render(context["templates"], settings, recipient, letter)
    return mail, smtp.message(settings, mail, recipient, rendered)


async def _hand_over(line: aiosmtplib.SMTP, made: EmailMessage) -> smtp.Refusal | None:
    """None when the mail server took it, else what it said."""
    try:
        await smtp.hand_over(line, made)
    except (aiosmtplib.SMTPException, OSError) as error:
        return smtp.refusal(error)
    return None


async def _mark(database: Database, mail: OutgoingMail, refusal: smtp.Refusal | None) -> None:
    async with database.writing() as db:
        if refusal is None:
            await outbox.sent(db, mail.id, now=clock.now())
        elif refusal.for_good:
            await outbox.undeliverable(db, mail.id, error=refusal.sentence, now=clock.now())
        else:
            await outbox.failed(db, mail, error=refusal.sentence, now=clock.now())
