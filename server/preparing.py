"""What stands before any process serves: the newest tables, and a way in for the first staff."""

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from server.accounts import actions
from server.core import clock
from server.core.config import Settings
from server.core.db import Database
from server.core.errors import CannotRun
from server.migrations import migrate


class NoDatabase(CannotRun):
    """The database cannot be had, so nothing can run."""

    def __init__(self, url: str, error: Exception) -> None:
        why = str(error).partition("\n")[0]
        super().__init__(f"the database {make_url(url)!r} cannot be opened: {why}")  # no password


async def prepare(settings: Settings) -> None:
    """Bring the database to the newest revision.

    Raises:
        NoDatabase: it does not answer, or does not let us in.
    """
    database = Database(settings.database)
    try:
        await _reach(database)
        await migrate(database)
    finally:
        await database.close()


async def _reach(database: Database) -> None:
    try:
        async with database.engine.connect():
            pass
    except (DBAPIError, OSError) as error:
        raise NoDatabase(database.url, error) from error


async def staff_link(settings: Settings) -> str | None:
    """The address of the one-time link for the first staff account; None once there is one."""
    database = Database(settings.database)
    try:
        async with database.writing() as db:
            token = await actions.first_staff_link(db, now=clock.now())
    finally:
        await database.close()
    return f"{settings.public_url.rstrip('/')}/link/{token}" if token else None
