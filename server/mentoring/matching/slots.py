"""From who meets whom in a round to the slots: visits that were planned before keep theirs."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from server.mentoring.matching.task import Meeting, Task
from server.mentoring.plans.rules import Visit


def placed(task: Task, meetings: Iterable[Meeting]) -> list[Visit]:
    """A visit for each meeting, in a slot in which the mentor is free: the slot that it had in
    `before`, where it can be; else, team by team, the earliest one left.
    """
    together: dict[tuple[UUID, UUID], list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        together[meeting.mentor_id, meeting.round_id].append(meeting)
    former = {task.meeting(visit): visit.slot_id for visit in sorted(task.before)}
    visits = []
    for key, own in sorted(together.items()):
        free = list(task.free_slots[key])
        staying = [meeting for meeting in own if former.get(meeting) in free]
        visits += [Visit(former[m], m.team_id, m.mentor_id) for m in staying]
        left = [slot for slot in free if slot not in {former[m] for m in staying}]
        moving = sorted(meeting for meeting in own if meeting not in staying)
        visits += [
            Visit(slot, m.team_id, m.mentor_id) for m, slot in zip(moving, left, strict=False)
        ]
        assert len(moving) <= len(left), "more teams than free slots"
    return visits
