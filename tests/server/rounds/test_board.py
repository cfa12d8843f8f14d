"""The board of a round: rooms in their places, the queue, what pages report, and its cost."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from fakeredis import FakeServer

from server.core import broker
from server.core.broker import EmbeddedRedis
from server.core.db import Database
from server.mentoring.models import Round
from server.rounds import help as calls
from server.rounds import ticking
from server.rounds.actions import Act
from server.rounds.board import moves as board_moves
from server.rounds.board import reports as board_reports
from server.rounds.board import state as board
from server.rounds.board.health import Need
from server.rounds.board.reports import Lines, Report, Reports
from server.rounds.day import lateness
from tests.server.rounds.boarding import opened, room_of, seen, sit
from tests.support.queries import cost
from tests.support.training import NOW, Held, Sizes, hold

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
SIZES = Sizes(teams=4, members=3, mentors=2, slots=2)


@pytest.fixture
async def held(database: Database) -> Held:
    async with database.writing() as db:
        made = await hold(db, SIZES, slug="board")
    await opened(database, made, NOW)
    return made


async def everybody(database: Database, held: Held, at: timedelta) -> None:
    await sit(database, held, held.everyone, NOW + at)


async def test_rooms_have_their_places_and_a_slot_its_visits(
    database: Database, held: Held
) -> None:
    await everybody(database, held, MINUTE)
    found = await seen(database, held, NOW + MINUTE)
    assert [room.spot.number for room in found.rooms] == [1, 2, 3, 4]
    standing = {room.spot.number: room.standing for room in found.rooms}
    assert sorted(standing.values()) == ["next", "next", "visited", "visited"]
    assert (found.present, found.visits, found.arrived) == ((12, 12), (2, 2), 14)
    assert found.queue == []
    assert all(not room.guests for room in found.rooms)


async def test_a_mentor_who_is_not_there_is_in_the_queue_a_minute_after_the_start(
    database: Database, held: Held
) -> None:
    people = [p.id for own in held.members.values() for p in own]
    for after, needs in ((59, []), (60, [Need.MISSING, Need.MISSING])):
        await sit(database, held, people, NOW + after * SECOND)
        found = await seen(database, held, NOW + after * SECOND)
        assert [room.need for room in found.queue] == needs
    assert {room.cushion for room in found.queue} == {"missing"}
    assert found.visits == (0, 2)


async def test_in_the_second_slot_the_first_teams_are_done(database: Database, held: Held) -> None:
    second = timedelta(seconds=SIZES.slot + SIZES.travel)
    between = await seen(database, held, NOW + timedelta(seconds=SIZES.slot + 1))
    assert (between.slot, between.visits) == (None, (0, 0))
    await ticking.tick(database, NOW + second)
    await everybody(database, held, second)
    found = await seen(database, held, NOW + second)
    assert sorted(room.standing for room in found.rooms) == ["done", "done", "visited", "visited"]


async def test_a_mentor_who_is_late_has_a_time_and_one_on_the_way_a_line(
    database: Database, held: Held
) -> None:
    slot = held.slots[held.rounds[0].id][0]
    first, second = held.mentors
    async with database.writing() as db:
        await lateness.late(db, slot.id, first, by=5 * MINUTE, name="早川 透", now=NOW)
        await lateness.coming(db, slot.id, second, name="桐谷 朔", now=NOW)
    found = await seen(database, held, NOW + 30 * SECOND)
    assert sorted(r.cushion for r in found.rooms if r.due) == ["coming", "late"]
    assert [room.hands[0] for room in found.queue] == [(Need.LATE, NOW + 5 * MINUTE)]


async def test_a_call_stands_first_and_a_taken_one_last(database: Database, held: Held) -> None:
    await sit(database, held, [p.id for own in held.members.values() for p in own], NOW + MINUTE)
    room = await room_of(database, held, 4)
    async with database.writing() as db:
        rooms = await board_moves.rooms_of(db, held.rounds[0])
        made = await calls.call(
            db,
            session_id=held.session.id,
            round_id=held.rounds[0].id,
            room=rooms[4],
            caller=held.members[held.teams[3].id][0].id,
            name="見本 花",
            now=NOW,
        )
    found = await seen(database, held, NOW + MINUTE)
    assert found.queue[0].spot.room_id == room
    async with database.writing() as db:
        await calls.take(
            db,
            made.id,
            session_id=held.session.id,
            actor=held.organizer.id,
            name="遠山 佑",
            now=NOW + MINUTE,
        )
    again = await seen(database, held, NOW + MINUTE)
    assert again.queue[-1].spot.room_id == room
    assert again.key != found.key


async def test_a_guest_is_seen_and_nobody_is_alone_with_one(database: Database, held: Held) -> None:
    alone = held.members[held.teams[3].id][0].id
    act = Act(actor=held.organizer.id, now=NOW + MINUTE)
    await sit(database, held, [alone], NOW + 2 * MINUTE)
    found = await seen(database, held, NOW + 2 * MINUTE)
    assert [room.spot.number for room in found.queue if room.need is Need.ALONE] == [4]
    async with database.writing() as db:
        round_ = await db.get_one(Round, held.rounds[0].id)
        await board_moves.visit(db, round_, 4, name="遠山 佑", knock="", act=act)
    await sit(database, held, [alone, held.organizer.id], NOW + 2 * MINUTE)
    found = await seen(database, held, NOW + 2 * MINUTE)
    guests = {room.spot.number: [g.name for g in room.guests] for room in found.rooms}
    assert guests[4] == ["organizer さん"]
    assert [room for room in found.queue if room.spot.number == 4] == []


async def test_reports_give_voice_silence_and_weak_lines(database: Database, held: Held) -> None:
    now = NOW + 12 * MINUTE
    await sit(database, held, held.everyone, now)
    rooms = {number: await room_of(database, held, number) for number in (1, 2, 3, 4)}
    visited = [
        r.spot.number for r in (await seen(database, held, now)).rooms if r.standing == "visited"
    ]
    quiet, weak = visited
    line = board_reports.Line(rooms[weak], "poor", now, now - MINUTE)
    reports = Reports(
        known=True,
        talk={room: [0] * 13 + [30_000] for room in rooms.values()},
        heard=dict.fromkeys(rooms.values(), now) | {rooms[quiet]: now - 6 * MINUTE},
        reported=dict.fromkeys(rooms.values(), now),
        lines={uuid4(): line},
    )
    found = await seen(database, held, now, reports)
    assert {room.spot.number: room.need for room in found.queue} == {
        quiet: Need.SILENT,
        weak: Need.WEAK,
    }
    assert found.rooms[0].talk[-1] == pytest.approx(0.5)
    stale = replace(reports, reported=dict.fromkeys(rooms.values(), now - 16 * SECOND))
    assert all(room.stale for room in (await seen(database, held, now, stale)).rooms)


async def test_reports_are_kept_by_minute_and_run_out(redis_url: str) -> None:
    redis = broker.connect(redis_url)
    session, room, person = uuid4(), uuid4(), uuid4()
    weak = NOW - MINUTE
    try:
        await board_reports.write(
            redis,
            [
                Report(session, room, person, 1500, "good", None, NOW - 2 * MINUTE),
                Report(session, room, uuid4(), 500, "good", None, NOW - 2 * MINUTE),
                Report(session, room, person, 0, "poor", weak, NOW),
            ],
        )
        found = await board_reports.read(redis, session, [room], NOW)
        assert found.known
        assert found.talk == {room: [0] * 11 + [2000, 0, 0]}
        assert (found.heard, found.reported) == ({room: NOW - 2 * MINUTE}, {room: NOW})
        assert found.lines[person] == board_reports.Line(room, "poor", NOW, weak)
        lives = [await redis.ttl(key) async for key in redis.scan_iter(f"board:*{session}*")]
        assert lives
        assert all(0 < life <= 1200 for life in lives)
    finally:
        await redis.aclose()


async def test_with_the_broker_away_seats_are_still_seen(database: Database, held: Held) -> None:
    server = FakeServer()
    server.connected = False
    away = EmbeddedRedis(server=server)
    await everybody(database, held, MINUTE)
    found = await board.look(database, away, held.event, held.rounds[0], now=NOW + MINUTE)
    assert (found.known, found.present) == (False, (12, 12))


def test_a_line_is_weak_since_it_began_without_a_pause() -> None:
    lines, person = Lines(), uuid4()
    assert lines.weak_since(person, "good", NOW) is None
    assert lines.weak_since(person, "poor", NOW) == NOW
    assert lines.weak_since(person, "lost", NOW + 5 * SECOND) == NOW
    assert lines.weak_since(person, "fair", NOW + 10 * SECOND) is None
    assert lines.weak_since(person, "poor", NOW + 15 * SECOND) == NOW + 15 * SECOND
    assert lines.weak_since(person, "poor", NOW + 60 * SECOND) == NOW + 60 * SECOND


async def test_a_board_of_66_rooms_costs_as_many_statements_as_one_of_three(
    database: Database,
) -> None:
    costs = set()
    for teams, mentors in ((3, 1), (66, 22)):
        async with database.writing() as db:
            sizes = Sizes(teams=teams, members=3, mentors=mentors, slots=3)
            held = await hold(db, sizes, slug=f"board-{teams}")
        await opened(database, held, NOW)
        await sit(database, held, held.everyone, NOW)
        costs.add(await cost(database, lambda held=held: seen(database, held, NOW)))  # type: ignore[misc]
    assert len(costs) == 1
