"""The real media engine and the real worker: who is there is seen, who vanished ends."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlmodel import col

from server.core import clock
from server.core.config import Settings, load
from server.core.db import Database
from server.core.ids import new_id
from server.records import jobs
from server.records.models import Attendance, ClosedBy, Via
from server.rooms.engine import engine_of
from tests.server.records import given
from tests.server.rooms.test_hooks import joined, media_token
from tests.support.app import App, running_app
from tests.support.live_client import Page, log_in
from tests.support.waiting import until


async def by_media(database: Database) -> list[Attendance]:
    """The rows of the media engine."""
    return [row for row in await given.rows(database) if row.via is Via.MEDIA]


async def not_seen_since(database: Database, when: datetime) -> None:
    """Make all evidence of the media engine so old."""
    old = update(Attendance).where(col(Attendance.via) == Via.MEDIA)
    async with database.writing() as db:
        await db.exec(old.values(joined_at=when, seen_at=when))


def context_of(app: App, database: Database) -> dict[Any, Any]:
    """What the worker gives its jobs."""
    values = {name.lower(): value for name, value in app.environment.items()}
    settings = load(_env_file=None, **values)
    return {"database": database, "media": engine_of(settings), "settings": settings}


async def test_who_is_there_is_seen_and_who_vanished_ends_where_last_seen(
    tmp_path: Path, database_url: str, redis_url: str
) -> None:
    async with running_app(tmp_path, database_url=database_url, redis_url=redis_url) as app:
        context = context_of(app, Database(database_url))
        login = await log_in(app.url, *app.accounts["participant"])
        async with Page(app.url, login, urlsplit(app.room).path) as page:
            await page.ask("seat.take")
            async with joined(await media_token(app, login, page.page)):
                await until(lambda: _open(context["database"], 1))
                then = clock.now() - timedelta(minutes=5)
                await not_seen_since(context["database"], then)
                await _vanished(context["database"])
                await jobs.look(context)
                there, gone = await by_media(context["database"])
                assert (there.left_at, there.closed_by) == (None, None)
                assert clock.now() - there.seen_at < timedelta(seconds=30)
                assert (gone.left_at, gone.closed_by) == (then, ClosedBy.LAST_SEEN)
            await until(lambda: _open(context["database"], 0))
        assert (await by_media(context["database"]))[0].closed_by is ClosedBy.LEFT
        await _worker_ends_it(context["database"])


async def _vanished(database: Database) -> None:
    """Somebody whose end nobody told."""
    [row] = await by_media(database)
    async with database.writing() as db:
        again = row.model_dump() | {"id": new_id(), "source_key": "PA_vanished"}
        db.add(Attendance(**again))


async def _worker_ends_it(database: Database) -> None:
    """Without anybody's call, the worker of the running application does the same."""
    gone = col(Attendance.source_key) == "PA_vanished"
    async with database.writing() as db:
        await db.exec(update(Attendance).where(gone).values(left_at=None, closed_by=None))
    await until(lambda: _open(database, 0))
    await database.close()


async def _open(database: Database, count: int) -> bool:
    return len([row for row in await by_media(database) if row.left_at is None]) == count


async def test_a_silent_engine_ends_stays_and_its_word_opens_them(
    settings: Settings, database: Database
) -> None:
    now = clock.now()
    async with database.writing() as db:
        at = await given.place(db, starts=now)
        who = await given.person(db, at, "見本 花")
        await given.was_there(db, at, who, now - timedelta(minutes=9), None, via=Via.MEDIA)
    silent = settings.model_copy(update={"media_http_port": 9})
    await jobs.look({"database": database, "media": engine_of(silent)})
    [row] = await by_media(database)
    assert row.closed_by is ClosedBy.LAST_SEEN

    class Speaking:
        async def participants(self, *, rooms: list[object]) -> list[object]:
            assert rooms == [at.room.id], "it is asked again"
            return [type("Info", (), {"sid": row.source_key})]

    await jobs.look({"database": database, "media": Speaking()})
    [row] = await by_media(database)
    assert row.left_at is None
