"""What pages report of their rooms, as long as the board needs it: in the broker, losable.

Kept are, for each session: milliseconds of talk by room and minute, when each room was last heard
and last reported, and the line of each person. Everything runs out by itself.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from redis.exceptions import RedisError

from server.core.broker import Broker

MINUTES: Final = 14  # of voice that the board shows
KEPT: Final = timedelta(minutes=20)
FORGOTTEN_AFTER: Final = timedelta(seconds=30)
POOR: Final = frozenset({"poor", "lost"})
MINUTE: Final = 60
PATIENCE_SECONDS: Final = 1.0  # with a broker that neither answers nor refuses


class Report(NamedTuple):
    """How it goes at one page. `weak_since`: since when its line has been poor, if it is."""

    session_id: UUID
    room_id: UUID
    participation_id: UUID
    talk_ms: int
    quality: str
    weak_since: datetime | None
    at: datetime


class Line(NamedTuple):
    """A person's line as it was reported last."""

    room_id: UUID
    quality: str
    at: datetime
    weak_since: datetime | None


@dataclass(frozen=True, slots=True)
class Reports:
    """What is known of the rooms of a session. `known` is false while the broker is away.

    `talk`: milliseconds by room for each of the last 14 minutes, the present one last.
    """

    known: bool = False
    talk: dict[UUID, list[int]] = field(default_factory=dict)
    heard: dict[UUID, datetime] = field(default_factory=dict)
    reported: dict[UUID, datetime] = field(default_factory=dict)
    lines: dict[UUID, Line] = field(default_factory=dict)  # by participation


async def write(broker: Broker, reports: Sequence[Report]) -> None:
    """Add what pages have reported, in one round trip.

    Raises:
        RedisError, OSError, TimeoutError: the broker is away; the reports are lost.
    """
    pipe = broker.pipeline(transaction=False)
    touched = set()
    for report in reports:
        session, room, at = report.session_id, str(report.room_id), str(_milliseconds(report.at))
        talk = _talk(session, int(report.at.timestamp()) // MINUTE)
        pipe.hset(_key("reported", session), room, at)
        pipe.hset(_key("line", session), str(report.participation_id), _line(report))
        touched |= {_key("reported", session), _key("line", session)}
        if report.talk_ms:
            pipe.hincrby(talk, room, report.talk_ms)
            pipe.hset(_key("heard", session), room, at)
            touched |= {talk, _key("heard", session)}
    for key in sorted(touched):
        pipe.expire(key, KEPT)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await pipe.execute()


async def read(broker: Broker, session_id: UUID, rooms: Collection[UUID], now: datetime) -> Reports:
    """What is known of the rooms now; nothing while the broker is away."""
    this = int(now.timestamp()) // MINUTE
    minutes = range(this - MINUTES + 1, this + 1)
    pipe = broker.pipeline(transaction=False)
    for minute in minutes:
        pipe.hgetall(_talk(session_id, minute))
    for name in ("heard", "reported", "line"):
        pipe.hgetall(_key(name, session_id))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            *talk, heard, reported, lines = await pipe.execute()
    except (RedisError, OSError, TimeoutError):
        return Reports()
    return Reports(
        known=True,
        talk={room: [int(of.get(str(room).encode(), 0)) for of in talk] for room in rooms},
        heard=_moments(heard),
        reported=_moments(reported),
        lines={UUID(person.decode()): _read(text) for person, text in lines.items()},
    )


class Lines:
    """Since when lines have been poor, as one process has heard it."""

    def __init__(self) -> None:
        self._weak: dict[UUID, tuple[datetime, datetime]] = {}  # since, heard last

    def weak_since(self, person: UUID, quality: str, now: datetime) -> datetime | None:
        """Hear how a person's line is; since when it has been poor without a pause."""
        since, heard = self._weak.pop(person, (now, now))
        if quality not in POOR:
            return None
        self._weak[person] = (since if now - heard < FORGOTTEN_AFTER else now, now)
        return self._weak[person][0]


def weak_in(lines: Iterable[Line], room: UUID, *, since: datetime) -> list[datetime]:
    """Since when each poor line of a room has been so, of those reported after `since`."""
    return [
        line.weak_since
        for line in lines
        if line.room_id == room and line.at > since and line.weak_since is not None
    ]


def _line(report: Report) -> str:
    weak = _milliseconds(report.weak_since) if report.weak_since else None
    return json.dumps([str(report.room_id), report.quality, _milliseconds(report.at), weak])


def _read(text: bytes) -> Line:
    room, quality, at, weak = json.loads(text)
    return Line(UUID(room), quality, _moment(at), _moment(weak) if weak else None)


def _moments(found: dict[bytes, bytes]) -> dict[UUID, datetime]:
    return {UUID(room.decode()): _moment(int(at)) for room, at in found.items()}


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _talk(session_id: UUID, minute: int) -> str:
    return f"board:talk:{session_id}:{minute}"


def _key(name: str, session_id: UUID) -> str:
    return f"board:{name}:{session_id}"
