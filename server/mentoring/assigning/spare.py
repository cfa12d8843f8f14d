"""Whether there are enough places for all visits, and whether one absence could be borne."""

from collections import Counter
from typing import NamedTuple
from uuid import UUID

from server.mentoring.matching.task import Task


class Spare(NamedTuple):
    """Visits that are to be placed, and how many can be at most, as far as counting places tells;
    `key` are the mentors without any one of whom it would be fewer than all.
    """

    needs: int
    places: int
    key: list[UUID]

    @property
    def is_enough(self) -> bool:
        """Whether each visit could have a place."""
        return self.places >= self.needs


def spare(task: Task) -> Spare:
    """Count the places: slots in which mentors are free, and the visits that they have taken."""
    needs = Counter(round_ for _, round_ in task.open)
    free = {key: len(slots) for key, slots in task.free_slots.items()}
    slots = {r: sum(free[mentor, r] for mentor in task.mentors) for r in needs}
    takes = {m: min(task.left[m], sum(free[m, r] for r in needs)) for m in task.mentors}

    def placed(without: UUID | None = None) -> int:
        lost = {r: free[without, r] if without else 0 for r in needs}
        in_slots = sum(min(needs[r], slots[r] - lost[r]) for r in needs)
        return min(in_slots, sum(takes.values()) - (takes[without] if without else 0))

    key = [mentor for mentor in task.mentors if placed(without=mentor) < len(task.open)]
    return Spare(len(task.open), placed(), key)
