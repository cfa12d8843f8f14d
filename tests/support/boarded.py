"""A training of 66 teams in its second round, with something of everything that a board shows."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from playwright.async_api import Browser, Page
from sqlalchemy import update
from sqlmodel import col, select

from server.accounts import queries as accounts
from server.accounts.models import Account, MailAddress
from server.core import clock
from server.core.db import Database, Db
from server.events.models import Event, Participation, Topic
from server.mentoring import queries
from server.mentoring.models import Round, RoundState, Team
from server.rooms.models import Placement, SeatState
from server.rounds import actions
from server.rounds import help as calls
from server.rounds.actions import Act
from server.rounds.board import moves as board_moves
from server.rounds.day import lateness
from server.rounds.models import Note, NoteReaders
from tests.support.app import App, settings_of
from tests.support.training import Held, Sizes, hold

SLUG: Final = "board-training"
BOARD: Final = f"/manage/{SLUG}/board/2"
DAY: Final = f"/e/{SLUG}/mentor"
MINUTE: Final = timedelta(minutes=1)
INTO_ROUND: Final = 18 * MINUTE  # in the second slot, with nine minutes left
TOPICS: Final = (
    ("空き家と住まい", "Empty houses and homes", 14),
    ("食と農", "Food and farming", 13),
    ("学びと子ども", "Learning and children", 13),
    ("文化と観光", "Culture and visits", 13),
    ("仕事と移住", "Work and moving here", 13),
)
FIRST: Final = ("霞", "瀬", "鈴", "灯", "榛", "白", "鶴", "汐", "柚", "朝", "雪")
THEN: Final = ("ヶ沢町", "音町", "掛村", "台岬町", "野市", "鷺川村")
FAMILY: Final = (
    "早川",
    "桐谷",
    "古賀",
    "真鍋",
    "鵜飼",
    "久我",
    "小野寺",
    "穂積",
    "三浦",
    "岡田",
    "遠山",
)
GIVEN: Final = ("透", "朔", "澄", "志乃", "隆二", "みのり")
ABSENT: Final = (5, 31)  # of the rooms that are visited, those whose mentors are not there
SIZES: Final = Sizes(teams=66, members=4, mentors=24, due=22, rounds=3, slots=3)


@asynccontextmanager
async def boarded(app: App, _browser: Browser) -> AsyncIterator[None]:
    """The training beside the demo; the demo's organizer and mentor take part while it is shown."""
    database = Database(settings_of(app).database)
    async with database.writing() as db:
        held = await fill(db, clock.now())
        lent = {
            "organizer": held.organizer.id,
            "mentor": held.mentors[0].participation_id,
        }
        owners = {}
        for name, person in lent.items():
            demo = await accounts.by_address(db, app.accounts[name][0])
            assert demo
            owners[person] = await _lend(db, person, demo.id)
    try:
        yield
    finally:
        async with database.writing() as db:
            for person, owner in owners.items():
                await _lend(db, person, owner)
            mark = uuid4().hex[:8]
            gone = update(Event).where(col(Event.id) == held.event.id)
            await db.exec(gone.values(slug=f"{SLUG}-{mark}", state="draft"))
            address = col(MailAddress.address)
            theirs = update(MailAddress).where(address.like(f"%@{SLUG}.example"))
            await db.exec(theirs.values(address=f"{mark}-" + address))
        await database.close()


async def first_note(page: Page) -> None:
    """Open the first note that waits to be written."""
    async with page.expect_navigation():
        await page.click("#day-unwritten a >> nth=0")
    await page.locator("#body").wait_for()


async def _lend(db: Db, person: UUID, account: UUID) -> UUID:
    """Give a participation to another account; whose it was."""
    row = await db.get_one(Participation, person)
    owner, row.account_id = row.account_id, account
    db.add(row)
    await db.flush()
    return owner


async def fill(db: Db, now: datetime) -> Held:
    """Write the training as it is 18 minutes into its second round."""
    length = timedelta(seconds=3 * SIZES.slot + 2 * SIZES.travel + SIZES.pause)
    held = await hold(db, SIZES, now=now - INTO_ROUND - length, slug=SLUG)
    await _name(db, held)
    first, second = held.rounds[:2]
    row = await db.get_one(Round, first.id)
    row.state, row.opened_at, row.closed_at = RoundState.CLOSED, first.starts_at, first.ends_at
    db.add(row)
    await db.flush()
    opened = Act(actor=held.organizer.id, now=second.starts_at)
    await actions.open_round(db, second.id, opened)
    await actions.begin_slots(db, second.id, second.starts_at + 15 * MINUTE)
    await _sit(db, held, now)
    await _happen(db, held, now)
    return held


async def _name(db: Db, held: Held) -> None:
    """Places and people with names as they could be."""
    topics = [
        Topic(event_id=held.event.id, number=n, title={"ja": ja, "en": en})
        for n, (ja, en, _) in enumerate(TOPICS, 1)
    ]
    db.add_all(topics)
    await db.flush()
    of_room = [t.id for t, (_, _, count) in zip(topics, TOPICS, strict=True) for _ in range(count)]
    names = [a + b for b in THEN for a in FIRST]
    teams = await queries.teams_of(db, held.event.id)
    for team, topic, name in zip(teams, of_room, names, strict=True):
        team.topic_id, team.name = topic, name
        db.add(team)
    everyone = [*held.everyone, held.organizer.id]
    people = [family + " " + given for given in GIVEN for family in FAMILY]
    found = select(Account, Participation.id).join(
        Participation, col(Participation.account_id) == col(Account.id)
    )
    of_event = {
        person: account
        for account, person in await db.exec(found.where(Participation.event_id == held.event.id))
    }
    for number, person in enumerate(everyone):
        of_event[person].name = people[(number * 7) % len(people)]
        db.add(of_event[person])
    await db.flush()


async def _sit(db: Db, held: Held, now: datetime) -> None:
    """Nearly everybody is there, in the room where they belong."""
    found = select(Placement).where(Placement.session_id == held.session.id)
    rooms = {row.participation_id: row.room_id for row in await db.exec(found)}
    numbers = await _numbers(db, held)
    for place, person in enumerate(held.everyone):
        room = rooms.get(person)
        if room is None or _is_away(held, place, person, numbers[room]):
            continue
        db.add(
            SeatState(
                participation_id=person,
                session_id=held.session.id,
                room_id=room,
                connection_id=uuid4(),
                last_seen=now + 30 * MINUTE,  # for as long as somebody looks at it
            )
        )
    await db.flush()


def _is_away(held: Held, place: int, person: UUID, number: int) -> bool:
    if any(person == mentor.participation_id for mentor in held.mentors):
        return number % 11 == ABSENT[0]
    return place % 23 == 0 or (number == 12 and place % SIZES.members > 0)


async def _numbers(db: Db, held: Held) -> dict[UUID, int]:
    found = select(Team.room_id, Team.number).where(Team.event_id == held.event.id)
    return {room: number or 0 for room, number in (await db.exec(found)).all() if room}


async def _happen(db: Db, held: Held, now: datetime) -> None:
    """Two calls, a mentor who is late, an earlier note."""
    second = held.rounds[1]
    rooms = await board_moves.rooms_of(db, second)
    for number, words, seconds in ((17, "資料が映りません", 130), (48, "音が聞こえません", 40)):
        await calls.call(
            db,
            session_id=held.session.id,
            round_id=second.id,
            room=rooms[number],
            caller=held.members[held.teams[number - 1].id][0].id,
            name="岡田 澄",
            words=words,
            now=now - timedelta(seconds=seconds),
        )
    slot = held.slots[second.id][1]
    visits = await queries.visits_in(db, slot, held.event.id)
    late = next(m for _, m, team in visits if (team.number or 0) % 11 == ABSENT[0])
    await lateness.late(db, slot.id, late, by=5 * MINUTE, name="古賀 朔", now=now - MINUTE)
    await _write_notes(db, held, now)


async def _write_notes(db: Db, held: Held, now: datetime) -> None:
    """About the team that the first mentor visits next, and a note of this mentor's that waits."""
    slots: Sequence[UUID] = [slot.id for slots in held.slots.values() for slot in slots]
    own = held.mentors[0]
    for slot in held.slots[held.rounds[1].id][1:]:
        for _, mentor, team in await queries.visits_in(db, slot, held.event.id):
            if mentor.id == own.id:
                db.add(
                    Note(
                        event_id=held.event.id,
                        slot_id=slots[0],
                        team_id=team.id,
                        author_id=held.mentors[1].participation_id,
                        readers=NoteReaders.MENTORS,
                        body="話が大きくなりがち。「だれが最初の一軒か」に戻す。",
                        saved_at=now - 60 * MINUTE,
                    )
                )
    await db.flush()
