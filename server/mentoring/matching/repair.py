"""A visit whose mentor does not come, in a round that runs: what can be done with the fewest moves.

Other rounds, slots that are over and visits that go on stay as they are. Of repairs that move as
few teams, one that begins at once is taken, then the one of the most points.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from server.mentoring.matching import one_round
from server.mentoring.matching.slots import placed
from server.mentoring.matching.task import Task
from server.mentoring.plans.rules import Visit


class Kind(StrEnum):
    """What a repair does."""

    FREE = "free"  # a mentor who is free comes at once
    LATER = "later"  # a mentor comes in a later slot
    SWAP = "swap"  # other teams change their visit, too
    MERGE = "merge"  # the team joins another one and its mentor for the slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The visits of the whole plan after it, the team's own one, and the other teams that move.

    Of a `MERGE` no visit changes but the one that is not held; `own` is the one that is joined.
    """

    kind: Kind
    visits: frozenset[Visit]
    own: Visit
    moved: frozenset[UUID] = frozenset()


def repairs(
    task: Task,
    visits: Collection[Visit],
    gone: Visit,
    *,
    past: Collection[UUID],
    running: Collection[UUID],
    absent: Collection[UUID] = (),
    most: int = 2,
) -> list[Repair]:
    """What can be done about a visit that is not held, the least disturbing first.

    Args:
        past: the slots that are over.
        running: those that have begun and are not over; the visit's own one belongs to them, or is
            to come.
        absent: mentors who are not there, beside the visit's own: nobody counts on them.
        most: how many, each with another mentor.
    """
    task = _without(task, visits, {*absent, gone.mentor_id})
    found: list[Repair] = []
    apart = task.board.apart
    while len(found) < most:
        board = replace(task.board, apart=apart)
        one = _repair(replace(task, board=board), visits, gone, past, running)
        if one is None:
            break
        found.append(one)
        apart |= {(one.own.mentor_id, gone.team_id)}
    return [*found, *_merges(task, visits, gone, running)][:most]


def _without(task: Task, visits: Collection[Visit], absent: Collection[UUID]) -> Task:
    """The task in which mentors take nothing more; the visits that they have stay theirs."""
    capacity = dict(task.board.capacity) | dict.fromkeys(absent, 0)
    theirs = {visit for visit in visits if visit.mentor_id in absent}
    return replace(task, board=replace(task.board, capacity=capacity), fixed=task.fixed | theirs)


def _repair(
    task: Task,
    visits: Collection[Visit],
    gone: Visit,
    past: Collection[UUID],
    running: Collection[UUID],
) -> Repair | None:
    """The least disturbing repair by another visit."""
    within = _within(task, visits, gone, past, running)
    round_ = task.board.slots[gone.slot_id]
    chosen = one_round.chosen(within, round_)
    own = next((meeting for meeting in chosen if meeting.team_id == gone.team_id), None)
    held = {v for v in visits if v != gone}
    if own is None or len(within.fixed) + len(chosen) < len(held) + 1:
        return None  # nobody can come, or another team would lose its visit
    after = within.fixed | set(_at_once(placed(within, chosen), gone))
    visit = next(v for v in after - held if v.team_id == gone.team_id)
    moved = frozenset(v.team_id for v in after ^ held) - {gone.team_id}
    at_once = visit.slot_id == gone.slot_id
    kind = Kind.SWAP if moved else Kind.FREE if at_once else Kind.LATER
    return Repair(kind=kind, visits=after, own=visit, moved=moved)


def _within(
    task: Task,
    visits: Collection[Visit],
    gone: Visit,
    past: Collection[UUID],
    running: Collection[UUID],
) -> Task:
    """The task of the round in which only what has not begun can move."""
    board, round_ = task.board, task.board.slots[gone.slot_id]
    held = frozenset(visits) - {gone}
    in_round = {v for v in held if board.slots[v.slot_id] == round_}
    begun = {v for v in in_round if v.slot_id in past or v.slot_id in running}
    locked = {v for v in in_round if v in task.fixed}  # or of somebody absent
    over = {(mentor, slot) for mentor in task.mentors for slot in past}
    busy = board.busy | over | {(gone.mentor_id, gone.slot_id)}
    free = {
        m
        for m in task.mentors
        if (m, gone.slot_id) not in busy
        and all((v.mentor_id, v.slot_id) != (m, gone.slot_id) for v in begun)
    }
    worth = {
        (mentor, team): points + task.more_than_all * (team == gone.team_id and mentor in free)
        for (mentor, team), points in _whole(task).items()
    }
    return replace(
        task,
        board=replace(
            board,
            busy=frozenset(busy),
            keeps=board.keeps - {gone.team_id},  # somebody else is better than nobody
        ),
        worth=worth,
        fixed=(held - in_round) | begun | locked,
        before=held,
        stay=4 * task.more_than_all,
        needs=frozenset({(gone.team_id, round_), *((v.team_id, round_) for v in in_round)}),
    )


def _whole(task: Task) -> dict[tuple[UUID, UUID], int]:
    """The points of every pair, 0 where nothing is said."""
    return {(m, t): task.worth.get((m, t), 0) for m in task.mentors for t in task.teams}


def _at_once(own: list[Visit], gone: Visit) -> list[Visit]:
    """Of the new visits of the same mentor the team's own one comes first, if another would."""
    mine = next(visit for visit in own if visit.team_id == gone.team_id)
    first = next(
        (v for v in own if (v.mentor_id, v.slot_id) == (mine.mentor_id, gone.slot_id)), mine
    )
    swapped = {
        mine: mine._replace(slot_id=first.slot_id),
        first: first._replace(slot_id=mine.slot_id),
    }
    return [swapped.get(visit, visit) for visit in own]


def _merges(
    task: Task, visits: Collection[Visit], gone: Visit, running: Collection[UUID]
) -> list[Repair]:
    """The visits of the same slot that the team could join: of mentors whom it does not meet in
    another round first, then those of the most points.
    """
    if gone.slot_id not in running:
        return []
    held = frozenset(visits) - {gone}
    met = {v.mentor_id for v in held if v.team_id == gone.team_id}
    fitting = [
        visit
        for visit in held
        if visit.slot_id == gone.slot_id and (visit.mentor_id, gone.team_id) not in task.board.apart
    ]

    def rank(visit: Visit) -> tuple[bool, int, Visit]:
        points = task.worth.get((visit.mentor_id, gone.team_id), 0)
        return visit.mentor_id in met, -points, visit

    return [Repair(kind=Kind.MERGE, visits=held, own=v) for v in sorted(fitting, key=rank)]
