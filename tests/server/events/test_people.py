"""How many people an event has, by the role that others see."""

from server.accounts.actions import open_account
from server.core import clock
from server.core.db import Database, Db
from server.events import queries
from server.events.models import Event, EventKind, Participation, ParticipationRole, Role


async def test_people_are_counted_once_by_the_role_that_others_see(database: Database) -> None:
    async with database.writing() as db:
        full, empty = await _event(db, "full"), await _event(db, "empty")
        await _person(db, full, "a", Role.PARTICIPANT)
        await _person(db, full, "b", Role.PARTICIPANT)
        await _person(db, full, "c", Role.PARTICIPANT, Role.MENTOR, Role.ORGANIZER)
        await _person(db, full, "d", Role.OBSERVER, Role.SPEAKER)
    async with database.reading() as db:
        people = await queries.people_of(db, [full, empty])
    assert people == {
        full.id: {Role.ORGANIZER: 1, Role.SPEAKER: 1, Role.PARTICIPANT: 2},
        empty.id: {},
    }


async def _event(db: Db, slug: str) -> Event:
    now = clock.now()
    event = Event(slug=slug, kind=EventKind.FORUM, title={"ja": "見本"}, starts_at=now, ends_at=now)
    db.add(event)
    await db.flush()
    return event


async def _person(db: Db, event: Event, name: str, *roles: Role) -> None:
    now = clock.now()
    address = f"{name}@sample.example"
    account = await open_account(db, name=name, address=address, password_hash=None, now=now)
    participation = Participation(event_id=event.id, account_id=account.id, created_at=now)
    db.add(participation)
    await db.flush()
    db.add_all(ParticipationRole(participation_id=participation.id, role=role) for role in roles)
