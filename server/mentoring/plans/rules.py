"""Pure decisions about plans: what stands against a visit, and which teams go without."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Trouble(StrEnum):
    """What may stand against a visit. `REPEAT` is a hint, the others are conflicts."""

    CONFLICT = "conflict"  # the two must not meet
    NOT_FREE = "not_free"  # the mentor is not free in that slot
    TWICE = "twice"  # the team has two visits in one round
    OVER = "over"  # the mentor has more visits than taken
    REPEAT = "repeat"  # the two have met in another round


class Visit(NamedTuple):
    """A mentor with a team in a slot."""

    slot_id: UUID
    team_id: UUID
    mentor_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All that a plan is judged by.

    `slots` are slot → round, in the order of their times; `capacity` is per mentor; `busy` are
    (mentor, slot); `apart` are (mentor, team) that must not meet; `keeps` are teams that keep
    their mentor over the rounds.
    """

    slots: Mapping[UUID, UUID]
    teams: Sequence[UUID]
    capacity: Mapping[UUID, int]
    busy: frozenset[tuple[UUID, UUID]] = frozenset()
    apart: frozenset[tuple[UUID, UUID]] = frozenset()
    keeps: frozenset[UUID] = frozenset()

    @property
    def rounds(self) -> list[UUID]:
        """The rounds in order."""
        return list(dict.fromkeys(self.slots.values()))


@dataclass(slots=True)
class Review:
    """What a plan leaves to do: troubles by visit, and teams without a visit by round."""

    troubles: dict[Visit, list[Trouble]] = field(default_factory=lambda: defaultdict(list))
    gaps: list[tuple[UUID, UUID]] = field(default_factory=list)  # round, team

    @property
    def count(self) -> int:
        """How many things need a hand."""
        return len(self.troubles) + len(self.gaps)


def review(board: Board, visits: Collection[Visit]) -> Review:
    """Judge a plan."""
    found = Review()
    by_round: dict[UUID, Counter[UUID]] = {round_: Counter() for round_ in board.rounds}
    met: dict[tuple[UUID, UUID], UUID] = {}
    load: Counter[UUID] = Counter()
    for visit in sorted(visits, key=lambda v: list(board.slots).index(v.slot_id)):
        round_ = board.slots[visit.slot_id]
        pair = visit.mentor_id, visit.team_id
        by_round[round_][visit.team_id] += 1
        load[visit.mentor_id] += 1
        before = met.setdefault(pair, round_)
        stands = {
            Trouble.CONFLICT: pair in board.apart,
            Trouble.NOT_FREE: (visit.mentor_id, visit.slot_id) in board.busy,
            Trouble.TWICE: by_round[round_][visit.team_id] > 1,
            Trouble.OVER: load[visit.mentor_id] > board.capacity.get(visit.mentor_id, 0),
            Trouble.REPEAT: before != round_ and visit.team_id not in board.keeps,
        }
        if any(stands.values()):
            found.troubles[visit] = [trouble for trouble, so in stands.items() if so]
    for round_ in board.rounds:
        found.gaps += [(round_, team) for team in board.teams if not by_round[round_][team]]
    return found


def fill(board: Board, fixed: Collection[Visit]) -> list[Visit]:
    """`fixed` and, by a simple rule, a visit for every team and round that lacks one.

    Slot by slot, each free mentor takes the team that has the fewest mentors left for it. Nobody
    meets whom they must not, or twice (save teams that keep their mentor), nobody takes more than
    the capacity. What cannot be filled this way stays open.
    """
    visits = list(fixed)
    load = Counter(visit.mentor_id for visit in visits)
    met = {(visit.mentor_id, visit.team_id) for visit in visits}
    for round_ in board.rounds:
        open_teams = _without(board, round_, visits)
        for slot in (slot for slot, of in board.slots.items() if of == round_):
            taken = {visit.mentor_id for visit in visits if visit.slot_id == slot}
            free = [
                mentor
                for mentor, most in board.capacity.items()
                if mentor not in taken and load[mentor] < most and (mentor, slot) not in board.busy
            ]
            for mentor, team in _matched(board, free, open_teams, met):
                visits.append(Visit(slot, team, mentor))
                load[mentor] += 1
                met.add((mentor, team))
                open_teams.remove(team)
    return visits


def _without(board: Board, round_: UUID, visits: Iterable[Visit]) -> list[UUID]:
    """The teams that have no visit in a round, in their order."""
    visited = {visit.team_id for visit in visits if board.slots[visit.slot_id] == round_}
    return [team for team in board.teams if team not in visited]


def _matched(
    board: Board,
    mentors: Sequence[UUID],
    teams: Sequence[UUID],
    met: Collection[tuple[UUID, UUID]],
) -> list[tuple[UUID, UUID]]:
    """As many mentors as possible, each with a team of its own (augmenting paths, by Kuhn)."""
    fitting = {mentor: _fitting(board, mentor, teams, met) for mentor in mentors}
    mentor_of: dict[UUID, UUID] = {}

    def finds(mentor: UUID, tried: set[UUID]) -> bool:
        for team in fitting[mentor]:
            if team in tried:
                continue
            tried.add(team)
            if team not in mentor_of or finds(mentor_of[team], tried):
                mentor_of[team] = mentor
                return True
        return False

    for mentor in sorted(mentors, key=lambda m: len(fitting[m])):
        finds(mentor, set())
    return [(mentor, team) for team, mentor in mentor_of.items()]


def _fitting(
    board: Board, mentor: UUID, teams: Sequence[UUID], met: Collection[tuple[UUID, UUID]]
) -> list[UUID]:
    """The teams that a mentor may visit, those that keep this mentor first."""
    had = {team for other, team in met if other == mentor}
    kept_by_others = {team for other, team in met if team in board.keeps and other != mentor}
    fits = [
        team
        for team in teams
        if (mentor, team) not in board.apart
        and team not in kept_by_others
        and (team in board.keeps or team not in had)
    ]
    return sorted(fits, key=lambda team: team not in had)
