"""The demo: what it writes is what people and the application would have left."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import SQLModel, col, func, select

from server import demo
from server.accounts import passwords
from server.accounts import queries as accounts
from server.accounts.models import Account, MailAddress
from server.core.config import Settings
from server.core.db import Database, Db
from server.demo import forum, full, past, sample, training
from server.demo.people import people
from server.events import drafts, queries
from server.events.models import (
    Event,
    EventState,
    EventVersion,
    Participation,
    ParticipationRole,
    Role,
    Session,
    SessionKind,
    SessionSpeaker,
    Topic,
    VersionState,
)
from server.events.reading import read
from server.live.models import StreamEvent
from server.mail.models import OutgoingMail
from server.mentoring import queries as mentoring
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.rules import review
from server.organizations import queries as organizations
from server.organizations.models import Membership, Organization
from server.programme.editor import editing
from server.registration import seats
from server.registration.models import Registration, RegistrationChange, RegistrationState
from server.registration.seats import Seats
from tests.support.app import ROOT, run_command
from tests.support.web import Site

NOW = datetime(2026, 11, 24, 5, 7, tzinfo=UTC)
HASHES = {person.address: "no password" for person in sample.PEOPLE}
SLUGS = [sample.SLUG, forum.SLUG, training.SLUG, past.SLUG]
TABLES: Sequence[type[SQLModel]] = (
    *(Account, MailAddress, Organization, Membership, Event, EventVersion, Topic, Session),
    *(SessionSpeaker, Participation, ParticipationRole, Registration, RegistrationChange),
)


async def write(database: Database, now: datetime = NOW, *, small: bool = False) -> list[str]:
    async with database.writing() as db:
        return await demo.write(db, HASHES, now, small=small)


@pytest.fixture(scope="module")
def filled_url(module_database_url: str) -> str:
    """The address of a database with the full demo."""

    async def fill() -> None:
        database = Database(module_database_url)
        assert await write(database) == SLUGS
        await database.close()

    asyncio.run(fill())
    return module_database_url


@pytest.fixture
async def filled(filled_url: str) -> AsyncIterator[Database]:
    """The full demo, to look at."""
    database = Database(filled_url)
    yield database
    await database.close()


@pytest.fixture
async def own_filled(database: Database) -> Database:
    """The full demo, to change."""
    assert await write(database) == SLUGS
    return database


async def counts(db: Db) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.__name__: (await db.exec(select(func.count()).select_from(table))).one()
        for table in TABLES
    }


async def event_at(db: Db, slug: str) -> Event:
    return await queries.published(db, slug)


async def registrations(db: Db, slug: str) -> list[Registration]:
    event = await event_at(db, slug)
    return list(
        (await db.exec(select(Registration).where(Registration.event_id == event.id))).all()
    )


async def changes(db: Db, slug: str) -> dict[UUID, list[RegistrationChange]]:
    """What became of the registrations of an event, each in its order."""
    found = (
        select(RegistrationChange)
        .join(Registration, col(Registration.id) == col(RegistrationChange.registration_id))
        .where(Registration.event_id == (await event_at(db, slug)).id)
        .order_by(col(RegistrationChange.at), col(RegistrationChange.id))
    )
    history: dict[UUID, list[RegistrationChange]] = {}
    for change in await db.exec(found):
        history.setdefault(change.registration_id, []).append(change)
    return history


async def test_small_demo_is_the_sample_alone(database: Database) -> None:
    assert await write(database, small=True) == [sample.SLUG]
    async with database.reading() as db:
        found = await counts(db)
        kept = {name: found[name] for name in ("Account", "Event", "Session", "Participation")}
        assert kept == {"Account": 7, "Event": 1, "Session": 4, "Participation": 7}
        assert (found["Registration"], found["Organization"]) == (0, 1)


async def test_the_command_tells_who_can_log_in(tmp_path: Path, database: Database) -> None:
    environment = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database.url, "PYTHONPATH": str(ROOT)}
    code, output = await run_command(environment, "demo", "--small", cwd=tmp_path)
    assert code == 0, output
    page, *people = output.splitlines()
    assert page == f"http://localhost:8000/e/{sample.SLUG}"
    assert len(people) == len(sample.PEOPLE)
    _role, address, password = people[0].split()
    async with database.reading() as db:
        account = await accounts.by_address(db, address)
    assert account is not None
    assert await passwords.fits(password, account.password_hash)


async def test_full_demo_holds_the_sample_unchanged(filled: Database) -> None:
    async with filled.reading() as db:
        event = await event_at(db, sample.SLUG)
        assert event.starts_at == datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
        assert await queries.people_of(db, [event]) == {
            event.id: {
                Role.ORGANIZER: 1,
                Role.SPEAKER: 1,
                Role.MENTOR: 1,
                Role.PARTICIPANT: 3,
                Role.OBSERVER: 1,
            }
        }


async def test_seats_of_the_events(filled: Database) -> None:
    async with filled.reading() as db:
        events = [await event_at(db, slug) for slug in SLUGS[1:]]
        assert list((await seats.of_events(db, events)).values()) == [
            Seats(1000, seated=850),
            Seats(270, seated=30, asked=12),
            Seats(700, seated=640),
        ]
        assert [event.approval for event in events] == [False, True, False]
        at_event = [each for each in await registrations(db, forum.SLUG) if not each.session_id]
        assert Counter(each.state for each in at_event) == {
            RegistrationState.SEATED: 850,
            RegistrationState.CANCELLED: 50,
        }
        assert len({each.participation_id for each in at_event}) == 900


async def test_forum_has_a_whole_programme(filled: Database) -> None:
    async with filled.reading() as db:
        event = await event_at(db, forum.SLUG)
        sessions = await queries.sessions_of(db, event)
        assert Counter(session.kind for session in sessions) == {
            SessionKind.STAGE: 2,
            SessionKind.DISCUSSION: 8,
            SessionKind.LOBBY: 1,
            SessionKind.RELAY: 1,
        }
        assert len(await queries.topics_of(db, event)) == 3
        assert all(
            session.by_seat and session.topic_id
            for session in sessions
            if session.kind is SessionKind.DISCUSSION
        )
        assert timedelta(days=76) <= event.starts_at - NOW <= timedelta(days=84)
        for texts in (event.title, event.summary, event.description, event.host, event.contact):
            assert set(texts) == {"ja", "en"}


async def test_discussions_hold_what_they_have_seats_for(filled: Database) -> None:
    async with filled.reading() as db:
        event = await event_at(db, forum.SLUG)
        sessions = [each for each in await queries.sessions_of(db, event) if each.by_seat]
        found = await seats.of_sessions(db, sessions)
        full_ones = [each for each in found.values() if each.full]
        assert len(full_ones) == 3
        assert all(each.waiting > 3 for each in full_ones)
        assert all(
            each.waiting == 0 and each.seated > 50 for each in found.values() if not each.full
        )
        assert all(each.seated <= (each.capacity or 0) for each in found.values())


async def test_no_capacity_was_ever_exceeded(filled: Database) -> None:
    async with filled.reading() as db:
        event = await event_at(db, forum.SLUG)
        capacity: dict[UUID | None, int] = {None: event.capacity or 0}
        capacity |= {each.id: each.capacity for each in await queries.sessions_of(db, event)}
        of = {each.id: each.session_id for each in await registrations(db, forum.SLUG)}
        happened = [each for found in (await changes(db, forum.SLUG)).values() for each in found]
        seated: Counter[UUID | None] = Counter()
        for change in sorted(happened, key=lambda each: (each.at, each.id)):
            where = of[change.registration_id]
            seated[where] += change.after is RegistrationState.SEATED
            seated[where] -= change.before is RegistrationState.SEATED
            assert seated[where] <= capacity[where]


async def test_places_have_no_holes_and_go_in_order(filled: Database) -> None:
    async with filled.reading() as db:
        waited: dict[UUID | None, list[Registration]] = {}
        for each in await registrations(db, forum.SLUG):
            if each.place is not None:
                waited.setdefault(each.session_id, []).append(each)
        assert len(waited) == 3
        for found in waited.values():
            in_turn = sorted(found, key=lambda each: each.place or 0)
            assert [each.place for each in in_turn] == list(range(1, len(found) + 1))
            assert all(a.created_at <= b.created_at for a, b in pairwise(in_turn))


async def test_participants_are_exactly_the_seated(filled: Database) -> None:
    async with filled.reading() as db:
        for slug in SLUGS[1:]:
            event = await event_at(db, slug)
            found = (
                select(ParticipationRole.participation_id)
                .join(
                    Participation, col(Participation.id) == col(ParticipationRole.participation_id)
                )
                .where(
                    Participation.event_id == event.id,
                    col(ParticipationRole.role) == Role.PARTICIPANT,
                )
            )
            participants = (await db.exec(found)).all()
            seated = [
                each.participation_id
                for each in await registrations(db, slug)
                if each.session_id is None and each.state is RegistrationState.SEATED
            ]
            assert sorted(participants) == sorted(seated)


async def test_every_registration_has_its_changes(filled: Database) -> None:
    async with filled.reading() as db:
        for slug in SLUGS[1:]:
            event, history = await event_at(db, slug), await changes(db, slug)
            assert event.opens_at is not None
            assert event.closes_at is not None
            for each in await registrations(db, slug):
                happened = history.pop(each.id)
                assert len(happened) == each.v
                assert (happened[0].at, happened[-1].at) == (each.created_at, each.changed_at)
                assert (happened[0].before, happened[-1].after) == (None, each.state)
                assert all(a.after is b.before for a, b in pairwise(happened))
                assert event.opens_at <= each.created_at
                assert each.changed_at <= min(NOW, event.closes_at)
                assert each.unverified_until is None
            assert history == {}


async def test_cancelled_people_say_why_and_some_come_back(filled: Database) -> None:
    async with filled.reading() as db:
        history = await changes(db, forum.SLUG)
        at_event = {each.id for each in await registrations(db, forum.SLUG) if not each.session_id}
        of_event = {id_: found for id_, found in history.items() if id_ in at_event}
        gone = [found for found in of_event.values() if len(found) > 1]
        assert sum(len(found) == 3 for found in gone) == 4
        assert sum(bool(found[1].reason) for found in gone) > 30
        organizer = await accounts.by_address(db, full.ORGANIZER)
        assert organizer is not None
        assert sum(found[1].actor_id == organizer.id for found in gone) == 10


async def test_people_register_on_every_day(filled: Database) -> None:
    async with filled.reading() as db:
        at_event = [each for each in await registrations(db, forum.SLUG) if not each.session_id]
        by_day = Counter((NOW - each.created_at).days for each in at_event)
        assert min(by_day[days] for days in range(39)) > 0
        first_days, later_days = (range(37, 41), range(17, 21))
        assert sum(by_day[n] for n in first_days) > 1.5 * sum(by_day[n] for n in later_days)


async def test_published_version_is_what_people_see(filled: Database) -> None:
    async with filled.reading() as db:
        for part in full.PARTS:
            event = await event_at(db, part.slug)
            found = select(EventVersion).where(EventVersion.event_id == event.id)
            version = (await db.exec(found)).one()
            assert (version.number, version.state) == (event.version, VersionState.PUBLISHED)
            assert (event.version, event.state) == (1, EventState.PUBLISHED)
            assert version.content == await drafts.published(db, event)
            shown = await editing(db, event)
            assert (shown.version, shown.effects, shown.wrong) == (None, [], {})
            assert read(version.content).plan == part.plan(part.days(NOW))


async def test_organizer_hosts_and_organizes(filled: Database) -> None:
    async with filled.reading() as db:
        organizer = await accounts.by_address(db, full.ORGANIZER)
        assert organizer is not None
        hosts = await organizations.hosting(db, organizer.id)
        organized = await queries.organized_by(db, organizer.id)
        assert {event.slug for event in organized} == set(SLUGS)
        assert {event.organization_id for event in organized} == {each.id for each in hosts}


async def test_participant_of_the_sample_has_a_seat_and_waits(filled: Database) -> None:
    async with filled.reading() as db:
        account = await accounts.by_address(db, full.PARTICIPANTS[0])
        assert account is not None
        event = await event_at(db, forum.SLUG)
        own = await seats.own(db, event, account.id)
        numbers = {each.id: each.number for each in await queries.sessions_of(db, event)}
        standing = {numbers[of] if of else 0: each.state for of, each in own.items()}
        assert standing == {
            0: RegistrationState.SEATED,
            3: RegistrationState.SEATED,
            11: RegistrationState.WAITING,
        }
        assert account.created_at <= own[None].created_at


async def test_running_again_doubles_nothing(own_filled: Database) -> None:
    async with own_filled.reading() as db:
        before = await counts(db)
    for now in (NOW, NOW + timedelta(days=10)):
        await write(own_filled, now)
        async with own_filled.reading() as db:
            assert await counts(db) == before
            await ensure_nobody_is_told(db)


@pytest.mark.only_embedded
async def test_running_again_moves_the_days_and_keeps_what_somebody_changed(
    own_filled: Database,
) -> None:
    own = {"ja": "わたしのフォーラム"}
    async with own_filled.writing() as db:
        before = await counts(db)
        event = await event_at(db, forum.SLUG)
        event.title = own
        db.add(event)
    for days in (1, 45, 400):
        later = NOW + timedelta(days=days)
        await write(own_filled, later)
        async with own_filled.reading() as db:
            assert await counts(db) == before
            assert (await event_at(db, forum.SLUG)).title == own
            await ensure_days_moved(db, later)
            await ensure_rounds_are_in_their_sessions(db)
            await ensure_history_followed(db, later)
            await ensure_nobody_is_told(db)


async def ensure_nobody_is_told(db: Db) -> None:
    """Nobody is owed a mail, and no open page hears of it."""
    assert (await db.exec(select(OutgoingMail))).all() == []
    assert (await db.exec(select(StreamEvent))).all() == []


async def ensure_days_moved(db: Db, later: datetime) -> None:
    for part in full.PARTS:
        event, plan = await event_at(db, part.slug), part.plan(part.days(later))
        assert (event.starts_at, event.ends_at, event.closes_at, event.doors_at) == (
            plan.starts_at,
            plan.ends_at,
            plan.closes_at,
            plan.doors_at,
        )
        by_number = {each.number: each for each in plan.sessions}
        for session in await queries.sessions_of(db, event):
            planned = by_number[session.number]
            assert (session.starts_at, session.ends_at, session.doors_at) == (
                planned.starts_at,
                planned.ends_at,
                planned.doors_at,
            )
        shown = await editing(db, event)
        assert (shown.effects, shown.wrong) == ([], {})


async def test_training_has_rounds_and_a_plan_without_trouble(filled: Database) -> None:
    async with filled.reading() as db:
        event = await event_at(db, training.SLUG)
        board = await mentoring.board_of(db, event.id)
        plan = await mentoring.plan_in(db, event.id, PlanState.PUBLISHED)
        visits = mentoring.visits_from(await mentoring.assignments_of(db, plan))
        await ensure_rounds_are_in_their_sessions(db)
    judged = review(board, visits)
    assert judged.troubles == {}
    assert len(visits) == len(board.rounds) * len(board.teams) - len(judged.gaps)


async def ensure_rounds_are_in_their_sessions(db: Db) -> None:
    event = await event_at(db, training.SLUG)
    sessions = {session.id: session for session in await queries.sessions_of(db, event)}
    rounds = await mentoring.rounds_of(db, event.id)
    assert [each.number for each in rounds] == [1, 2, 3]
    for each in rounds:
        session = sessions[each.session_id]
        assert session.starts_at < each.starts_at < each.ends_at < session.ends_at


async def ensure_history_followed(db: Db, later: datetime) -> None:
    """What happened with registrations came along, but not into the future."""
    for slug in SLUGS[1:]:
        event = await event_at(db, slug)
        assert event.opens_at is not None
        assert event.published_at is not None
        assert event.published_at < event.opens_at
        found = await registrations(db, slug)
        assert event.opens_at <= min(each.created_at for each in found)
        assert max(each.changed_at for each in found) <= later
        for happened in (await changes(db, slug)).values():
            assert happened[-1].at <= later
    newest = max(each.changed_at for each in await registrations(db, forum.SLUG))
    assert later - newest < timedelta(days=2)


async def test_production_refuses(settings: Settings) -> None:
    with pytest.raises(demo.NotHere):
        await demo.fill(settings.model_copy(update={"environment": "production"}))


@pytest.mark.pure
def test_people_are_invented_and_nobody_comes_twice() -> None:
    found = people(1300)
    assert found[:100] == people(100)
    assert len({each.name for each in found}) == len({each.address for each in found}) == 1300
    for each in found:
        assert re.fullmatch(r"[a-z.]+\d?@[a-z.-]+\.example", each.address)
        assert re.fullmatch(r"[ぁ-んー]+ [ぁ-んー]+", each.reading)
    assert 60 < sum(each.locale == "en" for each in found) < 90


async def test_pages_show_the_demo(site: Site) -> None:
    await write(site.database, datetime.now(UTC))
    async with site.browser() as browser:
        for path in ("/", *(f"/e/{slug}" for slug in SLUGS), f"/e/{forum.SLUG}/register"):
            assert (await browser.get(path)).status_code == 200, path
        async with site.database.reading() as db:
            organizer = await accounts.by_address(db, full.ORGANIZER)
        assert organizer is not None
        browser.hold(await site.login(organizer))
        for slug in SLUGS:
            assert (await browser.get(f"/manage/{slug}/sessions")).status_code == 200, slug
