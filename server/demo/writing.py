"""Many rows at once: accounts and what a ledger holds; and their moments, moved."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert
from sqlmodel import SQLModel, col, select

from server.accounts.models import Account, MailAddress
from server.core.db import Db
from server.core.ids import new_id
from server.demo.ledger import Ledger
from server.demo.people import Somebody
from server.events.models import Event, Participation
from server.registration.models import Registration, RegistrationChange

AT_ONCE: Final = 500


async def accounts_of(db: Db, people: Sequence[Somebody]) -> list[UUID]:
    """The account of each, or the id that it will have."""
    known: dict[str, UUID] = {}
    for begin in range(0, len(people), AT_ONCE):
        addresses = [person.address for person in people[begin : begin + AT_ONCE]]
        found = select(MailAddress.address, MailAddress.account_id)
        found = found.where(col(MailAddress.address).in_(addresses))
        known.update((await db.exec(found)).all())
    return [known.get(person.address) or new_id() for person in people]


async def open_accounts(
    db: Db, people: Iterable[tuple[UUID, Somebody]], since: dict[UUID, datetime]
) -> None:
    """Open the accounts that are not there yet, as of `since`; all have proven their address."""
    there = set()
    for account in await db.exec(select(Account)):
        there.add(account.id)
        account.created_at = min(account.created_at, since.get(account.id, account.created_at))
    fresh = [(id_, each) for id_, each in people if id_ in since and id_ not in there]
    await insert_all(
        db,
        [
            Account(
                id=id_,
                name=each.name,
                reading=each.reading,
                roman=each.roman,
                locale=each.locale,
                created_at=since[id_],
            )
            for id_, each in fresh
        ],
    )
    await insert_all(
        db,
        [
            MailAddress(account_id=id_, address=each.address, verified_at=since[id_])
            for id_, each in fresh
        ],
    )


async def insert_ledger(db: Db, ledger: Ledger) -> None:
    """Write what a ledger holds. No mail is owed for it."""
    await insert_all(db, list(ledger.participations.values()))
    await insert_all(db, list(ledger.roles()))
    await insert_all(db, list(ledger.registrations.values()))
    await insert_all(db, ledger.changes)


async def insert_all(db: Db, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table."""
    if rows:
        await db.exec(insert(type(rows[0])), params=[row.model_dump() for row in rows])


async def since_last(db: Db, event: Event, now: datetime) -> timedelta:
    """How many whole days have passed since the last change of a registration."""
    newest = (
        select(func.max(RegistrationChange.at))
        .join(Registration, col(Registration.id) == col(RegistrationChange.registration_id))
        .where(Registration.event_id == event.id)
    )
    last: datetime | None = (await db.exec(newest)).one()
    return timedelta(days=max(0, (now - last).days)) if last else timedelta()


async def move_history(db: Db, event: Event, later: timedelta) -> None:
    """Let everything that happened with registrations have happened so much later."""
    if not later:
        return
    for participation in await db.exec(
        select(Participation).where(Participation.event_id == event.id)
    ):
        participation.created_at += later
    registrations = select(Registration).where(Registration.event_id == event.id)
    for registration in await db.exec(registrations):
        registration.created_at += later
        registration.changed_at += later
    changes = select(RegistrationChange).join(
        Registration, col(Registration.id) == col(RegistrationChange.registration_id)
    )
    for change in await db.exec(changes.where(Registration.event_id == event.id)):
        change.at += later
    await db.flush()
