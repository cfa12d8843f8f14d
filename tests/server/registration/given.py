"""What a registration test starts from: a published event, its sessions, people with accounts."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from server.accounts.actions import open_account
from server.accounts.models import Account, MailAddress
from server.core import clock
from server.core.db import Db
from server.demo.ledger import Ledger, Step, Verb
from server.demo.writing import insert_all, insert_ledger
from server.events.models import Event, EventKind, EventState, Session, SessionKind
from server.registration import actions
from server.registration.actions import Act
from server.registration.models import Registration

SLUG = "gathering"
ZONE = ZoneInfo("Asia/Tokyo")


async def event(db: Db, *, slug: str = SLUG, **facts: object) -> Event:
    """A published event, three days from now, that takes registrations."""
    starts = clock.now().replace(microsecond=0) + timedelta(days=3)
    made = Event(
        slug=slug,
        kind=EventKind.FORUM,
        starts_at=starts,
        ends_at=starts + timedelta(hours=6),
        **{"title": {"ja": "見本のつどい"}, "state": EventState.PUBLISHED} | facts,  # type: ignore[arg-type]  # its facts
    )
    db.add(made)
    await db.flush()
    return made


async def session(db: Db, at: Event, *, number: int = 1, **facts: object) -> Session:
    """A discussion of an hour at its start, for which one takes seats."""
    made = Session(
        event_id=at.id,
        number=number,
        kind=SessionKind.DISCUSSION,
        title={"ja": f"話し合い {number}"},
        starts_at=at.starts_at,
        ends_at=at.starts_at + timedelta(hours=1),
        doors_at=at.starts_at - timedelta(minutes=10),
        by_seat=True,
        **facts,  # type: ignore[arg-type]  # the facts of a session
    )
    db.add(made)
    await db.flush()
    return made


async def account(db: Db, name: str = "見本 花") -> Account:
    """Somebody with a proven address."""
    address = f"{uuid4().hex}@sample.example"
    return await open_account(db, name=name, address=address, password_hash=None, now=clock.now())


async def registered(
    db: Db, at: Event, who: Account, *, session: Session | None = None, now: datetime | None = None
) -> Registration:
    """Somebody registers by themselves."""
    act = Act(actor=who.id, now=now or clock.now())
    return await actions.register(db, event=at, account=who, act=act, session=session)


async def crowd(db: Db, at: Event, count: int) -> None:
    """Many who register by themselves, written at once. No mail is owed to them."""
    now = clock.now()
    people = [Account(name=f"参加者 {number}", created_at=now) for number in range(count)]
    addresses = [
        MailAddress(account_id=who.id, address=f"{who.id.hex}@sample.example", verified_at=now)
        for who in people
    ]
    await insert_all(db, people)
    await insert_all(db, addresses)
    ledger = Ledger(at.id, {None: at.capacity}, approval=at.approval)
    ledger.play(Step(at=now, verb=Verb.REGISTER, account=who.id, actor=who.id) for who in people)
    await insert_ledger(db, ledger)
