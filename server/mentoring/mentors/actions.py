"""What becomes of mentors: invited, in or not, with so many teams at most. The caller has made sure
that the actor may.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col

from server.accounts import actions as accounts
from server.accounts import audit, links
from server.accounts import queries as account_queries
from server.accounts.links import LinkKind
from server.accounts.models import Account, Link
from server.core.db import Db
from server.core.errors import DomainError
from server.events import queries as events
from server.events.models import Event, Participation, ParticipationRole, Role
from server.mentoring import mails
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.models import Mentor, MentorState
from server.mentoring.plans import departing
from server.registration import guard


class AlreadyMentor(DomainError):
    """The person has said yes already."""

    code = "already_mentor"


class MentorChanged(DomainError):
    """The invitation was answered or taken back meanwhile."""

    code = "mentor_changed"


class MentorDeparting(DomainError):
    """A mentor who is in a plan that holds has visits that somebody must take first."""

    code = "mentor_departing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom an organizer invites."""

    name: str
    reading: str
    address: str
    capacity: int


async def invite(
    db: Db, event: Event, who: Invited, *, locale: str, actor: UUID, now: datetime
) -> Mentor:
    """Invite somebody to be a mentor, by mail; again after a no, or after the mail got lost.

    Raises:
        AlreadyMentor
    """
    await guard.lock(db, event, None)
    account, _fresh = await accounts.account_for(
        db,
        address=who.address,
        name=who.name,
        reading=who.reading,
        locale=locale,
        zone=event.zone,
        now=now,
    )
    known = await mentor_queries.own(db, event, account.id)
    if known is not None and known.state is MentorState.ACCEPTED:
        raise AlreadyMentor
    mentor = known or Mentor(
        event_id=event.id,
        participation_id=(await _participation(db, event, account, now)).id,
        invited_at=now,
    )
    mentor.state, mentor.invited_at, mentor.answered_at = MentorState.INVITED, now, None
    mentor.capacity = who.capacity
    mentor.v += 1 if known else 0
    db.add(mentor)
    await db.flush()
    await mails.order_mentor(db, event, mentor, account_id=account.id, now=now)
    await _note(db, mentor, "invited", actor=actor, now=now, name=account.name)
    return mentor


async def ask_again(db: Db, event: Event, mentor: Mentor, *, actor: UUID, now: datetime) -> None:
    """Mail the invitation once more.

    Raises:
        MentorChanged: it was answered.
    """
    await guard.lock(db, event, None)
    await db.refresh(mentor)
    if mentor.state is not MentorState.INVITED:
        raise MentorChanged
    participation = await db.get_one(Participation, mentor.participation_id)
    await mails.order_mentor(db, event, mentor, account_id=participation.account_id, now=now)
    await _note(db, mentor, "asked_again", actor=actor, now=now)


async def accept(
    db: Db, link: Link, *, name: str, reading: str, browser: str, now: datetime
) -> tuple[Event, str]:
    """Say yes to a mailed invitation: the address is proven, the browser logged in, the role
    taken; the event and the login's token. Who is new is called as one says.

    Raises:
        LinkSpent: it was answered, or taken back.
    """
    offer = await mails.mentor_offer(db, link)
    await guard.lock(db, offer.event, None)
    await db.refresh(offer.mentor)
    offer = await mails.mentor_offer(db, link)
    is_known = await account_queries.is_verified(db, offer.account.id)
    token = await accounts.enter_by_link(db, link, browser=browser, now=now)
    if not is_known:
        offer.account.name, offer.account.reading = name or offer.account.name, reading
        db.add(offer.account)
    await _answer(db, offer.mentor, MentorState.ACCEPTED, actor=offer.account.id, now=now)
    roles = await events.roles_of(db, offer.mentor.participation_id)
    if Role.MENTOR not in roles:
        db.add(ParticipationRole(participation_id=offer.mentor.participation_id, role=Role.MENTOR))
    return offer.event, token


async def decline(db: Db, link: Link, *, now: datetime) -> Event:
    """Say no to a mailed invitation.

    Raises:
        LinkSpent: it was answered, or taken back.
    """
    offer = await mails.mentor_offer(db, link)
    await guard.lock(db, offer.event, None)
    await db.refresh(offer.mentor)
    offer = await mails.mentor_offer(db, link)
    await links.spend(db, link, now=now)
    await _answer(db, offer.mentor, MentorState.DECLINED, actor=offer.account.id, now=now)
    return offer.event


async def take_back(db: Db, event: Event, mentor: Mentor, *, actor: UUID, now: datetime) -> None:
    """Let a mentor be one no more, or take the invitation back. Again changes nothing.

    Raises:
        MentorDeparting: the plan that holds has visits for this mentor.
    """
    await guard.lock(db, event, None)
    await db.refresh(mentor)
    if mentor.state is MentorState.DECLINED:
        return
    if (await mentor_queries.load_of(db, event))[mentor.id]:
        raise MentorDeparting
    await departing.of_mentor(db, mentor)
    await links.withdraw(db, LinkKind.MENTOR, target=f"/e/{event.slug}/mentor/profile#{mentor.id}")
    await db.exec(
        delete(ParticipationRole).where(
            col(ParticipationRole.participation_id) == mentor.participation_id,
            col(ParticipationRole.role) == Role.MENTOR,
        )
    )
    await _answer(db, mentor, MentorState.DECLINED, actor=actor, now=now)


async def take_on(db: Db, mentor: Mentor, *, capacity: int, actor: UUID, now: datetime) -> None:
    """Let a mentor take so many teams in the whole event."""
    if mentor.capacity == capacity:
        return
    before, mentor.capacity = mentor.capacity, capacity
    mentor.v += 1
    db.add(mentor)
    await _note(db, mentor, "takes_on", actor=actor, now=now, before=before, capacity=capacity)


async def _answer(
    db: Db, mentor: Mentor, state: MentorState, *, actor: UUID, now: datetime
) -> None:
    mentor.state, mentor.answered_at = state, now
    mentor.v += 1
    db.add(mentor)
    await _note(db, mentor, str(state), actor=actor, now=now)


async def _participation(db: Db, event: Event, account: Account, now: datetime) -> Participation:
    known = await events.participation_of(db, event, account.id)
    if known is not None:
        return known
    participation = Participation(event_id=event.id, account_id=account.id, created_at=now)
    db.add(participation)
    await db.flush()
    return participation


async def _note(
    db: Db, mentor: Mentor, verb: str, *, actor: UUID, now: datetime, **data: object
) -> None:
    about = audit.about("mentor", mentor.id)
    await audit.note(db, actor=actor, verb=f"mentor.{verb}", object=about, now=now, **data)
