"""A task and its answers as JSON, between the worker and the program that searches."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from server.mentoring.matching.solved import Solved
from server.mentoring.matching.task import Task
from server.mentoring.plans.rules import Board, Visit


def inputs(task: Task) -> dict[str, Any]:
    """What a task is made of, but for what stays and what was before; the same however ordered."""
    board = task.board
    return {
        "slots": [[str(slot), str(round_)] for slot, round_ in board.slots.items()],
        "teams": sorted(map(str, board.teams)),
        "capacity": sorted([str(mentor), most] for mentor, most in board.capacity.items()),
        "busy": _pairs(board.busy),
        "apart": _pairs(board.apart),
        "keeps": sorted(map(str, board.keeps)),
        "worth": sorted([str(m), str(t), points] for (m, t), points in task.worth.items()),
        "load": task.load,
    }


def of_task(task: Task) -> dict[str, Any]:
    """A task to be sent."""
    rest = {"fixed": visits(task.fixed), "before": visits(task.before), "stay": task.stay}
    return inputs(task) | rest


def to_task(said: dict[str, Any]) -> Task:
    """A task that was sent."""
    board = Board(
        slots={UUID(slot): UUID(round_) for slot, round_ in said["slots"]},
        teams=[UUID(team) for team in said["teams"]],
        capacity={UUID(mentor): most for mentor, most in said["capacity"]},
        busy=_to_pairs(said["busy"]),
        apart=_to_pairs(said["apart"]),
        keeps=frozenset(map(UUID, said["keeps"])),
    )
    return Task(
        board=board,
        worth={(UUID(m), UUID(t)): points for m, t, points in said["worth"]},
        fixed=frozenset(to_visits(said["fixed"])),
        load=said["load"],
        before=frozenset(to_visits(said["before"])),
        stay=said["stay"],
    )


def of_solved(solved: Solved) -> dict[str, Any]:
    """A plan that was found."""
    return {
        "visits": visits(solved.visits),
        "points": solved.points,
        "uncovered": solved.uncovered,
        "fewest": solved.fewest,
        "most": solved.most,
        "in_time": solved.in_time,
    }


def to_solved(said: dict[str, Any]) -> Solved:
    """A plan that was sent."""
    return Solved(**{**said, "visits": frozenset(to_visits(said["visits"]))})


def visits(found: Iterable[Visit]) -> list[list[str]]:
    """Visits as texts, sorted."""
    return sorted([str(part) for part in visit] for visit in found)


def to_visits(said: Iterable[list[str]]) -> list[Visit]:
    """Visits from texts."""
    return [Visit(*map(UUID, each)) for each in said]


def _pairs(pairs: Iterable[tuple[UUID, UUID]]) -> list[list[str]]:
    return sorted([str(one), str(other)] for one, other in pairs)


def _to_pairs(said: Iterable[list[str]]) -> frozenset[tuple[UUID, UUID]]:
    return frozenset((UUID(one), UUID(other)) for one, other in said)
