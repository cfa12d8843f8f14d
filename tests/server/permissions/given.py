"""Two events with everything that a request can be about, and a person for each kind of visitor."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlmodel import select

from server.accounts import logins
from server.accounts import queries as queries_of_accounts
from server.accounts.models import Account, Login
from server.core import clock
from server.core.db import Database, Db
from server.events import drafts, queries
from server.events.models import (
    Event,
    EventState,
    EventVersion,
    Participation,
    ParticipationRole,
    Role,
    Session,
    VersionState,
)
from server.mail import outbox
from server.mail.models import OutgoingMail
from server.mentoring.models import Mentor, MentorState, Question, QuestionKind, Round, Training
from server.mentoring.plans.models import Plan
from server.mentoring.teams import actions as teams
from server.registration import actions
from server.registration.actions import Act
from server.registration.models import Registration
from tests.server.mentoring.given import FILLED
from tests.server.permissions.table import VISITORS, Who
from tests.server.programme.editing import host
from tests.server.registration import given
from tests.support.web import Site

SLUG, FOREIGN = "own-event", "foreign-event"
OWN_ORGANIZER = Who(f"own {Role.ORGANIZER}", role=Role.ORGANIZER)
OWN_MENTOR = Who(f"own {Role.MENTOR}", role=Role.MENTOR)


@dataclass(frozen=True)
class World:
    """What the paths of the table are filled with, and the login of each visitor."""

    logins: dict[Who, str]
    ids: dict[str, str]

    def path(self, route: str) -> str:
        """The address of a route about the event."""
        filled = route.replace("{slug}", SLUG).replace("{number:int}", "1")
        filled = filled.replace("{token}", "no-such-token").replace("{account:uuid}", str(uuid4()))
        filled = filled.replace("{assignment:uuid}", str(uuid4()))
        for name, value in self.ids.items():
            filled = filled.replace(name, value)
        assert "{" not in filled, filled
        return filled


async def world(site: Site, *, state: EventState = EventState.PUBLISHED) -> World:
    """An event with an open room, a foreign one, and every kind of visitor, each with a login.

    `state`: of the event that the paths are about.
    """
    async with site.database.writing() as db:
        events = {slug: await _event(db, slug) for slug in (SLUG, FOREIGN)}
    tokens = {who: await _login(site, who, events) for who in VISITORS if who.known}
    ids = await _ids(site)
    places = {
        f"{place}/{{id:uuid}}".replace("{slug}", SLUG): f"{place}/{id_}".replace("{slug}", SLUG)
        for place, id_ in ids.items()
    }
    async with site.database.reading() as db:
        registration = select(Registration.id).where(Registration.event_id == events[SLUG].id)
        registered = (await db.exec(registration)).first()
    if state is EventState.DRAFT:
        await _take_back(site.database, events[SLUG].id)
    return World(tokens, places | {"{registration}": str(registered)})


async def _take_back(database: Database, event_id: UUID) -> None:
    """The event as it was before it was ever published: a first draft that is ready."""
    async with database.writing() as db:
        event = await db.get_one(Event, event_id)
        event.state, event.version, event.published_at = EventState.DRAFT, 0, None
        content = drafts.of_facts(event) | {"summary-ja": "同じ火を囲みます。"}
        db.add(event)
        db.add(
            EventVersion(
                event_id=event.id,
                number=1,
                state=VersionState.DRAFT,
                content=content,
                saved_at=clock.now(),
            )
        )


async def _ids(site: Site) -> dict[str, object]:
    """Something at each place that has things by their ids: all belong to one more person."""
    async with site.database.writing() as db:
        reader = await given.account(db, "もう一人")
        await logins.start(db, account=reader, browser="もう一台", now=clock.now())
        login = (await db.exec(select(Login.id).where(Login.account_id == reader.id))).one()
        organizer = await queries_of_accounts.by_address(db, address(OWN_ORGANIZER))
    assert organizer
    organization = await host(site.database, organizer)
    return {
        "/staff/mails": await _mail(site.database, reader),
        "/staff/accounts": reader.id,
        "/me/logins": login,
        "/organizations": organization.id,
        "/manage/{slug}/mentors": await _training(site, reader),
    }


async def _training(site: Site, lead: Account) -> UUID:
    """The event works with teams: one is registered, one question asked; a mentor's id.

    The own mentor is one, and so is somebody else.
    """
    now = clock.now()
    async with site.database.writing() as db:
        event = await queries.published(db, SLUG)
        training = Training(event_id=event.id)
        db.add(training)
        await teams.save(db, event, dict(FILLED), base={}, lead=lead, now=now)
        await teams.register(db, event, training, lead=lead, now=now)
        question = Question(
            event_id=event.id, number=1, kind=QuestionKind.TEXT, text={"ja": "困りごと"}
        )
        db.add(question)
        other = await given.account(db, "別のメンター")
        apart = Participation(event_id=event.id, account_id=other.id, created_at=now)
        own = await queries_of_accounts.by_address(db, address(OWN_MENTOR))
        assert own
        part = await queries.participation_of(db, event, own.id)
        assert part
        db.add(apart)
        await db.flush()
        rows = [
            Mentor(
                event_id=event.id,
                participation_id=each.id,
                state=MentorState.ACCEPTED,
                invited_at=now,
            )
            for each in (apart, part)
        ]
        db.add_all(rows)
        return rows[0].id


async def _event(db: Db, slug: str) -> Event:
    event = await given.event(db, slug=slug, version=1, published_at=clock.now())
    session = await given.session(db, event)
    session.doors_at = clock.now() - timedelta(minutes=10)
    session.starts_at = clock.now() - timedelta(minutes=1)
    db.add(session)
    await _plan(db, await given.session(db, event, number=2))
    return event


async def _plan(db: Db, session: Session) -> None:
    """A round to come in a session of its own, so that who opens it disturbs nobody; a draft."""
    now = clock.now()
    db.add(
        Round(
            event_id=session.event_id,
            session_id=session.id,
            number=1,
            starts_at=now + timedelta(hours=1),
            ends_at=now + timedelta(hours=2),
        )
    )
    db.add(Plan(event_id=session.event_id, number=1, created_at=now, saved_at=now))


async def _login(site: Site, who: Who, events: dict[str, Event]) -> str:
    account = await site.account(who.name, address=address(who), is_staff=who.staff)
    for slug, role in ((SLUG, who.role), (FOREIGN, who.elsewhere)):
        if role is not None:
            await _take_part(site.database, events[slug], account, role)
    return await site.login(account)


async def _take_part(database: Database, event: Event, account: Account, role: Role) -> None:
    """A participant by registering, with a seat in the session; others by their role."""
    async with database.writing() as db:
        act = Act(actor=account.id, now=clock.now(), quiet=True)
        if role is Role.PARTICIPANT:
            await actions.register(db, event=event, account=account, act=act)
            session = await queries.session_of(db, event, 1)
            await actions.register(db, event=event, account=account, act=act, session=session)
            return
        participation = Participation(
            event_id=event.id, account_id=account.id, created_at=clock.now()
        )
        db.add(participation)
        await db.flush()
        db.add(ParticipationRole(participation_id=participation.id, role=role))


async def _mail(database: Database, reader: Account) -> UUID:
    async with database.writing() as db:
        await outbox.order(
            db, kind="login_link", subject=reader.id, account_id=reader.id, now=clock.now()
        )
        return (await db.exec(select(OutgoingMail.id))).one()


def address(who: Who) -> str:
    """The mail address of a visitor."""
    return f"{who.name.replace(' ', '-')}@sample.example"
