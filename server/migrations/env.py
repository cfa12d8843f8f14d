"""Alembic's entry: runs the revisions on the connection that it is given."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString, SQLModel

import server.tables  # noqa: F401 - registers every table
from server.core.columns import Choice, UtcDateTime


def plain(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Write our column types into revisions as what the database keeps."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Choice):
        return "sa.String(32)"
    if kind == "type" and isinstance(value, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=plain,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
