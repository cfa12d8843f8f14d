"""The board over HTTP: what organizers do from it, and what they are told when it cannot be."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from server.accounts.models import Audit
from server.core import clock
from server.live.models import StreamEvent
from server.mentoring.models import Round, RoundState
from server.mentoring.plans.models import Assignment
from server.rooms.chat import room_stream
from server.rooms.models import PlacedBy, Placement
from server.rounds import help as calls
from server.rounds.actions import session_stream
from server.rounds.board import moves as board_moves
from server.rounds.models import HelpCall
from tests.server.rounds.boarding import browser_of, opened, room_of, sit
from tests.support.queries import cost
from tests.support.training import Held, Sizes, hold
from tests.support.web import Browser, Site

BOARD = "/manage/board/board/1"
MINUTE = timedelta(minutes=1)
SIZES = Sizes(teams=4, members=2, mentors=3, due=2, slots=2)


@pytest.fixture
async def held(site: Site) -> Held:
    async with site.database.writing() as db:
        return await hold(db, SIZES, now=clock.now() - 2 * MINUTE, slug="board")


@pytest.fixture
async def organizer(site: Site, held: Held) -> AsyncIterator[Browser]:
    async with browser_of(site, held.organizer.id) as browser:
        yield browser


async def running(site: Site, held: Held) -> None:
    """The round is open since two minutes, and every team is in its room, without mentors."""
    await opened(site.database, held, clock.now() - 2 * MINUTE)
    people = [p.id for own in held.members.values() for p in own]
    await sit(site.database, held, people, clock.now())


async def round_now(site: Site, held: Held) -> Round:
    async with site.database.reading() as db:
        return (await db.exec(select(Round).where(Round.id == held.rounds[0].id))).one()


async def told(site: Site, stream: str, what: str) -> list[dict[str, object]]:
    async with site.database.reading() as db:
        found = select(StreamEvent).where(StreamEvent.stream == stream, StreamEvent.type == what)
        return [event.payload for event in await db.exec(found.order_by(col(StreamEvent.seq)))]


async def place_of(site: Site, person: UUID) -> tuple[UUID, PlacedBy] | None:
    async with site.database.reading() as db:
        found = select(Placement).where(Placement.participation_id == person)
        row = (await db.exec(found)).one_or_none()
    return (row.room_id, row.cause) if row else None


async def call(site: Site, held: Held, number: int) -> HelpCall:
    async with site.database.writing() as db:
        rooms = await board_moves.rooms_of(db, held.rounds[0])
        team = held.teams[number - 1]
        return await calls.call(
            db,
            session_id=held.session.id,
            round_id=held.rounds[0].id,
            room=rooms[number],
            caller=held.members[team.id][0].id,
            name="見本 花",
            words="資料が映りません",
            now=clock.now(),
        )


async def test_the_round_is_opened_extended_brought_back_and_opened_again(
    site: Site, held: Held, organizer: Browser
) -> None:
    answer = await organizer.submit(BOARD, f"{BOARD}/open")
    assert (answer.status_code, answer.headers["location"]) == (303, BOARD)
    first = await round_now(site, held)
    assert first.state is RoundState.OPEN
    await organizer.submit(BOARD, f"{BOARD}/extend", minutes="5")
    longer = await round_now(site, held)
    assert longer.ends_at == first.ends_at + 5 * MINUTE
    await organizer.submit(BOARD, f"{BOARD}/back")
    assert (await round_now(site, held)).state is RoundState.RETURNING
    await organizer.submit(BOARD, f"{BOARD}/stop")
    assert (await round_now(site, held)).ends_at == longer.ends_at
    async with site.database.writing() as db:
        row = await db.get_one(Round, held.rounds[0].id)
        row.state = RoundState.CLOSED
        db.add(row)
    await organizer.submit(BOARD, f"{BOARD}/reopen", minutes="10")
    assert (await round_now(site, held)).state is RoundState.OPEN
    async with site.database.reading() as db:
        verbs = (await db.exec(select(Audit.verb).order_by(col(Audit.at)))).all()
    wanted = ["round.open", "round.extend", "round.back", "round.stop", "round.reopen"]
    assert [verb for verb in verbs if verb.startswith("round.")] == wanted


async def test_what_cannot_be_is_said_on_the_board(
    site: Site, held: Held, organizer: Browser
) -> None:
    answer = await organizer.submit(BOARD, f"{BOARD}/extend")
    assert answer.status_code == 409
    assert 'class="board-refused" role="alert"' in answer.text


async def test_a_missing_mentor_is_in_the_queue_and_replaced_with_two_clicks(
    site: Site, held: Held, organizer: Browser
) -> None:
    await running(site, held)
    shown = await organizer.get(BOARD)
    first = re.search(r'data-need="missing".*?href="([^"]+&amp;do=replace)', shown.text, re.DOTALL)
    assert first, "no missing mentor is in the queue"
    page = first[1].replace("&amp;", "&")
    chosen = await organizer.get(page)
    fields = dict(re.findall(r'name="(slot|team|instead_of|mentor)" value="([^"]+)"', chosen.text))
    assert fields["mentor"] == str(held.mentors[2].id)
    answer = await organizer.submit(page, f"{BOARD}/replace", **fields)
    assert answer.status_code == 303
    async with site.database.reading() as db:
        found = select(Assignment.mentor_id).where(
            Assignment.slot_id == UUID(fields["slot"]), Assignment.team_id == UUID(fields["team"])
        )
        assert (await db.exec(found)).one() == held.mentors[2].id
    again = await organizer.submit(page, f"{BOARD}/replace", **fields)
    assert again.status_code == 409


async def test_a_visit_knocks_takes_the_call_and_leads_into_the_room(
    site: Site, held: Held, organizer: Browser
) -> None:
    await running(site, held)
    made = await call(site, held, 3)
    answer = await organizer.submit(BOARD, f"{BOARD}/visit", number="3")
    assert answer.headers["location"] == "/e/board/s/1/room"
    room = await room_of(site.database, held, 3)
    assert await place_of(site, held.organizer.id) == (room, PlacedBy.VISIT)
    (knock,) = await told(site, room_stream(room), "room.told")
    assert "organizer さん" in str(knock["text"])
    async with site.database.reading() as db:
        assert (await db.get_one(HelpCall, made.id)).taken_by == held.organizer.id
    shown = await organizer.get(BOARD)
    assert "あなたが向かっています" in shown.text
    await organizer.submit(BOARD, f"{BOARD}/close", call=str(made.id))
    async with site.database.reading() as db:
        assert (await db.get_one(HelpCall, made.id)).closed_at is not None
    handled = (await organizer.get(BOARD)).text.partition("対応ずみ 1件")[2]
    assert "「資料が映りません」" in handled
    over = await organizer.submit(BOARD, f"{BOARD}/take", call=str(made.id))
    assert over.status_code == 409
    await organizer.submit(BOARD, f"{BOARD}/leave")
    assert await place_of(site, held.organizer.id) is None


async def test_a_call_of_another_round_is_none_of_this_board(
    site: Site, held: Held, organizer: Browser
) -> None:
    async with site.database.writing() as db:
        other = await hold(db, Sizes(teams=1, mentors=1), now=clock.now(), slug="other")
    await opened(site.database, other, clock.now())
    made = await call(site, other, 1)
    answer = await organizer.submit(BOARD, f"{BOARD}/close", call=str(made.id))
    assert answer.status_code == 404


async def test_somebody_is_moved_to_another_room_and_back(
    site: Site, held: Held, organizer: Browser
) -> None:
    await running(site, held)
    person = held.members[held.teams[0].id][0].id
    await organizer.submit(BOARD, f"{BOARD}/move", person=str(person), to="2")
    assert await place_of(site, person) == (
        await room_of(site.database, held, 2),
        PlacedBy.MOVE,
    )
    await organizer.submit(BOARD, f"{BOARD}/move", person=str(person), to="main")
    assert await place_of(site, person) is None
    gone = await organizer.submit(BOARD, f"{BOARD}/move", person=str(person), to="99")
    assert gone.status_code == 404


async def test_nobody_of_another_event_is_moved(site: Site, held: Held, organizer: Browser) -> None:
    await running(site, held)
    async with site.database.writing() as db:
        other = await hold(db, Sizes(teams=1, mentors=1), now=clock.now(), slug="other")
    person = other.everyone[0]
    answer = await organizer.submit(BOARD, f"{BOARD}/move", person=str(person), to="2")
    assert answer.status_code == 404
    assert await place_of(site, person) is None


async def test_a_message_goes_to_all_rooms_or_to_some(
    site: Site, held: Held, organizer: Browser
) -> None:
    await running(site, held)
    await organizer.submit(BOARD, f"{BOARD}/tell", text="あと半分です")
    said = {"text": "あと半分です", "name": "organizer さん"}
    assert await told(site, session_stream(held.session.id), "room.told") == [said]
    await organizer.submit(BOARD, f"{BOARD}/tell", text="ここだけ", rooms="2、３")
    for number, count in ((1, 0), (2, 1), (3, 1), (4, 0)):
        room = await room_of(site.database, held, number)
        assert len(await told(site, room_stream(room), "room.told")) == count
    for wrong in ({"rooms": "2, 77"}, {"rooms": "どこか"}, {"text": "  "}):
        answer = await organizer.submit(BOARD, f"{BOARD}/tell", **({"text": "え"} | wrong))
        assert answer.status_code == 409
    assert len(await told(site, session_stream(held.session.id), "room.told")) == 1


async def test_a_room_or_a_person_is_found(site: Site, held: Held, organizer: Browser) -> None:
    await running(site, held)
    shown = await organizer.get(f"{BOARD}?q=t2m1")
    assert re.search(r'board-pointed-head"><b>3</b>', shown.text)
    none = await organizer.get(f"{BOARD}?q=どこにもいない")
    assert "は見つかりませんでした" in none.text


async def test_the_board_without_a_number_is_that_of_the_round_to_come(
    site: Site, held: Held, organizer: Browser
) -> None:
    answer = await organizer.get("/manage/board/board")
    assert (answer.status_code, answer.headers["location"]) == (303, BOARD)
    assert (await organizer.get("/manage/board/board/7")).status_code == 404
    async with site.database.writing() as db:
        none = await hold(db, Sizes(teams=1, rounds=0), now=clock.now(), slug="none")
    async with browser_of(site, none.organizer.id) as browser:
        answer = await browser.get("/manage/none/board")
    assert answer.headers["location"] == "/manage/none/rounds"


async def test_a_page_of_66_rooms_costs_as_many_statements_as_one_of_four(
    site: Site, held: Held, organizer: Browser
) -> None:
    small = await cost(site.database, lambda: organizer.get(BOARD))
    async with site.database.writing() as db:
        many = await hold(
            db, Sizes(teams=66, members=3, mentors=22, slots=3), now=clock.now(), slug="many"
        )
    async with browser_of(site, many.organizer.id) as browser:
        large = await cost(site.database, lambda: browser.get("/manage/many/board/1"))
    assert large == small
