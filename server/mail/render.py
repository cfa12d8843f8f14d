"""Writing a mail: from the owed row to its texts, in the reader's language."""

from datetime import datetime
from email.utils import parseaddr

import css_inline

from server.core.config import Settings
from server.core.db import Db
from server.mail.kinds import Letter, MailKinds, Recipient, Surroundings
from server.mail.models import OutgoingMail
from server.mail.smtp import Rendered
from server.web.templates import Templates


async def compose(
    db: Db, mail: OutgoingMail, kinds: MailKinds, settings: Settings, *, now: datetime
) -> tuple[Recipient, Letter] | None:
    """The mail as it is true now, within a short write transaction; None: nobody needs it."""
    recipient = (await kinds.recipients_of(db, [mail.account_id])).get(mail.account_id)
    if recipient is None:
        return None
    _, sender = parseaddr(settings.mail_from)
    surroundings = Surroundings(now, settings.public_url.rstrip("/"), sender)
    letter = await kinds.composes[mail.kind](db, mail, recipient, surroundings)
    return (recipient, letter) if letter else None


def render(
    templates: Templates, settings: Settings, recipient: Recipient, letter: Letter
) -> Rendered:
    """The texts of a mail."""
    context = {
        "recipient": recipient,
        "public_url": settings.public_url.rstrip("/"),
        "subject": letter.subject,
        "reply_to": letter.reply_to,
        **letter.context,
    }
    html, text = (
        templates.render(f"mail/{letter.template}.{form}", recipient.locale, context)
        for form in ("html", "txt")
    )
    html = css_inline.inline(html)  # but for the styles that are marked to stay
    return Rendered(letter.subject, html, text, letter.calendar, letter.reply_to)
