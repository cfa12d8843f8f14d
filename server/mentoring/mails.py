"""The mails of teams and mentors: a seat in a team, an invitation to be a mentor."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import select

from server.accounts import links
from server.accounts import queries as accounts
from server.accounts.links import LinkKind, LinkSpent
from server.accounts.models import Account, Link
from server.core import i18n
from server.core.db import Db
from server.core.i18n import N_
from server.events.models import Event, EventState, Participation
from server.mail import outbox
from server.mail.kinds import Compose, Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail
from server.mail.rules import address_in
from server.mentoring.models import Mentor, MentorState, Team, TeamMember, TeamState

SEAT: Final = "team_seat"
MENTOR: Final = "mentor_invitation"
_SEAT_SUBJECT: Final = N_("{team}の席につくお願い：{title}")
_MENTOR_SUBJECT: Final = N_("メンターのお願い：{title}")
_MARK: Final = "#seat-"  # before the id of the seat's row in a link's target


@dataclass(frozen=True, slots=True)
class SeatOffer:
    """A seat as its person is offered it. `lead` is the name of who speaks for the team."""

    event: Event
    team: Team
    member: TeamMember
    lead: str


@dataclass(frozen=True, slots=True)
class MentorOffer:
    """An invitation as its mentor reads it."""

    event: Event
    mentor: Mentor
    account: Account


def seat_target(event: Event, team: Team, member: TeamMember) -> str:
    """Where the link of a seat leads to: the team's page, at the seat."""
    return f"/e/{event.slug}/team/{team.number}{_MARK}{member.id}"


async def order_seat(
    db: Db, event: Event, team: Team, member: TeamMember, *, account_id: UUID, now: datetime
) -> None:
    """Owe an account the mail with a link by which it sits down; former links to the seat end."""
    target = seat_target(event, team, member)
    await _order(db, LinkKind.TEAM_SEAT, SEAT, target=target, account_id=account_id, now=now)


async def seat_offer(db: Db, link: Link) -> SeatOffer:
    """The seat that a link leads to.

    Raises:
        LinkSpent: it is somebody else's, or taken, or the team does not take part any more.
    """
    member = await db.get(TeamMember, UUID(link.target.rpartition(_MARK)[2]))
    if member is None or member.until is not None or member.account_id is not None:
        raise LinkSpent
    team = await db.get_one(Team, member.team_id)
    event = await db.get_one(Event, team.event_id)
    if team.state is not TeamState.REGISTERED or event.state is not EventState.PUBLISHED:
        raise LinkSpent
    lead = (await db.exec(select(Account.name).where(Account.id == team.lead_id))).one()
    return SeatOffer(event, team, member, lead)


async def order_mentor(
    db: Db, event: Event, mentor: Mentor, *, account_id: UUID, now: datetime
) -> None:
    """Owe an account the mail that asks for its yes as a mentor; former links end."""
    target = f"/e/{event.slug}/mentor/profile#{mentor.id}"
    await _order(db, LinkKind.MENTOR, MENTOR, target=target, account_id=account_id, now=now)


async def _order(
    db: Db, to: LinkKind, kind: str, *, target: str, account_id: UUID, now: datetime
) -> None:
    """Owe an account a mail with a new link to a target; former links to it end."""
    await links.withdraw(db, to, target=target)
    address = await accounts.address_of(db, account_id)
    link = await links.prepare(
        db, to, account_id=account_id, address=address, target=target, now=now
    )
    await outbox.order(db, kind=kind, subject=link.id, account_id=account_id, now=now)


async def mentor_offer(db: Db, link: Link) -> MentorOffer:
    """What a link invites to.

    Raises:
        LinkSpent: the invitation was answered or taken back.
    """
    mentor = await db.get(Mentor, UUID(link.target.rpartition("#")[2]))
    if mentor is None or mentor.state is not MentorState.INVITED:
        raise LinkSpent
    event = await db.get_one(Event, mentor.event_id)
    participation = await db.get_one(Participation, mentor.participation_id)
    account = await db.get_one(Account, participation.account_id)
    if event.state is not EventState.PUBLISHED or account.id != link.account_id:
        raise LinkSpent
    return MentorOffer(event, mentor, account)


async def seat(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """The mail of a seat; its token exists only in it. None: there is nothing to answer."""
    link = await links.owed(db, mail.subject)
    if link is None:
        return None
    try:
        offer = await seat_offer(db, link)
    except LinkSpent:
        return None
    token = await links.issue(db, link, now=around.now)
    return Letter(
        subject=_subject(_SEAT_SUBJECT, offer.event, recipient, team=offer.team.name),
        reply_to=_reply_to(offer.event, recipient),
        template="team_seat",
        context={
            "offer": offer,
            "event": offer.event,
            "link": f"{around.public_url}/seat/{token}",
            "expires_at": link.expires_at,
        },
    )


async def mentor(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """The mail of an invitation. None: it was answered, or taken back."""
    link = await links.owed(db, mail.subject)
    if link is None:
        return None
    try:
        offer = await mentor_offer(db, link)
    except LinkSpent:
        return None
    token = await links.issue(db, link, now=around.now)
    return Letter(
        subject=_subject(_MENTOR_SUBJECT, offer.event, recipient),
        reply_to=_reply_to(offer.event, recipient),
        template="mentor_invitation",
        context={
            "offer": offer,
            "event": offer.event,
            "link": f"{around.public_url}/mentoring/{token}",
            "expires_at": link.expires_at,
        },
    )


def _subject(sentence: str, event: Event, recipient: Recipient, **names: str) -> str:
    title = i18n.pick(event.title, recipient.locale).body
    return i18n.catalog(recipient.locale).gettext(sentence).format(title=title, **names)


def _reply_to(event: Event, recipient: Recipient) -> str:
    return address_in(i18n.pick(event.contact, recipient.locale).body)


KINDS: Final[Mapping[str, Compose]] = {SEAT: seat, MENTOR: mentor}
