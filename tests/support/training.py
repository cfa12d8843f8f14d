"""A training with teams, mentors, rounds and a published plan, written straight into the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import select

import server.tables  # noqa: F401 - registers every table
from server.accounts.models import Account, MailAddress
from server.core.db import Db
from server.demo.writing import insert_all
from server.events.models import (
    Event,
    EventKind,
    EventState,
    Participation,
    ParticipationRole,
    Role,
    Session,
    SessionKind,
)
from server.mentoring import queries
from server.mentoring.models import (
    Mentor,
    MentorState,
    Round,
    Slot,
    Team,
    TeamMember,
    TeamState,
    Training,
)
from server.mentoring.plans import rules
from server.mentoring.plans.models import Assignment, Plan, PlanState

NOW: Final = datetime(2027, 2, 20, 4, 0, tzinfo=UTC)  # 13:00 in Japan


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How large a training is, and how long its parts are, in seconds.

    `due`: how many mentors the plan sends; the others are free.
    """

    teams: int = 3
    members: int = 2
    mentors: int = 3
    rounds: int = 1
    slots: int = 1
    slot: int = 780
    travel: int = 120
    pause: int = 900
    due: int | None = None


@dataclass(slots=True)
class Held:
    """The training as it was written."""

    event: Event
    session: Session
    organizer: Participation
    teams: list[Team] = field(default_factory=list)
    members: dict[UUID, list[Participation]] = field(default_factory=dict)  # by team
    mentors: list[Mentor] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    slots: dict[UUID, list[Slot]] = field(default_factory=dict)  # by round

    @property
    def everyone(self) -> list[UUID]:
        """The participations of all who sit in teams, and of the mentors."""
        seated = [person.id for people in self.members.values() for person in people]
        return [*seated, *(mentor.participation_id for mentor in self.mentors)]


async def hold(db: Db, sizes: Sizes | None = None, *, now: datetime = NOW, slug: str) -> Held:
    """Write a training that is on since `now`, its rounds planned from then on."""
    chosen = sizes or Sizes()
    event = Event(
        slug=slug,
        kind=EventKind.TRAINING,
        title={"ja": "実践研修", "en": "A training"},
        state=EventState.PUBLISHED,
        starts_at=now,
        ends_at=now + timedelta(hours=6),
    )
    session = Session(
        event_id=event.id,
        number=1,
        kind=SessionKind.ROUND,
        title={"ja": "研修", "en": "Training"},
        starts_at=now,
        doors_at=now - timedelta(minutes=30),
        ends_at=now + timedelta(hours=6),
        capacity=400,
    )
    db.add_all([event, session])
    await db.flush()
    db.add(Training(event_id=event.id))
    (organizer,) = await _people(db, event, ["organizer"], Role.ORGANIZER, now)
    held = Held(event, session, organizer)
    await _teams(db, held, chosen, now)
    await _mentors(db, held, chosen, now)
    await _rounds(db, held, chosen, now)
    await _plan(db, held, chosen, now)
    return held


async def _people(
    db: Db, event: Event, names: Sequence[str], role: Role, now: datetime
) -> list[Participation]:
    accounts = [Account(name=f"{name} さん", reading=name, created_at=now) for name in names]
    await insert_all(db, accounts)
    addresses = [
        MailAddress(account_id=a.id, address=f"{name}@{event.slug}.example", verified_at=now)
        for a, name in zip(accounts, names, strict=True)
    ]
    await insert_all(db, addresses)
    people = [
        Participation(event_id=event.id, account_id=account.id, created_at=now)
        for account in accounts
    ]
    await insert_all(db, people)
    await insert_all(db, [ParticipationRole(participation_id=p.id, role=role) for p in people])
    return people


async def _teams(db: Db, held: Held, sizes: Sizes, now: datetime) -> None:
    names = [f"t{t}m{m}" for t in range(sizes.teams) for m in range(sizes.members)]
    people = await _people(db, held.event, names, Role.PARTICIPANT, now)
    for number in range(sizes.teams):
        own = people[number * sizes.members : (number + 1) * sizes.members]
        team = Team(
            event_id=held.event.id,
            number=number + 1,
            state=TeamState.REGISTERED,
            lead_id=own[0].account_id,
            name=f"見本{number + 1}町",
            created_at=now,
            saved_at=now,
            registered_at=now,
        )
        held.teams.append(team)
        held.members[team.id] = own
    await insert_all(db, held.teams)
    rows = [
        TeamMember(
            team_id=team.id,
            number=number,
            name=f"{team.name}の人{number + 1}",
            account_id=person.account_id,
            is_lead=number == 0,
            since=now,
            confirmed_at=now,
        )
        for team in held.teams
        for number, person in enumerate(held.members[team.id])
    ]
    await insert_all(db, rows)


async def _mentors(db: Db, held: Held, sizes: Sizes, now: datetime) -> None:
    names = [f"mentor{number}" for number in range(sizes.mentors)]
    people = await _people(db, held.event, names, Role.MENTOR, now)
    held.mentors = [
        Mentor(
            event_id=held.event.id,
            participation_id=person.id,
            state=MentorState.ACCEPTED,
            invited_at=now,
            answered_at=now,
        )
        for person in people
    ]
    await insert_all(db, held.mentors)


async def _rounds(db: Db, held: Held, sizes: Sizes, now: datetime) -> None:
    step = sizes.slot + sizes.travel
    length = sizes.slots * step - sizes.travel
    for number in range(sizes.rounds):
        starts_at = now + timedelta(seconds=number * (length + sizes.pause))
        round_ = Round(
            event_id=held.event.id,
            session_id=held.session.id,
            number=number + 1,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(seconds=length),
        )
        held.rounds.append(round_)
        held.slots[round_.id] = [
            Slot(round_id=round_.id, number=n + 1, offset=n * step, length=sizes.slot)
            for n in range(sizes.slots)
        ]
    await insert_all(db, held.rounds)
    await insert_all(db, [slot for slots in held.slots.values() for slot in slots])


async def _plan(db: Db, held: Held, sizes: Sizes, now: datetime) -> None:
    plan = Plan(
        event_id=held.event.id,
        number=1,
        state=PlanState.PUBLISHED,
        created_at=now,
        saved_at=now,
        published_at=now,
    )
    db.add(plan)
    await db.flush()
    board = await queries.board_of(db, held.event.id)
    due = [mentor.id for mentor in held.mentors[: sizes.due]]
    capacity = {mentor: board.capacity[mentor] for mentor in due}
    visits = rules.fill(
        rules.Board(slots=board.slots, teams=board.teams, capacity=capacity), fixed=[]
    )
    await insert_all(db, [Assignment(plan_id=plan.id, **visit._asdict()) for visit in visits])


async def held_rows(db: Db, held: Held) -> None:
    """Read the rows of a training again, as they are now."""
    for row in (*held.rounds, *(slot for slots in held.slots.values() for slot in slots)):
        fresh = (await db.exec(select(type(row)).where(type(row).id == row.id))).one()
        for name, value in fresh.model_dump().items():
            setattr(row, name, value)
