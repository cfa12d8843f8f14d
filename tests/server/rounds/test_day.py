"""The mentor's day: the way, the next visit, what is said of it, who reads which notes."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from server.accounts.models import Audit
from server.core import clock
from server.core.db import Database
from server.live.models import StreamEvent
from server.mentoring import queries
from server.mentoring.models import Round
from server.rooms.chat import room_stream
from server.rooms.models import SeatState
from server.rounds.board.desk_log import staff_stream
from server.rounds.day import lateness
from server.rounds.day import way as day
from server.rounds.day.lateness import VisitOver
from server.rounds.day.way import Day, Step
from server.rounds.models import Lateness, Note, NoteReaders
from tests.server.rounds.boarding import browser_of, opened, room_of
from tests.support.queries import cost
from tests.support.training import NOW, Held, Sizes, hold
from tests.support.web import Browser, Site

MINUTE = timedelta(minutes=1)
SIZES = Sizes(teams=4, members=2, mentors=2, rounds=2, slots=2)
DAY = "/e/day/mentor"
SLOT_1, SLOT_2 = 0, 15  # minutes after the opening


async def held_at(database: Database, now: object = NOW) -> Held:
    async with database.writing() as db:
        return await hold(db, SIZES, now=now, slug="day")  # type: ignore[arg-type]


async def seen(database: Database, held: Held, minutes: float, mentor: int = 0) -> Day:
    async with database.reading() as db:
        now = NOW + minutes * MINUTE
        return await day.day_of(db, held.event, held.mentors[mentor], now)


def steps(found: Day) -> list[list[Step]]:
    return [[stop.step for stop in stops] for _, _, stops in found.rounds]


async def test_the_way_goes_from_visit_to_visit(database: Database) -> None:
    held = await held_at(database)
    before = await seen(database, held, -5)
    assert steps(before) == [[Step.NEXT, Step.LATER], [Step.LATER, Step.LATER]]
    await opened(database, held, NOW)
    first = await seen(database, held, 1)
    assert steps(first) == [[Step.NOW, Step.NEXT], [Step.LATER, Step.LATER]]
    between = await seen(database, held, 14)
    assert steps(between) == [[Step.DONE, Step.NEXT], [Step.LATER, Step.LATER]]
    assert between.at is not None
    assert (between.at.step, between.done, len(between.stops)) == (Step.NEXT, 1, 4)


async def test_a_slot_without_a_visit_is_free(database: Database) -> None:
    async with database.writing() as db:
        sizes = Sizes(teams=1, members=2, mentors=1, slots=2)
        held = await hold(db, sizes, slug="day")
    found = await seen(database, held, 0)
    assert sorted(found.rounds[0][2][n].step for n in (0, 1)) == [Step.FREE, Step.NOW]
    assert len(found.free) == 1


async def test_visits_that_are_over_wait_for_their_notes(database: Database) -> None:
    held = await held_at(database)
    await opened(database, held, NOW)
    (left,) = (await seen(database, held, 14)).unwritten
    assert left.note is None
    assert left.stop.team is not None
    note = Note(
        event_id=held.event.id,
        slot_id=left.stop.slot.id,
        team_id=left.stop.team.id,
        author_id=held.mentors[0].participation_id,
        body="途中まで",
        saved_at=NOW + 10 * MINUTE,
    )
    async with database.writing() as db:
        db.add(note)
    (half,) = (await seen(database, held, 14)).unwritten
    assert half.note is not None
    async with database.writing() as db:
        row = await db.get_one(Note, note.id)
        row.saved_at = NOW + 13 * MINUTE
        db.add(row)
    assert (await seen(database, held, 14)).unwritten == []


async def test_what_a_mentor_says_is_kept_and_told_to_team_and_board(database: Database) -> None:
    held = await held_at(database)
    await opened(database, held, NOW)
    mentor, slot = held.mentors[0], held.slots[held.rounds[0].id][1]
    async with database.writing() as db:
        visit = await lateness.coming(db, slot.id, mentor, name="真鍋 志乃", now=NOW)
        await lateness.late(db, slot.id, mentor, by=5 * MINUTE, name="真鍋 志乃", now=NOW)
        await lateness.late(db, slot.id, mentor, by=None, name="真鍋 志乃", now=NOW)
    number = visit.team.number or 0
    said = {"number": number, "slot": 2, "name": "真鍋 志乃"}
    arrives = (NOW + (SLOT_2 + 5) * MINUTE).isoformat()
    expected = [
        ("mentor.coming", said),
        ("mentor.late", said | {"arrives_at": arrives}),
        ("mentor.late", said | {"arrives_at": None}),
    ]
    room = await room_of(database, held, number)
    for stream in (staff_stream(held.session.id), room_stream(room)):
        async with database.reading() as db:
            found = select(StreamEvent).where(StreamEvent.stream == stream)
            events = (await db.exec(found.order_by(col(StreamEvent.seq)))).all()
        assert [(event.type, event.payload) for event in events] == expected
    async with database.reading() as db:
        (row,) = (await db.exec(select(Lateness))).all()
    assert row.arrives_at == NOW + (SLOT_2 + 13) * MINUTE


async def test_nothing_is_said_of_a_visit_that_is_over_or_not_ones_own(
    database: Database,
) -> None:
    held = await held_at(database)
    await opened(database, held, NOW)
    mentor, slot = held.mentors[0], held.slots[held.rounds[0].id][0]
    for slot_id, minutes in ((slot.id, 13), (uuid4(), 1)):
        async with database.writing() as db:
            now = NOW + minutes * MINUTE
            with pytest.raises(VisitOver):
                await lateness.coming(db, slot_id, mentor, name="真鍋 志乃", now=now)


async def test_a_day_of_many_visits_costs_as_many_statements_as_a_short_one(
    database: Database,
) -> None:
    costs = set()
    for teams, rounds in ((1, 1), (12, 3)):
        async with database.writing() as db:
            sizes = Sizes(teams=teams, members=2, mentors=4, rounds=rounds, slots=3)
            made = await hold(db, sizes, slug=f"day-{teams}")
        costs.add(await cost(database, lambda made=made: seen(database, made, 1)))  # type: ignore[misc]
    assert len(costs) == 1


@pytest.fixture
async def held(site: Site) -> Held:
    made = await held_at(site.database, clock.now() - 2 * MINUTE)
    await opened(site.database, made, clock.now() - 2 * MINUTE)
    return made


@pytest.fixture
async def mentor(site: Site, held: Held) -> AsyncIterator[Browser]:
    async with browser_of(site, held.mentors[0].participation_id) as browser:
        yield browser


async def note_on(site: Site, held: Held, readers: NoteReaders, body: str) -> UUID:
    """A note of the second mentor's on the team that the first mentor is with now."""
    slot = held.slots[held.rounds[0].id][0]
    async with site.database.writing() as db:
        visits = await queries.visits_in(db, slot, held.event.id)
        team = next(t for _, m, t in visits if m.id == held.mentors[0].id)
        later = held.slots[held.rounds[0].id][1]
        note = Note(
            event_id=held.event.id,
            slot_id=later.id,
            team_id=team.id,
            author_id=held.mentors[1].participation_id,
            readers=readers,
            body=body,
            saved_at=clock.now(),
        )
        db.add(note)
    return note.id


async def reads(site: Site) -> list[str]:
    async with site.database.reading() as db:
        return list((await db.exec(select(Audit.object).where(Audit.verb == "note.read"))).all())


async def test_on_the_way_leads_into_the_room(site: Site, held: Held, mentor: Browser) -> None:
    slot = held.slots[held.rounds[0].id][0]
    answer = await mentor.submit(DAY, f"{DAY}/coming", slot=str(slot.id))
    assert (answer.status_code, answer.headers["location"]) == (303, "/e/day/s/1/room")
    shown = await mentor.get(DAY)
    assert "向かっていることを、部屋と主催者に伝えました。" in shown.text


async def test_later_is_shown_and_what_cannot_be_is_refused(
    site: Site, held: Held, mentor: Browser
) -> None:
    slot = held.slots[held.rounds[0].id][0]
    answer = await mentor.submit(DAY, f"{DAY}/late", slot=str(slot.id), minutes="5")
    assert answer.headers["location"] == DAY
    assert "に着くことを、部屋と主催者に伝えました。" in (await mentor.get(DAY)).text
    await mentor.submit(DAY, f"{DAY}/late", slot=str(slot.id), minutes="cannot")
    assert "行けないことを、部屋と主催者に伝えました。" in (await mentor.get(DAY)).text
    for slot_id in ("nothing", str(uuid4())):
        refused = await mentor.submit(DAY, f"{DAY}/late", slot=slot_id, minutes="2")
        assert refused.status_code == 409
        assert 'role="alert"' in refused.text
    wrong = await mentor.submit(DAY, f"{DAY}/late", slot=str(slot.id), minutes="7")
    assert wrong.status_code == 404


async def test_a_mentor_reads_what_others_share_and_each_read_is_logged(
    site: Site, held: Held, mentor: Browser
) -> None:
    shared = await note_on(site, held, NoteReaders.MENTORS, "「最初の一軒」に戻す")
    assert "「最初の一軒」に戻す" in (await mentor.get(DAY)).text
    assert await reads(site) == [f"note:{shared}"]
    again = await mentor.get(f"{DAY}?look=")
    assert "「最初の一軒」に戻す" not in again.text
    assert len(await reads(site)) == 1


async def test_a_note_for_organizers_stays_theirs(site: Site, held: Held, mentor: Browser) -> None:
    await note_on(site, held, NoteReaders.ORGANIZERS, "ないしょの話")
    assert "ないしょの話" not in (await mentor.get(DAY)).text
    assert await reads(site) == []


async def test_who_waits_and_oneself_are_seen_in_the_room(
    site: Site, held: Held, mentor: Browser
) -> None:
    assert "まだだれも来ていません" in (await mentor.get(DAY)).text
    async with site.database.reading() as db:
        round_ = (await db.exec(select(Round).where(Round.id == held.rounds[0].id))).one()
        slot = held.slots[round_.id][0]
        visits = await queries.visits_in(db, slot, held.event.id)
    team = next(t for _, m, t in visits if m.id == held.mentors[0].id)
    assert team.room_id
    people = [held.members[team.id][0].id, held.mentors[0].participation_id]
    async with site.database.writing() as db:
        for person in people:
            db.add(
                SeatState(
                    participation_id=person,
                    session_id=held.session.id,
                    room_id=team.room_id,
                    connection_id=uuid4(),
                    last_seen=clock.now(),
                )
            )
    shown = (await mentor.get(DAY)).text
    assert "1人が待っています" in shown
    assert "にいます" in shown


async def test_a_note_is_written_after_the_slot_and_never_over_a_newer_one(
    site: Site, held: Held, mentor: Browser
) -> None:
    shown = await mentor.get(DAY)
    async with site.database.writing() as db:
        row = await db.get_one(Round, held.rounds[0].id)
        row.opened_at = clock.now() - 14 * MINUTE
        db.add(row)
    shown = await mentor.get(DAY)
    found = re.search(r'href="(/e/day/mentor/notes/[0-9a-f-]+)"', shown.text)
    assert found
    answer = await mentor.submit(found[1], found[1], v="0", body="よい訪問", readers="mentors")
    assert answer.headers["location"] == f"{DAY}#day-unwritten"
    late = await mentor.submit(found[1], found[1], v="0", body="別の窓から")
    assert late.status_code == 409
    assert "よい訪問" in late.text
    assert "別の窓から" in late.text
    async with site.database.reading() as db:
        (note,) = (await db.exec(select(Note))).all()
    assert (note.body, note.readers, note.v) == ("よい訪問", NoteReaders.MENTORS, 1)


async def test_the_day_is_for_mentors(site: Site, held: Held) -> None:
    member = held.members[held.teams[0].id][0].id
    async with browser_of(site, member) as browser:
        assert (await browser.get(DAY)).status_code == 403
    async with browser_of(site, held.organizer.id) as browser:
        empty = await browser.get(DAY)
    assert "訪問は、まだ決まっていません" in empty.text.replace("<wbr>", "")
