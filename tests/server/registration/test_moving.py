"""Somebody is moved to another session: never one seat too many, and what was given back is given
on.
"""

from server.events.models import Session
from server.registration import queries
from server.registration.models import Registration, RegistrationState
from tests.server.registration import desk, given
from tests.server.registration.desk import Organizer
from tests.support.web import Site

SEATED, WAITING = RegistrationState.SEATED, RegistrationState.WAITING
CANCELLED = RegistrationState.CANCELLED


async def _two_sessions(site: Site, organizer: Organizer, capacity: int = 1) -> list[Session]:
    async with site.database.writing() as db:
        return [
            await given.session(db, organizer.event, number=number, capacity=capacity)
            for number in (1, 2)
        ]


async def _seated(site: Site, organizer: Organizer, name: str, at: Session) -> Registration:
    async with site.database.writing() as db:
        who = await given.account(db, name)
        await given.registered(db, organizer.event, who)
        return await given.registered(db, organizer.event, who, session=at)


async def _states(site: Site, of: Registration) -> dict[object, tuple[str, int | None]]:
    async with site.database.reading() as db:
        rows = await queries.all_of_participation(db, of.participation_id)
    return {row.session_id: (row.state, row.place) for row in rows if row.session_id}


async def test_a_move_takes_the_free_seat_and_gives_the_old_one_on(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        first, second = await _two_sessions(site, organizer)
        moved = await _seated(site, organizer, "うつる人", first)
        waiting = await _seated(site, organizer, "まつ人", first)
        assert await organizer.act("move", moved.id, session=2, reason="希望が変わった") == 303
        assert "うつる人さんの席を移しました" in await organizer.followed()
    assert await _states(site, moved) == {first.id: (CANCELLED, None), second.id: (SEATED, None)}
    assert await _states(site, waiting) == {first.id: (SEATED, 1)}


async def test_a_full_session_takes_nobody_and_nothing_is_lost(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        first, second = await _two_sessions(site, organizer)
        await _seated(site, organizer, "すわる人", second)
        moved = await _seated(site, organizer, "うつる人", first)
        await organizer.act("move", moved.id, session=2, reason="希望")
        assert "席を移しました" not in await organizer.followed()
    assert await _states(site, moved) == {first.id: (SEATED, None)}


async def test_a_move_sent_twice_is_done_once(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        first, second = await _two_sessions(site, organizer)
        moved = await _seated(site, organizer, "うつる人", first)
        for _ in range(2):
            await organizer.act("move", moved.id, session=2, reason="希望", key="0a-1")
        assert "うつる人さんの席を移しました" in await organizer.followed()
    assert await _states(site, moved) == {first.id: (CANCELLED, None), second.id: (SEATED, None)}


async def test_a_move_needs_a_reason(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        first, _second = await _two_sessions(site, organizer)
        moved = await _seated(site, organizer, "うつる人", first)
        assert await organizer.act("move", moved.id, session=2) == 422
    assert await _states(site, moved) == {first.id: (SEATED, None)}


async def test_the_place_at_the_event_is_no_seat_to_move(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        await _two_sessions(site, organizer)
        async with site.database.writing() as db:
            at_event = await given.registered(db, organizer.event, await given.account(db, "人"))
        assert await organizer.act("move", at_event.id, session=2, reason="希望") == 404
