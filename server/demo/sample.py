"""The sample: an event with a room that is open now, and one account for each role."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlmodel import select

from server.accounts import queries
from server.accounts.actions import open_account
from server.accounts.models import Account
from server.core.db import Db
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
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)
from server.records.models import Attendance, ClosedBy, Via
from server.rooms.models import Room, RoomKind
from server.rooms.places import main_room

SLUG: Final = "furusato-sample"
DAY: Final = timedelta(hours=6)


class Invented(NamedTuple):
    """A person who does not exist."""

    name: str
    reading: str
    address: str
    role: Role
    locale: str = "ja"


class Plan(NamedTuple):
    """A session by its distance from now, in minutes."""

    kind: SessionKind
    ja: str
    en: str
    starts: int
    lasts: int
    capacity: int


PEOPLE: Final = (
    Invented("遠山 佑", "とおやま ゆう", "organizer@sample.example", Role.ORGANIZER),
    Invented("早瀬 彩", "はやせ あや", "speaker@sample.example", Role.SPEAKER),
    Invented("真鍋 志乃", "まなべ しの", "mentor@sample.example", Role.MENTOR),
    Invented("柏木 航", "かしわぎ わたる", "participant@sample.example", Role.PARTICIPANT),
    Invented("野々村 梓", "ののむら あずさ", "participant2@sample.example", Role.PARTICIPANT),
    Invented(
        "ダニエル・オカ", "だにえる おか", "participant3@sample.example", Role.PARTICIPANT, "en"
    ),
    Invented("相沢 千景", "あいざわ ちかげ", "observer@sample.example", Role.OBSERVER),
)

SESSIONS: Final = (
    Plan(SessionKind.STAGE, "はじまりの会", "Opening", -120, 60, 200),
    Plan(SessionKind.DISCUSSION, "屋根の上で会う", "Meeting on the roof", -30, 270, 8),
    Plan(SessionKind.DISCUSSION, "通う旅人たち", "Travellers who return", 260, 45, 8),
    Plan(SessionKind.STAGE, "むすびの会", "Closing", 315, 45, 200),
)


# When each was in the first session's room, in minutes from its start: (from, to), …
PRESENT: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "organizer@sample.example": ((-9, 66),),
    "speaker@sample.example": ((-6, 61),),
    "mentor@sample.example": ((-1, 21), (26, 63)),
    "participant@sample.example": ((-4, 64),),
    "participant2@sample.example": ((31, 62),),
    "participant3@sample.example": ((2, 15), (29, 60)),
}

# Who is what in the demo's organization, by the part of the address before the @.
OFFICE: Final = "見本町 つながり推進室"
BELONG: Final = {
    "organizer": (MembershipRole.MANAGER, MembershipState.ACTIVE),
    "mentor": (MembershipRole.MEMBER, MembershipState.ACTIVE),
    "participant": (MembershipRole.MEMBER, MembershipState.ASKED),
    "participant3": (MembershipRole.MEMBER, MembershipState.INVITED),
}


async def fill(db: Db, hashes: dict[str, str], now: datetime) -> None:
    """Write the sample, or move its times so that its room is open now.

    Args:
        hashes: the hashed password of each address.
    """
    begun = now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)
    event = await _event(db, begun)
    room = await _room(db, first := await _sessions(db, event, begun))
    organization = await _organization(db, now)
    event.organization_id = organization.id
    for person in PEOPLE:
        account = await _account(db, person, hashes[person.address], now)
        participation = await take_part(db, event, account, person.role, now)
        await _membership(db, organization, account, person.address.partition("@")[0], now)
        for number, minutes in enumerate(PRESENT.get(person.address, ())):
            times = [first.starts_at + timedelta(minutes=each) for each in minutes]
            await _attendance(db, room, participation, number, times)


async def _event(db: Db, now: datetime) -> Event:
    event = (await db.exec(select(Event).where(Event.slug == SLUG))).one_or_none()
    if event is None:
        event = Event(
            slug=SLUG,
            kind=EventKind.FORUM,
            title={"ja": "ふるさとの輪 見本フォーラム", "en": "Hometown Circle, a sample forum"},
            summary={
                "ja": "離れて暮らす人が、土地の人と同じ火を囲みます。"
                "見本のための、架空の催しです。",
                "en": "People from afar and people of the place sit round one fire. "
                "An invented event, as a sample.",
            },
            host={"ja": "見本町 つながり推進室", "en": "Mihon Town, Office of Ties"},
            state=EventState.PUBLISHED,
            version=1,
            published_at=now,
            starts_at=now,
            ends_at=now,
        )
    event.starts_at, event.ends_at = now - timedelta(hours=2), now + DAY
    db.add(event)
    await db.flush()
    return event


async def _sessions(db: Db, event: Event, now: datetime) -> Session:
    """All sessions; the first of them."""
    known = (await db.exec(select(Session).where(Session.event_id == event.id))).all()
    by_number = {session.number: session for session in known}
    for number, plan in enumerate(SESSIONS, start=1):
        starts = now + timedelta(minutes=plan.starts)
        session = by_number.get(number) or Session(
            event_id=event.id,
            number=number,
            kind=plan.kind,
            title={"ja": plan.ja, "en": plan.en},
            capacity=plan.capacity,
            starts_at=starts,
            ends_at=starts,
            doors_at=starts,
        )
        session.starts_at, session.doors_at = starts, starts - timedelta(minutes=10)
        session.ends_at = starts + timedelta(minutes=plan.lasts)
        db.add(session)
        by_number[number] = session
    await db.flush()
    return by_number[1]


async def _room(db: Db, session: Session) -> Room:
    room = await main_room(db, session)
    if room is None:
        room = Room(event_id=session.event_id, session_id=session.id, kind=RoomKind.MAIN)
        db.add(room)
        await db.flush()
    return room


async def _account(db: Db, person: Invented, password_hash: str, now: datetime) -> Account:
    account = await queries.by_address(db, person.address)
    if account is None:
        return await open_account(
            db,
            name=person.name,
            reading=person.reading,
            address=person.address,
            password_hash=password_hash,
            locale=person.locale,
            now=now,
        )
    account.password_hash = password_hash
    db.add(account)
    return account


async def take_part(
    db: Db, event: Event, account: Account, role: Role, now: datetime
) -> Participation:
    """Give an account its role in an event, where it has none yet."""
    found = select(Participation).where(
        Participation.event_id == event.id, Participation.account_id == account.id
    )
    if known := (await db.exec(found)).one_or_none():
        return known
    participation = Participation(event_id=event.id, account_id=account.id, created_at=now)
    db.add(participation)
    await db.flush()
    db.add(ParticipationRole(participation_id=participation.id, role=role))
    return participation


async def _attendance(
    db: Db, room: Room, participation: Participation, number: int, times: list[datetime]
) -> None:
    key = f"demo/{participation.id}/{number}"
    found = select(Attendance).where(Attendance.source_key == key)
    joined_at, left_at = times
    assert room.session_id is not None
    stay = (await db.exec(found)).one_or_none() or Attendance(
        event_id=room.event_id,
        participation_id=participation.id,
        session_id=room.session_id,
        room_id=room.id,
        via=Via.LIVE,
        source_key=key,
        joined_at=joined_at,
        seen_at=left_at,
        closed_by=ClosedBy.LEFT,
    )
    stay.joined_at, stay.seen_at, stay.left_at = joined_at, left_at, left_at
    db.add(stay)


async def _organization(db: Db, now: datetime) -> Organization:
    found = select(Organization).where(Organization.name == OFFICE)
    organization = (await db.exec(found)).one_or_none()
    if organization is None:
        organization = Organization(name=OFFICE, region="見本県", may_host=True, created_at=now)
        db.add(organization)
        await db.flush()
    return organization


async def _membership(
    db: Db, organization: Organization, account: Account, who: str, now: datetime
) -> None:
    found = select(Membership.id).where(
        Membership.organization_id == organization.id, Membership.account_id == account.id
    )
    if who not in BELONG or (await db.exec(found)).one_or_none():
        return
    row = Membership(account_id=account.id, organization_id=organization.id, asked_at=now)
    row.role, row.state = BELONG[who]
    db.add(row)
