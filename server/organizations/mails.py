"""The mails of organizations: an invitation, somebody asks to belong, the yes or no to that."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from server.accounts import links
from server.accounts import queries as accounts
from server.accounts.links import LinkKind, LinkSpent
from server.accounts.models import Account, Link
from server.core import i18n
from server.core.db import Db
from server.core.i18n import N_
from server.mail import outbox
from server.mail.kinds import Compose, Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail
from server.organizations import queries
from server.organizations.models import Membership, MembershipState, Organization

MAIL: Final = "invitation"
ASKED: Final = "membership_asked"
DECIDED: Final = "membership_decided"
SUBJECT: Final = N_("{organization}への招待")
_ASKED_SUBJECT: Final = N_("所属の申しこみ：{name}さん（{organization}）")
_DECIDED_SUBJECTS: Final = {
    MembershipState.ACTIVE: N_("所属が認められました：{organization}"),
    MembershipState.DECLINED: N_("所属は認められませんでした：{organization}"),
}
_PLACE: Final = "/organizations#"  # the row of one's own organizations


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as its person reads it."""

    organization: Organization
    membership: Membership
    inviter: str


async def order(db: Db, organization_id: UUID, *, account_id: UUID, now: datetime) -> None:
    """Owe an account the mail with a link that logs in and says yes."""
    address = await accounts.address_of(db, account_id)
    link = await links.prepare(
        db,
        LinkKind.INVITATION,
        account_id=account_id,
        address=address,
        target=f"{_PLACE}{organization_id}",
        now=now,
    )
    await outbox.order(db, kind=MAIL, subject=link.id, account_id=account_id, now=now)


async def tell_managers(db: Db, membership: Membership, *, now: datetime) -> None:
    """Owe every manager of an organization the mail that somebody asks to belong to it."""
    managers = await queries.managers(db, membership.organization_id)
    await outbox.order_anew(db, kind=ASKED, subject=membership.id, account_ids=managers, now=now)


async def tell_person(db: Db, membership: Membership, *, now: datetime) -> None:
    """Owe somebody who has asked to belong the mail with the yes or no."""
    await outbox.order_anew(
        db, kind=DECIDED, subject=membership.id, account_ids=[membership.account_id], now=now
    )


async def invitation(db: Db, link: Link) -> Invitation:
    """What a link invites to.

    Raises:
        LinkSpent: the invitation was taken back, or the person has said no or left since.
    """
    assert link.account_id
    organization_id = UUID(link.target.removeprefix(_PLACE))
    membership = await queries.membership(db, organization_id, link.account_id)
    standing = (MembershipState.INVITED, MembershipState.ACTIVE)
    if membership is None or membership.state not in standing:
        raise LinkSpent
    organization = await queries.by_id(db, organization_id)
    inviter = await db.get(Account, membership.decided_by) if membership.decided_by else None
    return Invitation(organization, membership, inviter.name if inviter else "")


async def compose(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """The mail; its token exists only in it. None: there is nothing to answer any more."""
    link = await links.owed(db, mail.subject)
    if link is None:
        return None
    try:
        asked = await invitation(db, link)
    except LinkSpent:
        return None
    if asked.membership.state is not MembershipState.INVITED:
        return None
    token = await links.issue(db, link, now=around.now)
    subject = i18n.catalog(recipient.locale).gettext(SUBJECT)
    return Letter(
        subject=subject.format(organization=asked.organization.name),
        template="invitation",
        context={
            "invitation": asked,
            "link": f"{around.public_url}/invitation/{token}",
            "expires_at": link.expires_at,
        },
    )


async def asked(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """Somebody asks to belong. None: it is decided already, or the reader decides no more."""
    membership = await db.get(Membership, UUID(mail.subject))
    if membership is None or membership.state is not MembershipState.ASKED:
        return None
    organization = await queries.by_id(db, membership.organization_id)
    if recipient.account_id not in await queries.managers(db, organization.id):
        return None
    person = await db.get_one(Account, membership.account_id)
    subject = i18n.catalog(recipient.locale).gettext(_ASKED_SUBJECT)
    return Letter(
        subject=subject.format(name=person.name, organization=organization.name),
        template="membership_asked",
        context={
            "organization": organization,
            "person": person,
            "address": await accounts.address_of(db, person.id),
            "asked_at": membership.asked_at,
            "link": f"{around.public_url}/organizations/{organization.id}",
        },
    )


async def decided(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """The yes or no. None: the membership is in another state by now."""
    membership = await db.get(Membership, UUID(mail.subject))
    if membership is None or membership.state not in _DECIDED_SUBJECTS:
        return None
    organization = await queries.by_id(db, membership.organization_id)
    subject = i18n.catalog(recipient.locale).gettext(_DECIDED_SUBJECTS[membership.state])
    return Letter(
        subject=subject.format(organization=organization.name),
        template="membership_decided",
        context={
            "organization": organization,
            "membership": membership,
            "link": f"{around.public_url}{_PLACE}{organization.id}",
        },
    )


KINDS: Final[Mapping[str, Compose]] = {MAIL: compose, ASKED: asked, DECIDED: decided}
