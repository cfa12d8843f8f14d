"""What a day came to: everybody in place, nothing lost, the record equal to what was done."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Database
from server.mentoring import queries
from server.mentoring.models import Team
from server.mentoring.plans.models import PlanState
from server.records.models import Attendance
from server.rounds.models import RoomNote
from tests.load.report import percentile

from .day import Day
from .trainee import Stay

GOAL_SECONDS: Final = 5.0
CLOSE_WITHIN: Final = 1.0  # seconds: what is promised
NEAR, NEAR_A_KILL = 2.0, 15.0
BRIDGED: Final = 20.0


class Span(NamedTuple):
    """From when until when somebody was in a room."""

    room: str
    begun: float
    ended: float


async def verdict(day: Day, *, near: float = NEAR) -> dict[str, object]:
    """The figures of a day; the record may differ by `near` seconds where nothing was killed."""
    database = Database(day.database.url)
    try:
        return await _verdict(day, database, near)
    finally:
        await database.close()


async def _verdict(day: Day, database: Database, near: float) -> dict[str, object]:
    recorded = await _recorded(day, database)
    errors = [
        f"{person}: {what}"
        for person, trainee in day.people.items()
        for what in _compare(_spans(trainee.stays), recorded[person], day, near)
    ]
    seconds = _seconds_to_rooms(day)
    return {
        "teams": day.plan.sizes.teams,
        "mentors": day.plan.sizes.mentors,
        "joins": sum(stay.joined_at is not None for t in day.people.values() for stay in t.stays),
        "browsers": len(day.browsers),
        "moves": sum(trainee.moves for trainee in day.people.values()),
        "ways_back": sum(trainee.ways_back for trainee in day.people.values()),
        "misplaced": len(day.misplaced),
        "notes_written": len(day.written),
        "lost_notes": await _lost_notes(day, database),
        "repeats": await _repeats(day, database),
        "kills": len(day.killed),
        "attendance_rows": sum(len(spans) for spans in recorded.values()),
        "attendance_errors": len(errors),
        "room_p50_seconds": round(percentile(seconds, 50), 2),
        "room_p95_seconds": round(percentile(seconds, 95), 2),
        "unheard": _unheard(day),
        "help_calls": day.help_calls,
        "closed_late_seconds": round(max(found - due for due, found in day.closed), 2),
        "media_failures": sum(len(trainee.failed) for trainee in day.people.values()),
        "cpu_seconds": {name: round(spent, 1) for name, spent in day.cpu.items()},
        "what": [*day.misplaced[:3], *errors[:5]],
    }


def passed(figures: dict[str, Any], *, kills: int, timed: bool = True) -> bool:
    """Whether everything that was promised held; `timed`: within the times, too."""
    naught = ("misplaced", "lost_notes", "repeats", "attendance_errors", "unheard")
    some = ("joins", "moves", "ways_back", "notes_written", "attendance_rows", "help_calls")
    return bool(
        not any(figures[name] for name in naught)
        and all(figures[name] for name in some)
        and figures["kills"] == kills
        and (not timed or _in_time(figures))
    )


def _in_time(figures: dict[str, Any]) -> bool:
    return bool(
        figures["room_p95_seconds"] <= GOAL_SECONDS
        and figures["closed_late_seconds"] <= CLOSE_WITHIN
    )


def _seconds_to_rooms(day: Day) -> list[float]:
    """From each opening to the first packet in the room, for everybody who was moved by it."""
    seconds = []
    for opened, (due, _) in zip(day.opened, day.closed, strict=True):
        for trainee in day.people.values():
            stay = next((s for s in trainee.stays if opened - 1 <= s.told_at < due), None)
            if stay and stay.told_at < opened + 15 and stay.heard_at is not None:
                seconds.append(stay.heard_at - opened)
    return seconds


def _unheard(day: Day) -> int:
    """Stays of some length in which nobody else was heard."""
    return sum(
        stay.heard_at is None and (stay.left_at or 0) - stay.told_at > 15
        for trainee in day.people.values()
        for stay in trainee.stays
    )


async def _lost_notes(day: Day, database: Database) -> int:
    """Acknowledged lines that are not in their room's note exactly once."""
    async with database.reading() as db:
        found = select(Team.id, RoomNote.body).join(
            RoomNote, col(RoomNote.room_id) == col(Team.room_id)
        )
        bodies = {team: Counter(body.split("\n")) for team, body in (await db.exec(found)).all()}
    return sum(bodies.get(team, Counter())[line] != 1 for team, line in day.written)


async def _repeats(day: Day, database: Database) -> int:
    async with database.reading() as db:
        plan = await queries.plan_in(db, day.held.event.id, PlanState.PUBLISHED)
        pairs = Counter((v.mentor_id, v.team_id) for v in await queries.assignments_of(db, plan))
    return sum(count - 1 for count in pairs.values())


async def _recorded(day: Day, database: Database) -> dict[UUID, list[Span]]:
    """Where the record says that everybody was: the union of both sources for each room."""
    found = select(Attendance).where(Attendance.session_id == day.held.session.id)
    rows: dict[UUID, list[Span]] = defaultdict(list)
    async with database.reading() as db:
        for row in await db.exec(found):
            ended: datetime = row.left_at or row.seen_at
            span = Span(str(row.room_id), row.joined_at.timestamp(), ended.timestamp())
            rows[row.participation_id].append(span)
    return defaultdict(list, {person: _joined(spans) for person, spans in rows.items()})


def _spans(stays: list[Stay]) -> list[Span]:
    return [Span(s.room, s.told_at, s.left_at or s.told_at) for s in stays if s.left_at]


def _joined(spans: list[Span]) -> list[Span]:
    """Spans of the same room that touch, or nearly so, as one; in the order of their times."""
    done: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.room, s.begun)):
        last = done[-1] if done else None
        if last and last.room == span.room and span.begun - last.ended < BRIDGED:
            done[-1] = last._replace(ended=max(last.ended, span.ended))
        else:
            done.append(span)
    return sorted(done, key=lambda s: s.begun)


def _compare(did: list[Span], recorded: list[Span], day: Day, near: float) -> list[str]:
    """What the record lacks, has too much, or has at another time."""
    did = _joined(did)
    if [span.room for span in did] != [span.room for span in recorded]:
        return [f"{len(did)} stays, {len(recorded)} recorded"]
    return [
        f"begun {there.begun - done.begun:+.1f} s, ended {there.ended - done.ended:+.1f} s"
        for done, there in zip(did, recorded, strict=True)
        if abs(there.begun - done.begun) > _give(done.begun, day, near)
        or abs(there.ended - done.ended) > _give(done.ended, day, near)
    ]


def _give(moment: float, day: Day, near: float) -> float:
    killed = any(-1 < moment - at < NEAR_A_KILL + 5 for _, at in day.killed)
    return NEAR_A_KILL if killed else near
