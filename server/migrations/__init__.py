"""The database's shape over time: Alembic revisions, applied when a process starts."""

from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from server.core.db import Database

_LOCK: Final = 7_094_117  # any number that nobody else uses as an advisory lock here


async def migrate(database: Database) -> None:
    """Bring the database to the newest revision. Processes that start together wait in line."""
    async with database.engine.connect() as connection:
        await connection.execution_options(**database.to_write)
        async with connection.begin():
            await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(configuration(connection=connection), "head")


def configuration(**attributes: Any) -> Config:
    """Alembic's configuration; `connection` is what the revisions run on."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes.update(attributes)
    return config
