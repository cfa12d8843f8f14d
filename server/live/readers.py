"""Jobs that read streams: each knows how far it has come, and moves with what it does."""

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from server.core.db import Db
from server.live import log
from server.live.models import Stream, StreamEvent, StreamReader


async def behind(db: Db, name: str, *, prefix: str) -> list[str]:
    """The streams with this prefix of which the reader has not read all."""
    found = (
        select(Stream.key)
        .join(
            StreamReader,
            (col(StreamReader.stream) == col(Stream.key)) & (col(StreamReader.name) == name),
            isouter=True,
        )
        .where(
            col(Stream.key).startswith(prefix),
            col(Stream.head) > func.coalesce(StreamReader.seq, 0),
        )
        .order_by(col(Stream.key))
    )
    return list((await db.exec(found)).all())


async def read(db: Db, name: str, stream: str) -> list[StreamEvent]:
    """The next events for the reader, which moves past them when the transaction commits.

    Holds the reader's row, so that two workers do not read the same twice. What was cleaned away
    before it was read is passed over.
    """
    dialect = db.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    start = insert(StreamReader).values(name=name, stream=stream, seq=0)
    await db.exec(start.on_conflict_do_nothing())
    row = select(StreamReader).where(StreamReader.name == name, StreamReader.stream == stream)
    reader = (await db.exec(row.with_for_update())).one()
    events = await log.after(db, stream, reader.seq)
    reader.seq = events[-1].seq if events else (await log.heads(db, [stream]))[stream]
    db.add(reader)
    return events
