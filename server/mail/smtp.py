"""Handing mails over to the mail server."""

from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final, NamedTuple

import aiosmtplib
import anyio

from server.core.config import Settings
from server.mail.kinds import Calendar, Recipient
from server.mail.models import OutgoingMail

HAND_OVER_SECONDS: Final = 12  # for the whole of it: a run of the job must end within 20 s
GOODBYE_SECONDS: Final = 1

PERMANENT: Final = 500


class Refusal(NamedTuple):
    """Why the mail server did not take a mail."""

    sentence: str
    for_good: bool


class Rendered(NamedTuple):
    """The texts of a mail."""

    subject: str
    html: str
    text: str
    calendar: Calendar | None
    reply_to: str = ""


def message(
    settings: Settings, mail: OutgoingMail, recipient: Recipient, rendered: Rendered
) -> EmailMessage:
    """The mail as it travels (RFC 5322), with its calendar entry as RFC 6047 wants it.

    The Message-ID comes from the row, so a receiver that got it twice can tell.
    """
    made = EmailMessage()
    name, sender = parseaddr(settings.mail_from)
    made["From"] = Address(name or "よりあい", addr_spec=sender)
    made["To"] = Address(_one_line(recipient.name), addr_spec=recipient.address)
    if rendered.reply_to:
        made["Reply-To"] = Address(addr_spec=rendered.reply_to)
    made["Subject"] = _one_line(rendered.subject)
    made["Date"] = format_datetime(mail.due_at)
    made["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    made["Content-Language"] = recipient.locale
    made.set_content(rendered.text)
    made.add_alternative(rendered.html, subtype="html")
    if rendered.calendar:
        _add_calendar(made, rendered.calendar)
    return made


def _add_calendar(made: EmailMessage, calendar: Calendar) -> None:
    made.add_alternative(
        calendar.content, maintype="text", subtype="calendar", params={"method": calendar.method}
    )
    made.add_attachment(
        calendar.content, maintype="application", subtype="ics", filename="yoriai.ics"
    )


def _one_line(text: str) -> str:
    """A person's text in a header: nothing in it ends the header."""
    return " ".join(text.split())


def line(settings: Settings) -> aiosmtplib.SMTP:
    """A line to the mail server, not connected yet; who has one says goodbye in the end."""
    return aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password or None,
        use_tls=settings.smtp_tls == "tls",
        start_tls=settings.smtp_tls == "starttls",
    )


async def hand_over(line: aiosmtplib.SMTP, made: EmailMessage) -> None:
    """Give a mail to the mail server, which has it for sure when this returns.

    Raises:
        aiosmtplib.SMTPException, OSError: it did not take it (TimeoutError: in time).
    """
    with anyio.fail_after(HAND_OVER_SECONDS):
        await line.connect()
        await line.send_message(made)


async def say_goodbye(line: aiosmtplib.SMTP) -> None:
    """End a line (RFC 5321 §4.1.1.10). Nothing hangs on it any more, so no error comes of it."""
    with anyio.move_on_after(GOODBYE_SECONDS), suppress(aiosmtplib.SMTPException, OSError):
        await line.quit()
    line.close()


def refusal(error: Exception) -> Refusal:
    """What the mail server said, and whether trying again is of use (RFC 5321 §4.2.1).

    Only a 5xx for the reader or the content is for good; one for our account or sender is a
    setting that an operator mends.
    """
    codes = []
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [each.code for each in error.recipients]
    elif isinstance(error, aiosmtplib.SMTPDataError | aiosmtplib.SMTPRecipientRefused):
        codes = [error.code]
    for_good = bool(codes) and all(code >= PERMANENT for code in codes)
    return Refusal(f"{type(error).__name__}: {error}", for_good)
