"""Evidence of who is where: said twice, late or in a wrong order, the record is the same."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import true

from server.core.db import Database
from server.records import actions
from server.records.models import ClosedBy, Via
from server.rooms.seat import Holder
from tests.server.records import given

START = datetime(2027, 2, 20, 5, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)


async def scene(database: Database) -> tuple[given.Place, UUID]:
    """A session and somebody with a seat."""
    async with database.writing() as db:
        at = await given.place(db, starts=START)
        return at, await given.person(db, at, "見本 花")


async def tell(database: Database, stay: actions.Presence, order: tuple[str, ...]) -> None:
    """News of one stay, one after the other: j for joined, l for left."""
    for news in order:
        async with database.writing() as db:
            if news == "j":
                await actions.joined(db, stay, at=after(5))
            else:
                await actions.left(db, stay, joined_at=after(5), at=after(65))


@pytest.mark.parametrize("order", sorted(set(permutations("jjll"))))
async def test_any_order_of_doubled_news_gives_one_stay(
    database: Database, order: tuple[str, ...]
) -> None:
    at, who = await scene(database)
    await tell(database, at.stay(who), order)
    [row] = await given.rows(database)
    assert (row.joined_at, row.left_at, row.closed_by) == (after(5), after(65), ClosedBy.LEFT)
    assert row.seen_at == after(65)


@pytest.mark.parametrize("order", sorted(set(permutations("jjll"))))
async def test_control_news_without_a_common_key_double(
    database: Database, order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    values = actions._values

    def each_its_own(stay: actions.Presence) -> dict[str, Any]:
        return values(stay) | {"source_key": str(uuid4())}

    monkeypatch.setattr(actions, "_values", each_its_own)
    at, who = await scene(database)
    await tell(database, at.stay(who), order)
    found = await given.rows(database)
    assert len(found) == 4
    assert [row.left_at for row in found].count(None) == 2, "stays that never end"


async def test_a_stay_without_evidence_ends_where_it_was_last_seen(database: Database) -> None:
    at, who = await scene(database)
    async with database.writing() as db:
        await actions.joined(db, at.stay(who), at=after(0))
        await actions.seen(db, ["PA_1"], at=after(15))
        assert await actions.close_unseen(db, now=after(60)) == 0
        assert await actions.close_unseen(db, now=after(60.5)) == 1
    [row] = await given.rows(database)
    assert (row.left_at, row.closed_by) == (after(15), ClosedBy.LAST_SEEN)


async def test_evidence_opens_what_only_lacked_evidence(database: Database) -> None:
    at, who = await scene(database)
    async with database.writing() as db:
        await actions.joined(db, at.stay(who), at=after(0))
        await actions.close_unseen(db, now=after(46))
        await actions.seen(db, ["PA_1"], at=after(50))
    [row] = await given.rows(database)
    assert (row.seen_at, row.left_at, row.closed_by) == (after(50), None, None)


async def test_evidence_does_not_open_what_was_said_to_end(database: Database) -> None:
    at, who = await scene(database)
    async with database.writing() as db:
        await actions.left(db, at.stay(who), joined_at=after(0), at=after(10))
        await actions.seen(db, ["PA_1"], at=after(50))
    [row] = await given.rows(database)
    assert (row.left_at, row.closed_by) == (after(10), ClosedBy.LEFT)


async def test_control_without_the_guard_evidence_would_open_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_end_unsaid", true)
    at, who = await scene(database)
    async with database.writing() as db:
        await actions.left(db, at.stay(who), joined_at=after(0), at=after(10))
        await actions.seen(db, ["PA_1"], at=after(50))
    [row] = await given.rows(database)
    assert row.left_at is None


async def test_an_end_in_whole_seconds_is_not_before_its_beginning(database: Database) -> None:
    at, who = await scene(database)
    async with database.writing() as db:
        await actions.joined(db, at.stay(who), at=after(0.4))
        await actions.left(db, at.stay(who), joined_at=after(0), at=after(0))
        await actions.joined(db, at.stay(who, "PA_2"), at=after(0.8))
        await actions.room_emptied(db, str(at.room.id), at=after(0))
    assert [row.left_at for row in await given.rows(database)] == [after(0.4), after(0.8)]


async def test_a_room_that_closes_ends_what_the_media_engine_saw_there(database: Database) -> None:
    at, who = await scene(database)
    page = Holder(who, at.session.id, given.new_page())
    async with database.writing() as db:
        await actions.joined(db, at.stay(who), at=after(0))
        await actions.took_seat(db, page, room_id=at.room.id, event_id=at.event.id, at=after(1))
        await actions.room_emptied(db, "somebody else's room", at=after(20))
        await actions.room_emptied(db, str(given.new_page()), at=after(20))
        await actions.room_emptied(db, str(at.room.id), at=after(30))
    media, live = await given.rows(database)
    assert (media.left_at, media.closed_by) == (after(30), ClosedBy.LEFT)
    assert (live.via, live.left_at) == (Via.LIVE, None)


async def test_reports_after_a_silence_begin_another_stay(database: Database) -> None:
    at, who = await scene(database)
    page = Holder(who, at.session.id, given.new_page())
    async with database.writing() as db:
        db.add(given.seat(at, page, after(0)))
        await actions.took_seat(db, page, room_id=at.room.id, event_id=at.event.id, at=after(0))
        await actions.close_unseen(db, now=after(50))
        await actions.held_seats(db, [page], at=after(60))
    first, second = await given.rows(database)
    assert (first.left_at, first.closed_by) == (after(0), ClosedBy.LAST_SEEN)
    assert (second.joined_at, second.left_at) == (after(60), None)


async def test_a_late_end_replaces_a_guessed_one(database: Database) -> None:
    at, who = await scene(database)
    async with database.writing() as db:
        await actions.joined(db, at.stay(who), at=after(0))
        await actions.close_unseen(db, now=after(46))
        await actions.left(db, at.stay(who), joined_at=after(0), at=after(20))
    [row] = await given.rows(database)
    assert (row.left_at, row.closed_by) == (after(20), ClosedBy.LEFT)


async def test_another_page_begins_another_stay(database: Database) -> None:
    at, who = await scene(database)
    one, other = (Holder(who, at.session.id, given.new_page()) for _ in range(2))
    room = {"room_id": at.room.id, "event_id": at.event.id}
    async with database.writing() as db:
        await actions.took_seat(db, one, **room, at=after(0))
        await actions.held_seats(db, [one], at=after(15))
        await actions.took_seat(db, other, **room, at=after(20))
        await actions.gave_seat(db, other, at=after(60))
    first, second = await given.rows(database)
    assert (first.left_at, first.closed_by) == (after(15), ClosedBy.LAST_SEEN)
    assert (second.joined_at, second.left_at) == (after(20), after(60))
    assert second.via is Via.LIVE


async def test_reports_write_only_when_evidence_grows_old(database: Database) -> None:
    at, who = await scene(database)
    page = Holder(who, at.session.id, given.new_page())
    async with database.writing() as db:
        await actions.took_seat(db, page, room_id=at.room.id, event_id=at.event.id, at=after(0))
        await actions.held_seats(db, [page], at=after(10))
    assert [row.seen_at for row in await given.rows(database)] == [after(0)]
    async with database.writing() as db:
        await actions.held_seats(db, [page], at=after(15))
    assert [row.seen_at for row in await given.rows(database)] == [after(15)]
