"""Plans of who visits whom in all rounds, and searches for the best one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from server.core.columns import Row, choice, moment


class PlanState(StrEnum):
    """Whether a plan is being written, holds, or held."""

    DRAFT = "draft"
    PUBLISHED = "published"
    FORMER = "former"


class SolvingState(StrEnum):
    """Where a search for the best plan stands."""

    ASKED = "asked"  # no worker has begun yet
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"  # by an organizer; what was found until then stays
    BROKEN = "broken"  # the program that searched ended unasked, or its worker did


class Plan(Row, table=True):
    """Who visits whom in all rounds of an event; one holds, at most one is being written.

    `before` are the visits (slot, team, mentor, "locked" or nothing) that a file or the simple rule
    replaced, which can be had back as long as nothing was changed since: while `v` is `before_v`.
    `weights` are how much each reason counts (`matching.worth`), for who is looked for by machine.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index(
            "uq_plan_draft",
            "event_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        Index(
            "uq_plan_published",
            "event_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    event_id: UUID = Field(foreign_key="event.id")
    number: int
    state: PlanState = choice(PlanState, default=PlanState.DRAFT)
    created_at: datetime = moment()
    saved_at: datetime = moment()
    saved_by: UUID | None = Field(default=None, foreign_key="account.id")
    published_at: datetime | None = moment(default=None)
    v: int = 1
    before: list[list[str]] | None = Field(default=None, sa_type=JSON)
    before_v: int | None = None
    weights: dict[str, int] = Field(default_factory=dict, sa_type=JSON)


class Assignment(Row, table=True):
    """A mentor visits a team in a slot, by a plan."""

    __table_args__ = (
        UniqueConstraint("plan_id", "slot_id", "team_id"),
        UniqueConstraint("plan_id", "slot_id", "mentor_id"),
    )

    plan_id: UUID = Field(foreign_key="plan.id")
    slot_id: UUID = Field(foreign_key="slot.id")
    team_id: UUID = Field(foreign_key="team.id", index=True)
    mentor_id: UUID = Field(foreign_key="mentor.id", index=True)
    locked: bool = False


class Solving(Row, table=True):
    """A search for the best plan, for a draft; one at a time. Each plan that it finds is nearer to
    the best than the one before.

    `beat_at`: the last sign of life of who searches. `plan_v` is the draft that it works on: with
    another `v` somebody has changed it meanwhile, so nothing is written over and `visits` (slot,
    team, mentor) wait here. `input_hash` is of all that was asked for. Of the last plan: its
    points, what may be missing of them to the best (0 to 1), the visits that are missing, and the
    fewest that can be.
    """

    __table_args__ = (
        Index(
            "uq_solving_plan",
            "plan_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'running')"),
            postgresql_where=text("state IN ('asked', 'running')"),
        ),
        Index("ix_solving_state", "state"),
    )

    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    state: SolvingState = choice(SolvingState, default=SolvingState.ASKED)
    near: bool = False  # as few changes as can be, before points
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = moment()
    beat_at: datetime | None = moment(default=None)
    ended_at: datetime | None = moment(default=None)
    plan_v: int
    input_hash: str = ""
    visits: list[list[str]] | None = Field(default=None, sa_type=JSON)
    points: int | None = None
    gap: float | None = None
    told_gap: float | None = None  # where the solver is, on its way to the next plan
    uncovered: int | None = None
    fewest: int | None = None
    in_time: bool = False  # ended by proof, not by the clock
