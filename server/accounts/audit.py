"""What staff and others in charge did, kept for good: who, what, with what, when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account, Audit
from server.core.db import Db

NEWEST: Final = 50


@dataclass(frozen=True, slots=True)
class Act:
    """An entry with the name of who did it; empty: it happened by itself."""

    entry: Audit
    actor: str


def about(kind: str, object_id: UUID) -> str:
    """How an entry names the thing that it is about."""
    return f"{kind}:{object_id}"


async def note(
    db: Db,
    *,
    actor: UUID | None,
    verb: str,
    object: str,  # noqa: A002 - the column's name
    now: datetime,
    **data: Any,
) -> None:
    """Keep what was done, in the transaction that does it.

    Args:
        actor: the account that did it; None: it happened by itself.
        verb: `thing.done`, stable: pages find its words by it.
        object: what it was done with, as `about` names it.
        data: what else one must know later; values of JSON.
    """
    db.add(Audit(at=now, actor_id=actor, verb=verb, object=object, data=data))


async def of(db: Db, object: str, *, limit: int = NEWEST) -> list[Act]:  # noqa: A002
    """What was done with a thing, the newest first."""
    found = (
        select(Audit, Account.name)
        .join(Account, col(Account.id) == col(Audit.actor_id), isouter=True)
        .where(Audit.object == object)
        .order_by(col(Audit.at).desc(), col(Audit.id).desc())
        .limit(limit)
    )
    return [Act(entry, name or "") for entry, name in (await db.exec(found)).all()]
