"""How a plan treats people: wishes that came true, visits per mentor; and how a sheet on which
whoever comes first takes what is free would have treated them.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from server.mentoring.matching.first_come import first_come
from server.mentoring.matching.task import Task
from server.mentoring.matching.worth import Reason, Wishes
from server.mentoring.plans.planning import Planning
from server.mentoring.plans.rules import Visit
from server.mentoring.solving.merits import Merits


class Share(NamedTuple):
    """So many of so many."""

    met: int
    all: int

    @property
    def percent(self) -> int:
        """Of a hundred; 100 where there was nothing to meet."""
        return round(100 * self.met / self.all) if self.all else 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What a plan does for people.

    `gladly` are the teams with a wish that meet one of whom they would like; `avoided` the wishes
    not to meet that are kept; `mentors` the wishes of mentors for teams that come true; `topic` the
    visits on the team's topic; `load` the mentors by their number of visits.
    """

    covered: Share
    points: int
    gladly: Share
    avoided: Share
    mentors: Share
    topic: Share
    load: Mapping[UUID, int]

    @property
    def spread(self) -> tuple[int, int]:
        """The fewest and the most visits of a mentor."""
        return min(self.load.values(), default=0), max(self.load.values(), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """A plan beside the one that would have come about by itself."""

    plan: Treatment
    first_come: Treatment


def fairness(planning: Planning, merits: Merits, task: Task) -> Fairness:
    """Weigh a plan."""
    return Fairness(
        plan=treatment(task, merits, planning.visits),
        first_come=treatment(task, merits, first_come(task)),
    )


def treatment(task: Task, merits: Merits, visits: Collection[Visit]) -> Treatment:
    """What a plan does for people."""
    pairs = {(visit.mentor_id, visit.team_id) for visit in visits}
    needs = len(task.board.teams) * len(task.board.rounds)
    load = Counter(visit.mentor_id for visit in visits)
    return Treatment(
        covered=Share(len({(v.team_id, task.board.slots[v.slot_id]) for v in visits}), needs),
        points=task.value(visits),
        gladly=_gladly(merits.wishes, pairs),
        avoided=_avoided(merits.wishes, pairs),
        mentors=_mentors(merits.wishes, pairs),
        topic=Share(
            sum(Reason.FIELD in merits.earned[pair] for pair in _pairs(visits)), len(visits)
        ),
        load={mentor: load[mentor] for mentor in task.mentors},
    )


def _pairs(visits: Collection[Visit]) -> list[tuple[UUID, UUID]]:
    return [(visit.mentor_id, visit.team_id) for visit in visits]


def _gladly(
    wishes: Mapping[tuple[UUID, UUID], Wishes], pairs: Collection[tuple[UUID, UUID]]
) -> Share:
    wishing = {team for (_, team), wish in wishes.items() if wish.team > 0}
    glad = {pair[1] for pair, wish in wishes.items() if wish.team > 0 and pair in pairs}
    return Share(len(glad), len(wishing))


def _avoided(
    wishes: Mapping[tuple[UUID, UUID], Wishes], pairs: Collection[tuple[UUID, UUID]]
) -> Share:
    rather_not = [
        pair for pair, wish in wishes.items() for each in (wish.team, wish.mentor) if each < 0
    ]
    return Share(sum(pair not in pairs for pair in rather_not), len(rather_not))


def _mentors(
    wishes: Mapping[tuple[UUID, UUID], Wishes], pairs: Collection[tuple[UUID, UUID]]
) -> Share:
    wanted = [pair for pair, wish in wishes.items() if wish.mentor > 0]
    return Share(sum(pair in pairs for pair in wanted), len(wanted))
