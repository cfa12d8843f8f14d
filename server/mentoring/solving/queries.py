"""Reads of searches for the best plan."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.mentoring.plans.models import Plan, Solving, SolvingState
from server.mentoring.plans.rules import Visit
from server.mentoring.solving import wire
from server.mentoring.solving.actions import ACTIVE, SILENT_AFTER

_BEST: Final = 1e-9  # a gap that is none


@dataclass(frozen=True, slots=True)
class Search:
    """The newest search for a draft, and who has asked for it."""

    solving: Solving
    asked_by: str
    now: datetime

    @property
    def is_silent(self) -> bool:
        """Whether its worker has given no sign of life for too long."""
        beat = self.solving.beat_at
        running = self.solving.state is SolvingState.RUNNING
        return running and beat is not None and self.now - beat > SILENT_AFTER

    @property
    def is_active(self) -> bool:
        """Whether something may still come."""
        return self.solving.state in ACTIVE and not self.is_silent

    @property
    def is_broken(self) -> bool:
        """Whether it ended before its time."""
        return self.solving.state is SolvingState.BROKEN or self.is_silent

    @property
    def is_best(self) -> bool:
        """Whether no plan is better than the last one found."""
        solving = self.solving
        return (
            solving.in_time
            and solving.uncovered == solving.fewest
            and (solving.gap or 0.0) <= _BEST
        )

    @property
    def seconds(self) -> int:
        """How long it took, or takes until now."""
        return round(((self.solving.ended_at or self.now) - self.solving.asked_at).total_seconds())

    def waits(self, plan: Plan, visits: Set[Visit]) -> bool:
        """Whether what was found stands beside the draft, for somebody has changed it meanwhile."""
        solving = self.solving
        if solving.visits is None or self.is_active or plan.v == solving.plan_v:
            return False
        return set(wire.to_visits(solving.visits)) != visits


async def newest(db: Db, plan: Plan, *, now: datetime) -> Search | None:
    """The newest search for a plan."""
    found = (
        select(Solving, Account.name)
        .join(Account, col(Account.id) == col(Solving.asked_by))
        .where(Solving.plan_id == plan.id)
        .order_by(col(Solving.asked_at).desc(), col(Solving.id).desc())
        .limit(1)
    )
    row = (await db.exec(found)).first()
    return Search(*row, now) if row else None
