"""The live log: events per stream, numbered in the order in which they are committed.

A number comes from the stream's row, locked until the transaction ends. So a reader that has seen
N has seen everything up to N; a database sequence would not promise that.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import Gone
from server.live.models import Stream, StreamEvent

MOST_AT_ONCE: Final = 500


class Forgotten(Gone):
    """What was asked for has been cleaned away; a snapshot tells what became of it."""

    code = "forgotten"


async def answered(db: Db, *, stream: str, actor: UUID, request_id: UUID) -> StreamEvent | None:
    """The event that this request made before, if it is a resend.

    Locks the stream until the transaction ends, so two copies of a request cannot both be first.
    """
    await hold(db, stream)
    found = select(StreamEvent).where(
        StreamEvent.stream == stream,
        StreamEvent.actor_id == actor,
        StreamEvent.request_id == request_id,
    )
    return (await db.exec(found)).one_or_none()


async def append(
    db: Db,
    *,
    stream: str,
    type: str,  # noqa: A002 - the word of the protocol
    payload: dict[str, Any],
    now: datetime,
    actor: UUID | None = None,
    request_id: UUID | None = None,
) -> StreamEvent:
    """Add an event to a stream within the caller's write transaction."""
    await hold(db, stream)
    raised = (
        update(Stream)
        .where(col(Stream.key) == stream)
        .values(head=Stream.head + 1)
        .returning(col(Stream.head))
    )
    event = StreamEvent(
        stream=stream,
        seq=(await db.exec(raised)).scalar_one(),
        type=type,
        payload=payload,
        actor_id=actor,
        request_id=request_id,
        at=now,
    )
    db.add(event)
    await db.flush()
    return event


class News(NamedTuple):
    """An event to be: of a stream, with its type and payload."""

    stream: str
    type: str
    payload: dict[str, Any]


async def append_all(
    db: Db, news: Sequence[News], *, now: datetime, actor: UUID | None = None
) -> dict[str, int]:
    """Add one event to each of many streams, in a few statements however many.

    Streams are locked in the order of their names, so that no two transactions wait in a ring.
    Answers the number that each got.
    """
    if not news:
        return {}
    keys = sorted({each.stream for each in news})
    assert len(keys) == len(news), "one event a stream"
    await db.exec(_insert(db)(Stream).values([_row(key) for key in keys]).on_conflict_do_nothing())
    held = select(Stream.key).where(col(Stream.key).in_(keys)).order_by(col(Stream.key))
    await db.exec(held.with_for_update())
    raised = (
        update(Stream)
        .where(col(Stream.key).in_(keys))
        .values(head=Stream.head + 1)
        .returning(col(Stream.key), col(Stream.head))
    )
    heads = dict((await db.exec(raised)).all())
    rows = [
        {"seq": heads[each.stream], "actor_id": actor, "request_id": None, "at": now}
        | each._asdict()
        for each in news
    ]
    await db.exec(insert(StreamEvent), params=rows)
    return heads


async def since(db: Db, stream: str, seq: int) -> list[StreamEvent]:
    """The events of a stream after `seq`, oldest first, at most 500.

    Raises:
        Forgotten: some of them are gone.
    """
    found = await since_each(db, {stream: seq})
    if stream in found.forgotten:
        raise Forgotten(stream=stream)
    return found.events[stream]


class Found(NamedTuple):
    """What is new in each of many streams, oldest first; `forgotten`: some of it is gone there.
    `more`: streams of which only the beginning fitted.
    """

    events: dict[str, list[StreamEvent]]
    forgotten: set[str]
    more: set[str]


async def since_each(db: Db, read: Mapping[str, int]) -> Found:
    """The events of each stream after the number to which it was read.

    Streams that were read equally far, as those of people moved together are, cost one query;
    each query answers at most 500 events. Heads are read first: what is committed meanwhile would
    otherwise look forgotten.
    """
    known = await heads(db, read)
    events: dict[str, list[StreamEvent]] = {stream: [] for stream in read}
    behind: dict[int, list[str]] = defaultdict(list)
    for stream, seq in read.items():
        if known.get(stream, 0) > seq:
            behind[seq].append(stream)
    forgotten: set[str] = set()
    more: set[str] = set()
    for seq, streams in behind.items():
        found = await _after_all(db, streams, seq)
        for event in found:
            events[event.stream].append(event)
        if len(found) == MOST_AT_ONCE:
            more.update(streams)
        forgotten |= {each for each in streams if _begins_late(events[each], seq, each in more)}
    return Found(events, forgotten, more)


def _begins_late(events: Sequence[StreamEvent], seq: int, more: bool) -> bool:
    return events[0].seq > seq + 1 if events else not more


async def _after_all(db: Db, streams: Sequence[str], seq: int) -> Sequence[StreamEvent]:
    """By number, so that what does not fit is missing at each stream's end."""
    wanted = col(StreamEvent.stream).in_(streams), col(StreamEvent.seq) > seq
    ordered = select(StreamEvent).where(*wanted).order_by(col(StreamEvent.seq))
    return (await db.exec(ordered.limit(MOST_AT_ONCE))).all()


async def after(db: Db, stream: str, seq: int) -> list[StreamEvent]:
    """The events of a stream after `seq` that are still there, oldest first, at most 500."""
    return list(await _after_all(db, [stream], seq))


async def heads(db: Db, streams: Iterable[str]) -> dict[str, int]:
    """The newest number of each stream; streams without events are left out."""
    found = select(Stream).where(col(Stream.key).in_(list(streams)))
    return {stream.key: stream.head for stream in await db.exec(found)}


async def forget(db: Db, *, before: datetime) -> int:
    """Delete the events from before a moment; how many. Heads stay, numbers never repeat."""
    old = delete(StreamEvent).where(col(StreamEvent.at) < before)
    return (await db.exec(old)).rowcount


async def hold(db: Db, stream: str) -> None:
    """Make the stream's row and hold it. SQLite's write transaction holds everything anyway."""
    await db.exec(_insert(db)(Stream).values(_row(stream)).on_conflict_do_nothing())
    await db.exec(select(Stream.key).where(col(Stream.key) == stream).with_for_update())


def _row(stream: str) -> dict[str, Any]:
    return {"key": stream, "head": 0}


def _insert(db: Db) -> Any:
    postgres = db.get_bind().dialect.name == "postgresql"
    return postgresql.insert if postgres else sqlite.insert
