"""How the seats of an event filled over time, and the line that draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlmodel import col, select

from server.core.db import Db
from server.events.models import Event
from server.registration.models import Registration, RegistrationChange, RegistrationState

WIDTH, HEIGHT = 400, 190  # of the field of the line, in the units of its drawing
MOST_STEPS: Final = 200
SHORTEST: Final = timedelta(hours=1)


class Step(NamedTuple):
    """From this moment on so many seats were taken."""

    at: datetime
    seated: int


@dataclass(frozen=True, slots=True)
class Line:
    """The drawing: an SVG path, where it ends, and where the capacity lies (None: no bound)."""

    path: str
    end_x: float
    end_y: float
    capacity_y: float | None
    begins: datetime
    ends: datetime
    highest: int  # what the top of the field stands for


async def steps(db: Db, event: Event) -> list[Step]:
    """Each taking and giving back of a seat at the event, added up, the oldest first."""
    before, after = col(RegistrationChange.before), col(RegistrationChange.after)
    found = (
        select(RegistrationChange.at, before, after)
        .join(Registration, col(Registration.id) == col(RegistrationChange.registration_id))
        .where(Registration.event_id == event.id, col(Registration.session_id).is_(None))
        .order_by(col(RegistrationChange.at), col(RegistrationChange.id))
    )
    seated, line = 0, []
    for at, was, is_now in await db.exec(found):
        change = (is_now == RegistrationState.SEATED) - (was == RegistrationState.SEATED)
        seated += change
        if change:
            line.append(Step(at, seated))
    return line


def thinned(line: Sequence[Step], most: int = MOST_STEPS) -> list[Step]:
    """At most so many steps: the last one of each of equal spans of time."""
    if len(line) <= most:
        return list(line)
    span = (line[-1].at - line[0].at) / most or SHORTEST
    last_of = {min(int((step.at - line[0].at) / span), most - 1): step for step in line}
    return list(last_of.values())


def line_of(line: Sequence[Step], *, capacity: int | None, now: datetime) -> Line | None:
    """The drawing of the steps until now; None where nobody ever had a seat."""
    if not line:
        return None
    begins, ends = line[0].at, max(now, line[0].at + SHORTEST)
    peak = max(step.seated for step in line)
    highest = max(peak, capacity or 0, 1)

    def x(at: datetime) -> float:
        return round(WIDTH * min((at - begins) / (ends - begins), 1), 1)

    def y(seated: int) -> float:
        return round(HEIGHT * (1 - seated / highest), 1)

    moves = "".join(f"H{x(step.at)}V{y(step.seated)}" for step in thinned(line))
    return Line(
        path=f"M0 {y(0)}{moves}H{x(ends)}",
        end_x=x(ends),
        end_y=y(line[-1].seated),
        capacity_y=None if capacity is None else y(capacity),
        begins=begins,
        ends=ends,
        highest=highest,
    )


def seated_at(line: Sequence[Step], moment: datetime) -> int:
    """How many seats were taken at a moment."""
    return next((step.seated for step in reversed(line) if step.at <= moment), 0)
