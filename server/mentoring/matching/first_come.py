"""The plan that comes about without a plan: who comes first takes what is free.

Every team in its turn, in the order of registration, signs up in each round with the free mentor
who suits it best, as on a sheet that shows everybody's free places.
"""

from collections import Counter
from uuid import UUID

from server.mentoring.matching.slots import placed
from server.mentoring.matching.task import Meeting, Task
from server.mentoring.plans.rules import Visit


def first_come(task: Task) -> frozenset[Visit]:
    """The plan; it keeps every rule, and what is fixed stays."""
    possible: dict[tuple[UUID, UUID], list[Meeting]] = {}
    for meeting in task.possible():
        possible.setdefault((meeting.team_id, meeting.round_id), []).append(meeting)
    held: list[Meeting] = []
    taken, in_round = Counter[UUID](), Counter[tuple[UUID, UUID]]()
    for team in task.board.teams:
        met: set[UUID] = set()
        for round_ in task.board.rounds:
            fitting = [
                m
                for m in possible.get((team, round_), [])
                if taken[m.mentor_id] < task.left[m.mentor_id]
                and in_round[m.mentor_id, round_] < len(task.free_slots[m.mentor_id, round_])
                and (not met or (m.mentor_id in met) == (team in task.board.keeps))
            ]
            if not fitting:
                continue
            chosen = max(fitting, key=lambda m: (task.worth.get(m[:2], 0), m.mentor_id))
            held.append(chosen)
            taken[chosen.mentor_id] += 1
            in_round[chosen.mentor_id, round_] += 1
            met.add(chosen.mentor_id)
    return task.fixed | set(placed(task, held))
