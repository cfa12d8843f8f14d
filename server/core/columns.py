"""Column types and the declarative pieces that every table shares."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, String, TypeDecorator
from sqlmodel import Field, SQLModel

from server.core.ids import new_id

# Names for every constraint, so that a later revision can change it on any database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware in Python on every database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment: nobody knows what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Choice(TypeDecorator[StrEnum]):
    """One value of an enumeration, kept as its text: a new value needs no migration."""

    impl = String(32)
    cache_ok = True

    def __init__(self, values: type[StrEnum]) -> None:
        super().__init__()
        self.values = values

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Keep the text."""
        return None if value is None else str(self.values(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Give the enumeration back."""
        return None if value is None else self.values(value)


class Row(SQLModel):
    """A table row with a UUIDv7 as its key."""

    id: UUID = Field(default_factory=new_id, primary_key=True)


def moment(*, index: bool = False, default: Any = ...) -> Any:
    """A column that holds a moment in UTC."""
    nullable = default is None
    return Field(default=default, sa_type=UtcDateTime, index=index, nullable=nullable)


def choice(values: type[StrEnum], *, default: Any = ...) -> Any:
    """A column that holds one value of an enumeration; with the default None it may be empty."""
    return Field(default=default, sa_type=Choice(values), nullable=default is None)
