"""The mails of accounts, and who gets mails at all."""

from collections.abc import Mapping
from typing import Final, cast
from uuid import UUID

from server.accounts import links, queries
from server.accounts.models import Account, Link
from server.core import i18n
from server.core.db import Db
from server.core.i18n import N_, Locale
from server.mail.kinds import Compose, Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail

LINK_SUBJECT: Final = N_("よりあいに入るためのリンク")


async def recipient_of(db: Db, account_id: UUID) -> Recipient | None:
    """An account as the reader of a mail; None when it is gone."""
    account = await db.get(Account, account_id)
    if account is None:
        return None
    address = await queries.address_of(db, account_id)
    return Recipient(account_id, address, account.name, cast(Locale, account.locale), account.zone)


async def login_link(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """The mail with a link that logs in. Its token exists only in the mail."""
    link = await db.get(Link, UUID(mail.subject))
    if link is None or link.used_at is not None:
        return None
    token = await links.issue(db, link, now=around.now)
    return Letter(
        subject=i18n.catalog(recipient.locale).gettext(LINK_SUBJECT),
        template="login_link",
        context={"link": f"{around.public_url}/link/{token}", "expires_at": link.expires_at},
    )


KINDS: Final[Mapping[str, Compose]] = {links.MAIL: login_link}
