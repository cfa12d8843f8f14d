"""A form sent twice is done once: the second sending gets the first one's answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, delete, select

from server.core.db import Db
from server.registration.models import Idempotency


async def answered(db: Db, *, account_id: UUID, key: str) -> dict[str, Any] | None:
    """What this request was answered before, or None. Ask while the deciding row is held."""
    found = select(Idempotency).where(Idempotency.account_id == account_id, Idempotency.key == key)
    known = (await db.exec(found)).one_or_none()
    return known.result if known else None


async def answers(db: Db, *, account_id: UUID, key: str) -> list[dict[str, Any]]:
    """What the steps `key:…` of this request were answered, in the order of time."""
    found = select(Idempotency).where(
        Idempotency.account_id == account_id,
        col(Idempotency.key).startswith(f"{key}:", autoescape=True),
    )
    rows = (await db.exec(found.order_by(col(Idempotency.at), col(Idempotency.key)))).all()
    return [row.result for row in rows]


async def remember(
    db: Db, *, account_id: UUID, key: str, result: dict[str, Any], now: datetime
) -> None:
    """Keep the answer with the change itself, in one transaction."""
    db.add(Idempotency(account_id=account_id, key=key, result=result, at=now))


async def forget(db: Db, *, before: datetime) -> int:
    """Delete answers that nobody will ask for any more; how many."""
    return (await db.exec(delete(Idempotency).where(col(Idempotency.at) < before))).rowcount
