"""What becomes of mentors: invited, in or not, their profile, when they are free, whom they must
not meet. The caller has made sure that the actor may.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from server.accounts import actions as accounts
from server.accounts import audit, links
from server.accounts import queries as account_queries
from server.accounts.links import LinkKind
from server.accounts.models import Account, Link
from server.core.db import Db
from server.core.errors import DomainError, NotFound
from server.events import queries as events
from server.events.models import Event, Participation, ParticipationRole, Role
from server.mentoring import mails, mentor_queries
from server.mentoring.models import (
    Availability,
    Conflict,
    ConflictSource,
    Mentor,
    MentorState,
    Round,
    Slot,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a mentor says of the own work. `fields` are numbers of the event's topics."""

    title: dict[str, str]
    introduction: dict[str, str]
    experience: dict[str, str]
    fields: list[int]
    regions: list[str]
    languages: list[str]
    capacity: int
    organization_id: UUID | None


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
    await links.withdraw(db, LinkKind.MENTOR, target=f"/e/{event.slug}/mentor/profile#{mentor.id}")
    await db.exec(
        delete(ParticipationRole).where(
            col(ParticipationRole.participation_id) == mentor.participation_id,
            col(ParticipationRole.role) == Role.MENTOR,
        )
    )
    await _answer(db, mentor, MentorState.DECLINED, actor=actor, now=now)


async def write_profile(db: Db, mentor: Mentor, profile: Profile) -> None:
    """Keep what a mentor says of the own work."""
    mentor.title, mentor.introduction = profile.title, profile.introduction
    mentor.experience, mentor.fields = profile.experience, profile.fields
    mentor.regions, mentor.languages = profile.regions, profile.languages
    mentor.capacity, mentor.organization_id = profile.capacity, profile.organization_id
    mentor.v += 1
    db.add(mentor)


async def take_on(db: Db, mentor: Mentor, *, capacity: int, actor: UUID, now: datetime) -> None:
    """Let a mentor take so many teams in the whole event."""
    if mentor.capacity == capacity:
        return
    before, mentor.capacity = mentor.capacity, capacity
    mentor.v += 1
    db.add(mentor)
    await _note(db, mentor, "takes_on", actor=actor, now=now, before=before, capacity=capacity)


async def be_free(db: Db, event: Event, mentor: Mentor, free: Mapping[UUID, bool]) -> None:
    """Keep in which slots of the event a mentor is free; other slots are not touched.

    Raises:
        NotFound: a slot is not the event's.
    """
    found = select(Slot.id).join(Round, col(Round.id) == col(Slot.round_id))
    own = set((await db.exec(found.where(Round.event_id == event.id))).all())
    if not own.issuperset(free):
        raise NotFound
    said = select(Availability).where(Availability.mentor_id == mentor.id)
    known = {each.slot_id: each for each in await db.exec(said)}
    for slot_id, is_free in free.items():
        row = known.get(slot_id) or Availability(mentor_id=mentor.id, slot_id=slot_id, free=is_free)
        row.free = is_free
        db.add(row)


async def keep_apart(
    db: Db,
    mentor: Mentor,
    *,
    source: ConflictSource,
    now: datetime,
    team_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> None:
    """Say that a mentor must not meet a team, or any team of an organization; again adds nothing.

    `source`: who says so.
    """
    assert (team_id is None) != (organization_id is None)
    await db.exec(select(Mentor.id).where(Mentor.id == mentor.id).with_for_update())
    same = select(Conflict.id).where(
        Conflict.mentor_id == mentor.id,
        Conflict.source == source,
        col(Conflict.team_id).is_not_distinct_from(team_id),
        col(Conflict.organization_id).is_not_distinct_from(organization_id),
    )
    if (await db.exec(same)).first() is None:
        db.add(
            Conflict(
                mentor_id=mentor.id,
                team_id=team_id,
                organization_id=organization_id,
                source=source,
                at=now,
            )
        )


async def let_meet(
    db: Db, mentor: Mentor, conflict_id: UUID, *, source: ConflictSource | None = None
) -> None:
    """Take back that a mentor must not meet somebody. `source`: only what was said by these."""
    theirs = () if source is None else (col(Conflict.source) == source,)
    await db.exec(
        delete(Conflict).where(
            col(Conflict.id) == conflict_id, col(Conflict.mentor_id) == mentor.id, *theirs
        )
    )


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
