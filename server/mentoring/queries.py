"""Reads of teams, mentors, rounds and plans."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import col, func, select

from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Event, Participation
from server.mentoring.models import (
    Apart,
    Availability,
    Conflict,
    Mentor,
    MentorState,
    Round,
    Slot,
    Team,
    TeamMember,
    TeamState,
)
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.plans.rules import Board, Visit

# The same mentor, by account, in another training. Made once: it costs as much as the query.
_Before = aliased(Participation)
_Then = aliased(Mentor)


async def teams_of(db: Db, event_id: UUID) -> list[Team]:
    """The registered teams of an event by their numbers."""
    found = select(Team).where(Team.event_id == event_id, Team.state == TeamState.REGISTERED)
    return list((await db.exec(found.order_by(col(Team.number)))).all())


async def own_teams(db: Db, account_id: UUID) -> dict[UUID, Team]:
    """The registered teams for which an account sits down now, by event."""
    found = (
        select(Team)
        .join(TeamMember, col(TeamMember.team_id) == col(Team.id))
        .where(
            Team.state == TeamState.REGISTERED,
            TeamMember.account_id == account_id,
            col(TeamMember.until).is_(None),
        )
        .order_by(col(Team.number).desc())
    )
    return {team.event_id: team for team in await db.exec(found)}


async def mentored_events(db: Db, account_id: UUID) -> set[UUID]:
    """The events in which an account has said yes to being a mentor."""
    found = (
        select(Mentor.event_id)
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .where(Mentor.state == MentorState.ACCEPTED, Participation.account_id == account_id)
    )
    return set((await db.exec(found)).all())


async def members_of(db: Db, team_ids: Collection[UUID]) -> dict[UUID, list[TeamMember]]:
    """Those who sit down for the teams now, in the order of their seats."""
    found = select(TeamMember).where(
        col(TeamMember.team_id).in_(team_ids), col(TeamMember.until).is_(None)
    )
    members: dict[UUID, list[TeamMember]] = defaultdict(list)
    for member in await db.exec(found.order_by(col(TeamMember.number))):
        members[member.team_id].append(member)
    return members


async def participations_by_team(db: Db, event_id: UUID) -> dict[UUID, list[UUID]]:
    """The participations of those who sit down for each team of an event now."""
    found = (
        select(TeamMember.team_id, Participation.id)
        .join(Team, col(Team.id) == col(TeamMember.team_id))
        .join(Participation, col(Participation.account_id) == col(TeamMember.account_id))
        .where(
            Participation.event_id == event_id,
            Team.event_id == event_id,
            Team.state == TeamState.REGISTERED,
            col(TeamMember.until).is_(None),
        )
        .order_by(col(TeamMember.number))
    )
    people: dict[UUID, list[UUID]] = defaultdict(list)
    for team_id, person in (await db.exec(found)).all():
        people[team_id].append(person)
    return people


async def mentors_of(db: Db, event_id: UUID) -> list[Mentor]:
    """The mentors of an event who have said yes, in the order in which they were invited."""
    found = select(Mentor).where(Mentor.event_id == event_id, Mentor.state == MentorState.ACCEPTED)
    return list((await db.exec(found.order_by(col(Mentor.id)))).all())


async def rounds_of(db: Db, event_id: UUID) -> list[Round]:
    """The rounds of an event in order."""
    found = select(Round).where(Round.event_id == event_id)
    return list((await db.exec(found.order_by(col(Round.number)))).all())


async def round_of(db: Db, event: Event, number: int) -> Round:
    """A round of an event.

    Raises:
        NotFound: there is none of this number.
    """
    found = select(Round).where(Round.event_id == event.id, Round.number == number)
    round_ = (await db.exec(found)).one_or_none()
    if round_ is None:
        raise NotFound(round=number)
    return round_


async def held_round(db: Db, round_id: UUID) -> Round:
    """A round as it is now, its row held until the transaction ends."""
    found = select(Round).where(Round.id == round_id).with_for_update()
    return (await db.exec(found.execution_options(populate_existing=True))).one()


async def slots_of(db: Db, round_ids: Collection[UUID]) -> dict[UUID, list[Slot]]:
    """The slots of the rounds, in order."""
    found = select(Slot).where(col(Slot.round_id).in_(round_ids))
    slots: dict[UUID, list[Slot]] = {round_id: [] for round_id in round_ids}
    for slot in await db.exec(found.order_by(col(Slot.number))):
        slots[slot.round_id].append(slot)
    return slots


async def plan_in(db: Db, event_id: UUID, state: PlanState) -> Plan | None:
    """The plan that holds, or the one that is being written."""
    assert state is not PlanState.FORMER
    found = select(Plan).where(Plan.event_id == event_id, Plan.state == state)
    return (await db.exec(found)).one_or_none()


async def assignments_of(db: Db, plan: Plan | None) -> list[Assignment]:
    """What a plan says, all of it."""
    if plan is None:
        return []
    return list((await db.exec(select(Assignment).where(Assignment.plan_id == plan.id))).all())


async def visits_in(db: Db, slot: Slot, event_id: UUID) -> list[tuple[Assignment, Mentor, Team]]:
    """Who visits whom in a slot, by the plan that holds."""
    found = (
        select(Assignment, Mentor, Team)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .join(Mentor, col(Mentor.id) == col(Assignment.mentor_id))
        .join(Team, col(Team.id) == col(Assignment.team_id))
        .where(
            Assignment.slot_id == slot.id,
            Plan.event_id == event_id,
            Plan.state == PlanState.PUBLISHED,
        )
        .order_by(col(Team.number))
    )
    return list((await db.exec(found)).all())


async def board_of(db: Db, event_id: UUID) -> Board:
    """All that a plan of the event is judged by."""
    rounds = await rounds_of(db, event_id)
    slots = await slots_of(db, [round_.id for round_ in rounds])
    teams, mentors = await teams_of(db, event_id), await mentors_of(db, event_id)
    ids = [mentor.id for mentor in mentors]
    not_free = select(Availability.mentor_id, Availability.slot_id).where(
        col(Availability.mentor_id).in_(ids), col(Availability.free).is_(False)
    )
    return Board(
        slots={slot.id: round_.id for round_ in rounds for slot in slots[round_.id]},
        teams=[team.id for team in teams],
        capacity={mentor.id: mentor.capacity for mentor in mentors},
        busy=frozenset((mentor, slot) for mentor, slot in (await db.exec(not_free)).all()),
        apart=frozenset(await why_apart(db, teams, mentors)),
        keeps=frozenset(team.id for team in teams if team.keep_mentor),
    )


async def why_apart(
    db: Db, teams: Collection[Team], mentors: Collection[Mentor]
) -> dict[tuple[UUID, UUID], Apart]:
    """The (mentor, team) that must not meet: of one organization, or somebody said so, in this
    training or of the same organization in one before.
    """
    of_organization: dict[UUID | None, list[UUID]] = defaultdict(list)
    for team in teams:
        of_organization[team.organization_id].append(team.id)
    pairs = await _apart_before(db, of_organization, mentors)
    said = select(Conflict).where(col(Conflict.mentor_id).in_([mentor.id for mentor in mentors]))
    for conflict in await db.exec(said.order_by(col(Conflict.at))):
        if conflict.team_id is not None:
            pairs[conflict.mentor_id, conflict.team_id] = Apart(conflict.source)
        if conflict.organization_id is not None:
            for team_id in of_organization[conflict.organization_id]:
                pairs[conflict.mentor_id, team_id] = Apart(conflict.source)
    for mentor in mentors:
        if mentor.organization_id is not None:
            for team_id in of_organization[mentor.organization_id]:
                pairs[mentor.id, team_id] = Apart.ORGANIZATION
    return pairs


async def _apart_before(
    db: Db, of_organization: Mapping[UUID | None, list[UUID]], mentors: Collection[Mentor]
) -> dict[tuple[UUID, UUID], Apart]:
    """What was said in other trainings of the same people and organizations."""
    organization = func.coalesce(Conflict.organization_id, Team.organization_id)
    found = (
        select(Mentor.id, organization)
        .select_from(Mentor)
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .join(_Before, col(_Before.account_id) == col(Participation.account_id))
        .join(_Then, col(_Then.participation_id) == col(_Before.id))
        .join(Conflict, col(Conflict.mentor_id) == col(_Then.id))
        .join(Team, col(Team.id) == col(Conflict.team_id), isouter=True)
        .where(
            col(Mentor.id).in_([mentor.id for mentor in mentors]),
            col(_Then.event_id) != col(Mentor.event_id),
            organization.is_not(None),
        )
    )
    return {
        (mentor_id, team_id): Apart.FORMER
        for mentor_id, organization_id in (await db.exec(found)).all()
        for team_id in of_organization.get(organization_id, [])
    }


def visits_from(assignments: Collection[Assignment]) -> list[Visit]:
    """Assignments without their rows."""
    return [Visit(each.slot_id, each.team_id, each.mentor_id) for each in assignments]
