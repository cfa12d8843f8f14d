"""Two plans laid beside each other: what was and what will be, for each team and each mentor."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from server.mentoring.plans.rules import Visit


class Cell(NamedTuple):
    """Where a visit stands in the grid."""

    mentor_id: UUID
    slot_id: UUID


class Change(NamedTuple):
    """Visits of one round that go and come, each in the order of the slots."""

    round_id: UUID
    was: list[Visit]
    becomes: list[Visit]


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two plans."""

    cells: frozenset[Cell]
    teams: dict[UUID, list[Change]]
    mentors: dict[UUID, list[Change]]

    @property
    def count(self) -> int:
        """How many cells of the grid hold something else."""
        return len(self.cells)


def difference(
    before: Collection[Visit], after: Collection[Visit], slots: Mapping[UUID, UUID]
) -> Difference:
    """Compare two plans. `slots` are slot → round in the order of their times."""
    gone, come = set(before) - set(after), set(after) - set(before)
    return Difference(
        cells=frozenset(Cell(visit.mentor_id, visit.slot_id) for visit in gone | come),
        teams=_by(gone, come, slots, "team_id"),
        mentors=_by(gone, come, slots, "mentor_id"),
    )


def _by(
    gone: set[Visit], come: set[Visit], slots: Mapping[UUID, UUID], whose: str
) -> dict[UUID, list[Change]]:
    order = {slot: n for n, slot in enumerate(slots)}
    rounds = {round_: n for n, round_ in enumerate(dict.fromkeys(slots.values()))}
    found: dict[UUID, dict[UUID, Change]] = defaultdict(dict)
    for visit in sorted(gone | come, key=lambda v: order[v.slot_id]):
        round_ = slots[visit.slot_id]
        change = found[getattr(visit, whose)].setdefault(round_, Change(round_, [], []))
        (change.was if visit in gone else change.becomes).append(visit)
    return {
        who: sorted(changes.values(), key=lambda change: rounds[change.round_id])
        for who, changes in found.items()
    }
