"""A plan with all that it is judged by, as pages and actions read it."""

from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.accounts.mails import recipients_of
from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Event, Participation
from server.mentoring import queries
from server.mentoring.models import Mentor, Round, RoundState, Slot, Team
from server.mentoring.plans import rules
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.mentoring.plans.rules import Board, Trouble, Visit
from server.mentoring.schedule import timetable
from server.mentoring.schedule.timetable import Span


class Person(NamedTuple):
    """A mentor as lists show one: the whole name, a short one for the grid, the mail address."""

    mentor: Mentor
    account_id: UUID
    name: str
    short: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """A plan, the rounds, teams and mentors that it is about, and the published one beside it.

    `held` are its visits; in rounds that have begun they are the published plan's, whatever was
    written in the draft, for what happened cannot be planned. `fixed` are the slots of those.
    """

    event: Event
    plan: Plan
    published: Plan | None
    rounds: list[Round]
    slots: dict[UUID, list[Slot]]  # by round
    teams: dict[UUID, Team]
    people: dict[UUID, Person]  # by mentor
    board: Board
    held: dict[Visit, bool]  # → whether it is locked
    before: frozenset[Visit]
    fixed: frozenset[UUID] = field(default=frozenset())

    @property
    def visits(self) -> list[Visit]:
        """The visits of the plan."""
        return list(self.held)

    @property
    def is_draft(self) -> bool:
        """Whether it can be changed."""
        return self.plan.state is PlanState.DRAFT

    @property
    def open_board(self) -> Board:
        """The board on which nobody is free in rounds that have begun."""
        begun = {(mentor, slot) for mentor in self.people for slot in self.fixed}
        return replace(self.board, busy=self.board.busy | begun)

    def span(self, slot_id: UUID) -> Span:
        """When a slot is."""
        return self.spans[slot_id]

    @property
    def spans(self) -> dict[UUID, Span]:
        """When each slot is."""
        return {
            slot.id: timetable.span_of(round_, slot)
            for round_ in self.rounds
            for slot in self.slots[round_.id]
        }

    def hard(self) -> int:
        """How many visits to come stand against a rule; a second time is only a hint."""
        found = rules.review(self.board, self.visits).troubles
        return sum(
            visit.slot_id not in self.fixed and set(troubles) != {Trouble.REPEAT}
            for visit, troubles in found.items()
        )


async def plan_of(db: Db, event: Event, number: int) -> Plan:
    """A plan of an event.

    Raises:
        NotFound: there is none of this number.
    """
    found = select(Plan).where(Plan.event_id == event.id, Plan.number == number)
    plan = (await db.exec(found)).one_or_none()
    if plan is None:
        raise NotFound(plan=number)
    return plan


async def plans_of(db: Db, event: Event) -> list[Plan]:
    """All plans of an event, the newest first."""
    found = select(Plan).where(Plan.event_id == event.id).order_by(col(Plan.number).desc())
    return list((await db.exec(found)).all())


async def planning_of(db: Db, event: Event, plan: Plan) -> Planning:
    """Read all that belongs to a plan, in the same number of statements however large it is."""
    rounds = await queries.rounds_of(db, event.id)
    slots = await queries.slots_of(db, [round_.id for round_ in rounds])
    teams = {team.id: team for team in await queries.teams_of(db, event.id)}
    people = await _people(db, await queries.mentors_of(db, event.id))
    board = await queries.board_of(db, event.id)
    published = await queries.plan_in(db, event.id, PlanState.PUBLISHED)
    own = [a for a in await queries.assignments_of(db, plan) if _known(a, teams, people)]
    theirs = [a for a in await queries.assignments_of(db, published) if _known(a, teams, people)]
    fixed = _fixed(plan, published, rounds, slots)
    told = [*(a for a in own if a.slot_id not in fixed), *(a for a in theirs if a.slot_id in fixed)]
    return Planning(
        event=event,
        plan=plan,
        published=published,
        rounds=[round_ for round_ in rounds if slots[round_.id]],
        slots=slots,
        teams=teams,
        people=people,
        board=board,
        held={Visit(a.slot_id, a.team_id, a.mentor_id): a.locked for a in told},
        before=frozenset(queries.visits_from(theirs)),
        fixed=fixed,
    )


def _known(assignment: Assignment, teams: dict[UUID, Team], people: dict[UUID, Person]) -> bool:
    """Whether team and mentor still take part."""
    return assignment.team_id in teams and assignment.mentor_id in people


def _fixed(
    plan: Plan, published: Plan | None, rounds: list[Round], slots: dict[UUID, list[Slot]]
) -> frozenset[UUID]:
    if plan.state is not PlanState.DRAFT or published is None:
        return frozenset()
    begun = [round_ for round_ in rounds if round_.state is not RoundState.PLANNED]
    return frozenset(slot.id for round_ in begun for slot in slots[round_.id])


async def _people(db: Db, mentors: list[Mentor]) -> dict[UUID, Person]:
    """Mentors who can be reached, in the order in which they were invited."""
    found = select(Participation.id, Participation.account_id).where(
        col(Participation.id).in_([mentor.participation_id for mentor in mentors])
    )
    accounts = dict((await db.exec(found)).all())
    readers = await recipients_of(db, set(accounts.values()))
    named = [
        (mentor, readers[accounts[mentor.participation_id]])
        for mentor in mentors
        if accounts[mentor.participation_id] in readers
    ]
    short = short_names([reader.name for _, reader in named])
    return {
        mentor.id: Person(mentor, reader.account_id, reader.name, name, reader.address)
        for (mentor, reader), name in zip(named, short, strict=True)
    }


def short_names(names: list[str]) -> list[str]:
    """Family names of Japanese names, initial and family name of others; whole where two would be
    the same.
    """
    short = [_short(name) for name in names]
    return [
        name if short.count(brief) > 1 else brief for name, brief in zip(names, short, strict=True)
    ]


def _short(name: str) -> str:
    parts = name.replace("\u3000", " ").split()
    if name.isascii() and len(parts) > 1:
        return f"{parts[0][0]}. {parts[-1]}"
    return parts[0].split("・")[0] if parts else name
