"""The mails of accounts, and who gets mails at all."""

from collections.abc import Collection, Mapping
from typing import Final, cast
from uuid import UUID

from sqlmodel import col, select

from server.accounts import links
from server.accounts.models import Account, MailAddress
from server.core import i18n
from server.core.db import Db
from server.core.i18n import N_, Locale
from server.mail.kinds import Compose, Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail

LINK_SUBJECT: Final = N_("よりあいに入るためのリンク")


async def recipients_of(db: Db, account_ids: Collection[UUID]) -> dict[UUID, Recipient]:
    """Accounts as the readers of mails, each at its first address; those that are gone left out."""
    found = (
        select(Account, MailAddress.address)
        .join(MailAddress, col(MailAddress.account_id) == col(Account.id))
        .where(col(Account.id).in_(account_ids))
        .order_by(col(MailAddress.id).desc())  # so that the first address is what stays
    )
    return {
        account.id: Recipient(
            account.id, address, account.name, cast(Locale, account.locale), account.zone
        )
        for account, address in await db.exec(found)
    }


async def login_link(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """The mail with a link that logs in. Its token exists only in the mail."""
    link = await links.owed(db, mail.subject)
    if link is None:
        return None
    token = await links.issue(db, link, now=around.now)
    return Letter(
        subject=i18n.catalog(recipient.locale).gettext(LINK_SUBJECT),
        template="login_link",
        context={"link": f"{around.public_url}/link/{token}", "expires_at": link.expires_at},
    )


KINDS: Final[Mapping[str, Compose]] = {links.MAIL: login_link}
