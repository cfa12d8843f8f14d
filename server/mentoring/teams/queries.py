"""Reads of teams: their draft, their people, and where those stand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from server.accounts import queries as accounts
from server.accounts.models import Account
from server.core.db import Db
from server.core.errors import NotFound
from server.events import queries as events
from server.events.models import Event, Participation, Topic
from server.mentoring.mentors.queries import names_of_accepted
from server.mentoring.models import (
    Answer,
    Conflict,
    ConflictSource,
    Question,
    Team,
    TeamMember,
    TeamState,
    Training,
)
from server.mentoring.teams.reading import Choices
from server.organizations import queries as organizations
from server.organizations.models import MembershipState, Organization
from server.registration import queries as registrations
from server.registration.models import Registration

SHOWN = (TeamState.REGISTERED, TeamState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A team with its people and what it said. `standing`: registrations of the event by account.

    `former` sat there before, the last one first.
    """

    team: Team
    members: list[TeamMember]
    former: list[TeamMember]
    questions: list[Question]
    answers: dict[UUID, str]  # by question
    topic: Topic | None
    organization: Organization | None
    standing: dict[UUID, Registration] = field(default_factory=dict)

    @property
    def lead(self) -> TeamMember | None:
        """Who speaks for the team."""
        return next((member for member in self.members if member.is_lead), None)

    def seat(self, number: int) -> TeamMember | None:
        """Who sits on a seat now."""
        return next((member for member in self.members if member.number == number), None)

    def free_seat(self, most: int) -> int | None:
        """The first seat that nobody has, of so many."""
        taken = {member.number for member in self.members}
        free = (number for number in range(1, most + 1) if number not in taken)
        return next(free, None) if len(taken) < most else None

    def standing_of(self, member: TeamMember) -> Registration | None:
        """Where a member stands at the event."""
        return self.standing.get(member.account_id) if member.account_id else None


async def training_of(db: Db, event: Event) -> Training | None:
    """How an event works with teams; None: it has none."""
    return await db.get(Training, event.id)


async def training_at(db: Db, slug: str) -> tuple[Event, Training]:
    """The published training with teams at a slug.

    Raises:
        NotFound: there is none.
    """
    event = await events.published(db, slug)
    training = await training_of(db, event)
    if training is None:
        raise NotFound(training=slug)
    return event, training


async def draft_of(db: Db, event: Event, account_id: UUID) -> Team | None:
    """The team that somebody is writing down."""
    found = select(Team).where(
        Team.event_id == event.id, Team.lead_id == account_id, Team.state == TeamState.DRAFT
    )
    return (await db.exec(found)).one_or_none()


async def team_of(db: Db, event: Event, account_id: UUID) -> Team | None:
    """The registered team that somebody sits down for."""
    found = (
        select(Team)
        .join(TeamMember, col(TeamMember.team_id) == col(Team.id))
        .where(
            Team.event_id == event.id,
            Team.state == TeamState.REGISTERED,
            TeamMember.account_id == account_id,
            col(TeamMember.until).is_(None),
        )
        .order_by(col(Team.number))
        .limit(1)
    )
    return (await db.exec(found)).one_or_none()


async def by_number(db: Db, event: Event, number: int) -> Team:
    """A team of an event that was registered, also one that is cancelled.

    Raises:
        NotFound: there is none of this number.
    """
    found = select(Team).where(
        Team.event_id == event.id, Team.number == number, col(Team.state).in_(SHOWN)
    )
    team = (await db.exec(found)).one_or_none()
    if team is None:
        raise NotFound(team=number)
    return team


async def questions_of(db: Db, event: Event) -> list[Question]:
    """The questions that are asked now, in the order of the page."""
    return [each for each in await all_questions(db, event) if each.retired_at is None]


async def all_questions(db: Db, event: Event) -> list[Question]:
    """All questions that are or were asked, in the order of the page."""
    found = select(Question).where(Question.event_id == event.id)
    ordered = found.order_by(col(Question.place), col(Question.number))
    return list((await db.exec(ordered)).all())


async def choices_of(db: Db, event: Event, training: Training, lead_id: UUID) -> Choices:
    """What a lead's draft is read by."""
    own = await organizations.mine(db, lead_id)
    return Choices(
        most=training.team_most,
        lead_address=await accounts.address_of(db, lead_id),
        questions=await questions_of(db, event),
        topics=await events.topics_of(db, event),
        organizations={
            organization.id: organization.name
            for membership, organization in own
            if membership.state is MembershipState.ACTIVE
        },
        mentors=await names_of_accepted(db, event.id),
    )


async def roll_of(db: Db, team: Team) -> Roll:
    """A team with all that its pages show."""
    seated = select(TeamMember).where(TeamMember.team_id == team.id)
    everyone = (await db.exec(seated.order_by(col(TeamMember.number)))).all()
    former = [member for member in everyone if member.until is not None]
    event = await db.get_one(Event, team.event_id)
    answers = await db.exec(select(Answer).where(Answer.team_id == team.id))
    return Roll(
        team=team,
        members=[member for member in everyone if member.until is None],
        former=sorted(former, key=lambda each: each.until or each.since, reverse=True),
        questions=await all_questions(db, event),
        answers={answer.question_id: answer.value for answer in answers},
        topic=await db.get(Topic, team.topic_id) if team.topic_id else None,
        organization=await db.get(Organization, team.organization_id)
        if team.organization_id
        else None,
        standing=await standing(db, event, [each.account_id for each in everyone]),
    )


async def standing(
    db: Db, event: Event, account_ids: Collection[UUID | None]
) -> dict[UUID, Registration]:
    """The registrations of accounts at an event."""
    found = (
        select(Participation.account_id, Registration)
        .join(Registration, col(Registration.participation_id) == col(Participation.id))
        .where(
            Participation.event_id == event.id,
            col(Participation.account_id).in_([each for each in account_ids if each]),
            registrations.at(None),
        )
    )
    return dict((await db.exec(found)).all())


async def avoided_by(db: Db, team: Team) -> list[Conflict]:
    """The mentors whom a team asked not to meet."""
    found = select(Conflict).where(
        Conflict.team_id == team.id, Conflict.source == ConflictSource.TEAM
    )
    return list((await db.exec(found)).all())


async def names_of(db: Db, account_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The names of accounts."""
    found = select(Account.id, Account.name).where(col(Account.id).in_(account_ids))
    return dict((await db.exec(found)).all())
