"""The board's own live feed: for organizers only, told at once, fed by the pages of the rooms."""

import json
from uuid import UUID, uuid4

import pytest

from server.core import broker, clock
from server.rounds import help as calls
from server.rounds.board import moves as board_moves
from server.rounds.board import reports as board_reports
from server.rounds.board.desk_log import staff_stream
from tests.server.rounds.boarding import account_of, opened, room_of
from tests.support.live_client import closed_with, connect, first_of, hello
from tests.support.served import Served
from tests.support.training import Held, Sizes, hold

BOARD, ROOM = "/manage/board/board/1", "/e/board/s/1/room"
NOT_YOURS, PROTOCOL_ERROR = 4403, 1002


@pytest.fixture
async def held(served: Served) -> Held:
    async with served.database.writing() as db:
        made = await hold(db, Sizes(teams=2, mentors=1, slots=2), now=clock.now(), slug="board")
    await opened(served.database, made, clock.now())
    return made


async def login(served: Served, person: UUID) -> str:
    return await served.login(await account_of(served.database, person))


async def call(served: Served, held: Held) -> None:
    async with served.database.writing() as db:
        rooms = await board_moves.rooms_of(db, held.rounds[0])
        await calls.call(
            db,
            session_id=held.session.id,
            round_id=held.rounds[0].id,
            room=rooms[2],
            caller=held.members[held.teams[1].id][0].id,
            name="見本 花",
            words="資料が映りません",
            now=clock.now(),
        )
    served.live.look()


async def test_an_organizer_hears_of_calls_and_how_the_round_stands(
    served: Served, held: Held
) -> None:
    async with connect(served.url, await login(served, held.organizer.id)) as line:
        await line.send(hello(BOARD, page=uuid4()))
        assert (await first_of(line, "page.welcome"))["you"] == str(held.organizer.id)
        assert (await first_of(line, "session.snapshot"))["round"]["state"] == "open"
        staff = await first_of(line, "stream.snapshot")
        assert staff["stream"] == staff_stream(held.session.id)
        digest = await first_of(line, "board.digest")
        await call(served, held)
        heard = await first_of(line, "help.called")
        assert heard["stream"] == staff_stream(held.session.id)
        assert heard["data"]["words"] == "資料が映りません"
        after = await first_of(line, "board.digest")
        assert after["key"] != digest["key"]
        assert (digest["needs"], after["needs"], after["known"]) == (0, 1, True)


@pytest.mark.parametrize("who", ["member", "mentor", "stranger"])
async def test_nobody_else_hears_the_board(served: Served, held: Held, who: str) -> None:
    if who == "stranger":
        token = await served.login(await served.account(who))
    else:
        people = {
            "member": held.members[held.teams[0].id][0].id,
            "mentor": held.mentors[0].participation_id,
        }
        token = await login(served, people[who])
    async with connect(served.url, token) as line:
        await line.send(hello(BOARD, page=uuid4()))
        assert await closed_with(line) == NOT_YOURS


async def test_a_room_page_cannot_read_what_organizers_are_told(served: Served, held: Held) -> None:
    token = await login(served, held.organizer.id)
    asked = {"type": "events.since", "id": str(uuid4()), "seq": 0}
    for path, expected in ((BOARD, None), (ROOM, PROTOCOL_ERROR)):
        async with connect(served.url, token) as line:
            await line.send(hello(path, page=uuid4()))
            await first_of(line, "page.welcome")
            await line.send(json.dumps(asked | {"stream": staff_stream(held.session.id)}))
            if expected is None:
                assert (await first_of(line, "reply"))["ok"]
            else:
                assert await closed_with(line) == expected


async def test_a_board_takes_no_seat_and_says_nothing(served: Served, held: Held) -> None:
    token = await login(served, held.organizer.id)
    for message in (
        {"type": "seat.take", "id": str(uuid4()), "here": True},
        {"type": "chat.post", "id": str(uuid4()), "body": "ここから"},
    ):
        async with connect(served.url, token) as line:
            await line.send(hello(BOARD, page=uuid4()))
            await first_of(line, "page.welcome")
            await line.send(json.dumps(message))
            assert await closed_with(line) == PROTOCOL_ERROR


async def test_what_a_page_reports_reaches_the_board(served: Served, held: Held) -> None:
    person = held.members[held.teams[0].id][0].id
    room = await room_of(served.database, held, 1)
    redis = broker.connect(served.settings.redis_url)
    report = {"mic": True, "camera": False, "talk_ms": 1200, "quality": "poor", "transport": "udp"}
    try:
        async with connect(served.url, await login(served, person)) as line:
            await line.send(hello(ROOM, page=uuid4()))
            await first_of(line, "page.welcome")
            await line.send(json.dumps({"type": "seat.take", "id": str(uuid4())}))
            assert (await first_of(line, "reply"))["ok"]
            await line.send(json.dumps({"type": "seat.report", **report}))
            found = board_reports.Reports()
            while not found.lines:
                await first_of(line, "beat")
                found = await board_reports.read(redis, held.session.id, [room], clock.now())
    finally:
        await redis.aclose()
    assert sum(found.talk[room]) == 1200
    assert (found.lines[person].room_id, found.lines[person].quality) == (room, "poor")
    assert found.heard.keys() == found.reported.keys() == {room}
