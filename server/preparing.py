"""What stands before any process serves: the newest tables, and a way in for the first staff."""

from server.accounts import actions
from server.core import clock
from server.core.config import Settings
from server.core.db import Database
from server.migrations import migrate


async def prepare(settings: Settings) -> None:
    """Bring the database to the newest revision."""
    database = Database(settings.database)
    try:
        await migrate(database)
    finally:
        await database.close()


async def staff_link(settings: Settings) -> str | None:
    """The address of the one-time link for the first staff account; None once there is one."""
    database = Database(settings.database)
    try:
        async with database.writing() as db:
            token = await actions.first_staff_link(db, now=clock.now())
    finally:
        await database.close()
    return f"{settings.public_url.rstrip('/')}/link/{token}" if token else None
