"""Reads of mentors: who they are, how many teams they have, whom they must not meet."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import col, func, select

from server.accounts import audit
from server.accounts.models import Account, Audit, MailAddress
from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Event, Participation
from server.mentoring.models import Availability, Conflict, Mentor, MentorState, Round, Slot, Team
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.organizations.models import Organization

AWAY: Final = "mentor.away"  # {slots: those in which the mentor was free until then}
BACK: Final = "mentor.back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A mentor as lists show one. `load`: visits in the plan that holds."""

    mentor: Mentor
    account_id: UUID
    name: str
    reading: str
    address: str
    organization: str
    load: int = 0


class Avoided(NamedTuple):
    """Somebody or some organization that a mentor must not meet; one of the two is None."""

    conflict: Conflict
    team: Team | None
    organization: Organization | None


async def names_of_accepted(db: Db, event_id: UUID) -> dict[UUID, str]:
    """The names of the mentors who have said yes."""
    found = (
        select(Mentor.id, Account.name)
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(Mentor.event_id == event_id, Mentor.state == MentorState.ACCEPTED)
        .order_by(col(Account.reading), col(Account.name))
    )
    return dict((await db.exec(found)).all())


async def guides_of(
    db: Db, event: Event, *, only: UUID | None = None, accepted: bool = False
) -> list[Guide]:
    """The mentors of an event by reading, in as many queries for one as for all.

    Args:
        only: one of them.
        accepted: only those who have said yes.
    """
    found = (
        select(Mentor, Account, MailAddress.address, Organization.name)
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .join(MailAddress, col(MailAddress.account_id) == col(Account.id), isouter=True)
        .join(Organization, col(Organization.id) == col(Mentor.organization_id), isouter=True)
        .where(Mentor.event_id == event.id)
        .order_by(
            col(Account.reading), col(Account.name), col(Mentor.id), col(MailAddress.id).desc()
        )
    )
    if only is not None:
        found = found.where(Mentor.id == only)
    if accepted:
        found = found.where(Mentor.state == MentorState.ACCEPTED)
    load = await load_of(db, event)
    guides = {
        mentor.id: Guide(  # of several addresses the first comes last, and stays
            mentor=mentor,
            account_id=account.id,
            name=account.name,
            reading=account.reading,
            address=address or "",
            organization=organization or "",
            load=load[mentor.id],
        )
        for mentor, account, address, organization in await db.exec(found)
    }
    return list(guides.values())


async def guide_of(db: Db, event: Event, mentor_id: UUID) -> Guide:
    """A mentor of an event.

    Raises:
        NotFound: it has none of this id.
    """
    found = await guides_of(db, event, only=mentor_id)
    if not found:
        raise NotFound(mentor=mentor_id)
    return found[0]


async def own(db: Db, event: Event, account_id: UUID) -> Mentor | None:
    """What somebody is as a mentor of an event, invited or accepted."""
    found = (
        select(Mentor)
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .where(Mentor.event_id == event.id, Participation.account_id == account_id)
    )
    return (await db.exec(found)).one_or_none()


async def load_of(db: Db, event: Event) -> Counter[UUID]:
    """How many visits each mentor has in the plan that holds."""
    found = (
        select(Assignment.mentor_id, func.count())
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(Plan.event_id == event.id, Plan.state == PlanState.PUBLISHED)
        .group_by(col(Assignment.mentor_id))
    )
    return Counter(dict((await db.exec(found)).all()))


async def free_in(db: Db, mentor: Mentor) -> dict[UUID, bool]:
    """What a mentor has said about slots; what was not spoken of is missing, and free."""
    found = select(Availability).where(Availability.mentor_id == mentor.id)
    return {each.slot_id: each.free for each in await db.exec(found)}


async def last_word(db: Db, mentor: Mentor) -> Audit | None:
    """What organizers last said of whether a mentor comes at all: `AWAY` or `BACK`."""
    found = select(Audit).where(
        Audit.object == audit.about("mentor", mentor.id), col(Audit.verb).in_([AWAY, BACK])
    )
    newest = found.order_by(col(Audit.at).desc(), col(Audit.id).desc()).limit(1)
    return (await db.exec(newest)).one_or_none()


async def is_away(db: Db, mentor: Mentor) -> bool:
    """Whether a mentor was taken out of all slots to come."""
    last = await last_word(db, mentor)
    return last is not None and last.verb == AWAY


async def spoken_slots(db: Db, mentor_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of how many slots each mentor has spoken, and in how many of them one is free."""
    found = select(Availability.mentor_id, Availability.free, func.count()).where(
        col(Availability.mentor_id).in_(mentor_ids)
    )
    grouped = found.group_by(col(Availability.mentor_id), col(Availability.free))
    spoken: dict[UUID, tuple[int, int]] = {}
    for mentor_id, free, count in await db.exec(grouped):
        said, open_ = spoken.get(mentor_id, (0, 0))
        spoken[mentor_id] = (said + count, open_ + (count if free else 0))
    return spoken


async def conflicts_of(db: Db, mentor: Mentor) -> list[Avoided]:
    """Whom a mentor must not meet, whoever said so, in the order of time."""
    found = (
        select(Conflict, Team, Organization)
        .join(Team, col(Team.id) == col(Conflict.team_id), isouter=True)
        .join(Organization, col(Organization.id) == col(Conflict.organization_id), isouter=True)
        .where(Conflict.mentor_id == mentor.id)
        .order_by(col(Conflict.at), col(Conflict.id))
    )
    return [Avoided(*row) for row in (await db.exec(found)).all()]


async def slot_count(db: Db, event: Event) -> int:
    """How many slots the rounds of an event have."""
    found = select(func.count()).select_from(Slot).join(Round, col(Round.id) == col(Slot.round_id))
    return (await db.exec(found.where(Round.event_id == event.id))).one()
