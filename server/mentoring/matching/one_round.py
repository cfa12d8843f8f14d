"""A task of one round: an assignment problem, solved exactly in milliseconds.

A mentor stands for as many places as there are visits to take, each costing no less than the one
before it; a team takes a place or goes without (Crouse, "On implementing 2D rectangular assignment
algorithms", 2016, as scipy has it). scipy is loaded with the first round that is solved.
"""

from collections import defaultdict
from uuid import UUID

from server.mentoring.matching.task import Meeting, Task


def round_of(task: Task) -> UUID | None:
    """The round, where a task has only one to decide."""
    rounds = {round_id for _, round_id in task.open}
    return rounds.pop() if len(rounds) == 1 else None


def chosen(task: Task, round_id: UUID) -> list[Meeting]:
    """The best meetings: as few teams without as can be, then the most points, then those of
    `before`.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    teams = sorted(team for team, _ in task.open)
    fine = len(teams) + 1
    places = [
        (mentor, cost)
        for mentor in task.mentors
        for _, cost in zip(task.free_slots[mentor, round_id], task.load_of(mentor), strict=False)
    ]
    row = {team: n for n, team in enumerate(teams)}
    costs = np.full((len(teams), len(places) + len(teams)), np.inf)  # inf: not possible
    loads = np.array([fine * cost for _, cost in places])
    columns: dict[UUID, list[int]] = defaultdict(list)
    for n, (mentor, _) in enumerate(places):
        columns[mentor].append(n)
    for meeting in task.possible():
        stays = meeting in task.stays
        points = task.worth.get(meeting[:2], 0) + task.stay * stays
        own = columns[meeting.mentor_id]
        costs[row[meeting.team_id], own] = loads[own] - fine * points - stays
    known = costs[np.isfinite(costs)]
    least, most = (known.min(), known.max()) if known.size else (0, 0)
    heavy = (most - least + 1) * fine  # more than all points can make out
    for n in range(len(teams)):
        costs[n, len(places) + n] = most + heavy
    for meeting in task.must:
        costs[row[meeting.team_id], columns[meeting.mentor_id]] -= 2 * heavy * fine
    rows, taken = linear_sum_assignment(costs)
    return [
        Meeting(places[column][0], teams[n], round_id)
        for n, column in zip(rows, taken, strict=True)
        if column < len(places)
    ]
