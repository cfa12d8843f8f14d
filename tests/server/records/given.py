"""What a test of records starts from: a session with a room, and people."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import col, select, update

from server.accounts.models import Account, MailAddress
from server.core.db import Database, Db
from server.events.models import (
    Event,
    EventKind,
    EventState,
    Participation,
    ParticipationRole,
    Role,
    Session,
    SessionKind,
)
from server.records import actions
from server.records.actions import Presence
from server.records.models import Attendance, Via
from server.registration.models import Registration, RegistrationState
from server.rooms.models import Room, RoomKind, SeatState
from server.rooms.seat import Holder

SLUG = "gathering"


@dataclass(frozen=True)
class Place:
    """A session and its room."""

    event: Event
    session: Session
    room: Room

    def stay(self, who: UUID, key: str = "PA_1", via: Via = Via.MEDIA) -> Presence:
        """Somebody's stay in the room."""
        return Presence(self.event.id, self.session.id, self.room.id, who, via, key)


async def place(db: Db, *, starts: datetime, minutes: int = 45, slug: str = SLUG) -> Place:
    """A published event with one discussion and its main room."""
    ends = starts + timedelta(minutes=minutes)
    title = {"ja": "見本のつどい"}
    event = Event(
        slug=slug,
        kind=EventKind.FORUM,
        state=EventState.PUBLISHED,
        title=title,
        starts_at=starts,
        ends_at=ends,
    )
    db.add(event)
    await db.flush()
    session = Session(
        event_id=event.id,
        number=1,
        kind=SessionKind.DISCUSSION,
        title=title,
        starts_at=starts,
        ends_at=ends,
        doors_at=starts - timedelta(minutes=10),
    )
    db.add(session)
    await db.flush()
    room = Room(event_id=event.id, session_id=session.id, kind=RoomKind.MAIN)
    db.add(room)
    await db.flush()
    return Place(event, session, room)


async def person(
    db: Db,
    at: Place,
    name: str,
    *,
    role: Role | None = Role.PARTICIPANT,
    seated: bool = True,
    reading: str = "",
) -> UUID:
    """Somebody of the event; the participation."""
    now = at.event.starts_at - timedelta(days=1)
    account = Account(name=name, reading=reading, created_at=now)
    db.add(account)
    await db.flush()
    own = await participation(db, at, account)
    if role:
        db.add(ParticipationRole(participation_id=own, role=role))
    await db.flush()
    if seated:
        await registered(db, at, own, RegistrationState.SEATED)
    return own


async def participation(db: Db, at: Place, account: Account) -> UUID:
    """An account's part in the event, without a role."""
    made = Participation(event_id=at.event.id, account_id=account.id, created_at=at.event.starts_at)
    db.add(made)
    await db.flush()
    return made.id


async def registered(
    db: Db, at: Place, who: UUID, state: RegistrationState, *, session: Session | None = None
) -> None:
    """Somebody's place at the event, or at a session."""
    now = at.event.starts_at - timedelta(days=1)
    db.add(
        Registration(
            event_id=at.event.id,
            participation_id=who,
            session_id=session.id if session else None,
            state=state,
            created_at=now,
            changed_at=now,
        )
    )
    await db.flush()


async def with_role(db: Db, account: Account, role: Role) -> None:
    """Give an account a role in the event."""
    event = (await db.exec(select(Event).where(Event.slug == SLUG))).one()
    participation = Participation(
        event_id=event.id, account_id=account.id, created_at=event.starts_at
    )
    db.add(participation)
    await db.flush()
    db.add(ParticipationRole(participation_id=participation.id, role=role))


async def another_event(db: Db, slug: str, state: EventState) -> None:
    """An event without sessions."""
    starts = datetime(2026, 2, 20, tzinfo=UTC)
    kind, title = EventKind.FORUM, {"ja": "もうひとつ"}
    db.add(Event(slug=slug, kind=kind, state=state, title=title, starts_at=starts, ends_at=starts))


async def address(db: Db, who: UUID, text: str) -> None:
    """Give somebody a mail address."""
    participation = await db.get_one(Participation, who)
    db.add(MailAddress(account_id=participation.account_id, address=text))


def seat(at: Place, page: Holder, now: datetime) -> SeatState:
    """The seat of somebody, held by a page."""
    return SeatState(
        participation_id=page.participation_id,
        session_id=page.session_id,
        room_id=at.room.id,
        connection_id=page.connection_id,
        last_seen=now,
    )


async def raise_epoch(db: Db, who: UUID) -> None:
    """Access is taken away; the page inside has not gone yet."""
    held = col(SeatState.participation_id) == who
    await db.exec(update(SeatState).where(held).values(access_epoch=SeatState.access_epoch + 1))


async def was_there(
    db: Db,
    at: Place,
    who: UUID,
    since: datetime,
    until: datetime | None,
    *,
    via: Via = Via.LIVE,
) -> None:
    """Somebody was in the room, or (None) has been since, and was seen only then."""
    stay = at.stay(who, key=str(uuid4()), via=via)
    await actions.joined(db, stay, at=since)
    if until is not None:
        await actions.left(db, stay, joined_at=since, at=until)


async def rows(database: Database) -> list[Attendance]:
    """The raw rows, by their beginning."""
    async with database.reading() as db:
        found = select(Attendance).order_by(col(Attendance.joined_at), col(Attendance.id))
        return list((await db.exec(found)).all())


def new_page() -> UUID:
    """The id of a page."""
    return uuid4()
