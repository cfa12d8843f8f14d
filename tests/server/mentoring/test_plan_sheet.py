"""CSV of a plan: out for Excel in Japan and back; what is not understood is named by its line."""

import csv
import io

import pytest

from server.core.db import Database
from server.mentoring.models import RoundState
from server.mentoring.plans import sheets
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.planning import Planning
from server.mentoring.plans.sheet_reading import MOST_BYTES, MOST_LINES, decoded, read
from server.web.sheet import csv_text
from tests.server.mentoring.planned import (
    SIZES,
    at_desk,
    changed,
    draft,
    planning,
    visit,
    visits_now,
)
from tests.server.mentoring.test_plan_acts import do_lock
from tests.support.training import Held
from tests.support.web import Browser, Site

HEAD = ",".join(sheets.HEADER)


def line(
    round_: object = 1,
    slot: object = 1,
    room: object = 1,
    team: str = "",
    mentor: str = "",
    address: str = "mentor0@planned.example",
) -> str:
    return f"{round_},{slot},13:05,{room},{team},{mentor},{address}"


@pytest.fixture
async def empty(database: Database, held: Held) -> Planning:
    return await planning(database, held, await draft(database, held, []))


def wrong(text: str, plan: Planning) -> list[tuple[int, str]]:
    """What is wrong in a table under the usual head, by line."""
    found = read(f"{HEAD}\r\n{text}\r\n", plan)
    assert found.visits == []
    return [(problem.line, problem.what) for problem in found.problems]


async def test_what_goes_out_comes_back(database: Database, held: Held) -> None:
    plan = await planning(database, held, await draft(database, held))
    rows = sheets.rows(plan)
    assert len(rows) == SIZES.teams * SIZES.rounds
    assert [row[:2] for row in rows] == [[r, s] for r in (1, 2) for s in (1, 1, 1, 2, 2, 2)]
    found = read(csv_text(sheets.HEADER, rows), plan)
    assert set(found.visits) == set(plan.visits)
    assert found.problems == []


async def test_a_line_names_everything(database: Database, held: Held) -> None:
    plan = await planning(database, held, await draft(database, held, [visit(held, 0, 1, 2)]))
    assert sheets.rows(plan)[0] == [
        1,
        2,
        "13:20",
        3,
        "見本3町",
        "mentor0 さん",
        "mentor0@planned.example",
    ]


async def test_a_team_without_a_visit_has_a_line_too(empty: Planning) -> None:
    rows = sheets.rows(empty)
    assert rows[0] == [1, "", "", 1, "見本1町", "", ""]
    found = read(csv_text(sheets.HEADER, rows), empty)
    assert (found.visits, found.problems) == ([], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
async def test_all_that_excel_writes_is_read(held: Held, empty: Planning, encoding: str) -> None:
    text = decoded(f"{HEAD}\r\n{line(team='見本1町')}\r\n".encode(encoding))
    assert text is not None
    assert read(text, empty).visits == [visit(held, 0, 0, 0)]


def test_what_is_no_text_is_not_guessed() -> None:
    assert decoded(b"\xff\xff\x81") is None


@pytest.mark.parametrize(
    "text",
    [
        line("第1ラウンド", "１", "１"),
        line(room="", team="見本1町"),
        line(mentor="mentor0さん", address=""),
        line(mentor="ＭＥＮＴＯＲ0　さん", address="Mentor0@planned.example"),
    ],
)
async def test_a_line_is_understood_however_it_is_written(
    held: Held, empty: Planning, text: str
) -> None:
    found = read(f"{HEAD}\n{text}\n\n", empty)
    assert (found.problems, found.visits) == ([], [visit(held, 0, 0, 0)])


async def test_columns_come_in_any_order_and_tabs_are_read(held: Held, empty: Planning) -> None:
    text = "メンターのアドレス\tルーム\t枠\tラウンド\nmentor0@planned.example\t1\t1\t1\n"
    assert read(text, empty).visits == [visit(held, 0, 0, 0)]


async def test_a_name_that_would_run_as_a_formula_comes_back(
    database: Database, held: Held
) -> None:
    await changed(database, held.teams[0], name="=見本町")
    plan = await planning(database, held, await draft(database, held))
    body = csv_text(sheets.HEADER, sheets.rows(plan))
    assert "'=見本町" in body
    assert set(read(body, plan).visits) == set(plan.visits)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (line(9), "round"),
        (line("x"), "round"),
        (line(slot=3), "slot"),
        (line(room=99), "room"),
        (line(room="", team=""), "no_team"),
        (line(room="", team="見本9町"), "team"),
        (line(team="見本2町"), "other_team"),
        (line(address="nobody@planned.example"), "address"),
        (line(mentor="だれか", address=""), "mentor"),
        (line(mentor="mentor1 さん"), "other_mentor"),
    ],
)
async def test_what_is_not_understood_is_named_with_its_line(
    empty: Planning, text: str, what: str
) -> None:
    assert wrong(f"{line(room=2, address='mentor1@planned.example')}\n{text}", empty) == [(3, what)]


async def test_all_that_is_wrong_is_named_at_once(empty: Planning) -> None:
    assert wrong(f"{line(9)}\n{line()}\n{line(room=99)}", empty) == [(2, "round"), (4, "room")]


async def test_a_mentor_and_a_team_are_in_one_place(empty: Planning) -> None:
    same = wrong(f"{line()}\n{line(room=2)}", empty)
    assert same == [(3, "same_mentor")]
    team = wrong(f"{line()}\n{line(address='mentor1@planned.example')}", empty)
    assert team == [(3, "same_team")]


async def test_two_of_the_same_name_need_the_address_and_the_room(
    database: Database, held: Held
) -> None:
    await changed(database, held.teams[1], name=held.teams[0].name)
    plan = await planning(database, held, await draft(database, held, []))
    assert wrong(line(room="", team="見本1町"), plan) == [(2, "which_team")]


async def test_other_rounds_and_what_is_locked_stay(database: Database, held: Held) -> None:
    other, locked = visit(held, 1, 2, 3), visit(held, 2, 1, 5)
    await draft(database, held, [other, locked, visit(held, 1, 0, 4)])
    await do_lock(database, held, locked)
    plan = await planning(database, held, 2)
    found = read(f"{HEAD}\n{line()}\n", plan)
    assert set(found.visits) == {visit(held, 0, 0, 0), other, locked}
    assert wrong(line(slot=1, room=6), plan) == [(2, "locked")]
    assert wrong(line(slot=2, room=1, address="mentor2@planned.example"), plan) == [(2, "locked")]


async def test_lines_of_a_round_that_has_begun_are_passed_over(
    database: Database, held: Held
) -> None:
    published = await visits_now(database, held, PlanState.PUBLISHED)
    await draft(database, held)
    await changed(database, held.rounds[0], state=RoundState.CLOSED)
    plan = await planning(database, held, 2)
    found = read(f"{HEAD}\n{line(room=99)}\n{line(round_=2)}\n", plan)
    first = {slot.id for slot in held.slots[held.rounds[0].id]}
    assert found.passed == 1
    assert set(found.visits) == {v for v in published if v.slot_id in first} | {
        visit(held, 0, 2, 0)
    }


async def test_a_table_without_lines_or_columns_is_refused(empty: Planning) -> None:
    assert [problem.what for problem in read("", empty).problems] == ["empty"]
    assert [problem.what for problem in read("a,b\n1,2\n", empty).problems] == ["columns"]


async def test_more_lines_than_a_plan_can_have_are_not_read(empty: Planning) -> None:
    text = HEAD + "\n" + (line() + "\n") * MOST_LINES
    assert [problem.what for problem in read(text, empty).problems] == ["long"]


async def upload(desk_browser: Browser, content: bytes, path: str) -> tuple[int, str]:
    page = await desk_browser.get(path)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = await desk_browser.client.post(
        path, data={"csrf_token": token}, files={"file": ("plan.csv", content, "text/csv")}
    )
    return answer.status_code, answer.text


async def test_a_file_is_compared_first_and_taken_by_a_second_step(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held)
        path = f"/manage/planned/plans/{number}/sheet"
        plan = await planning(site.database, desk.held, number)
        rows = sheets.rows(plan)
        for column in (3, 4):  # two teams change their mentors
            rows[0][column], rows[1][column] = rows[1][column], rows[0][column]
        body = csv_text(sheets.HEADER, rows)
        status, text = await upload(desk.browser, body.encode("cp932"), path)
        assert status == 200
        assert "<b>2</b>" in text
        assert await visits_now(site.database, desk.held) == set(plan.visits)
        v = plan.plan.v
        assert await desk.send(f"plans/{number}/sheet/take", v=v - 1, text=body) == 409
        assert await visits_now(site.database, desk.held) == set(plan.visits)
        assert await desk.send(f"plans/{number}/sheet/take", v=v, text=body) == 303
        now = await visits_now(site.database, desk.held)
        assert len(now - set(plan.visits)) == 2


async def test_nothing_is_taken_from_a_file_with_a_problem(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held)
        before = await visits_now(site.database, desk.held)
        path = f"/manage/planned/plans/{number}/sheet"
        body = f"{HEAD}\n{line()}\n{line(room=99)}\n"
        status, text = await upload(desk.browser, body.encode(), path)
        assert status == 422
        assert "3行目" in text
        v = (await planning(site.database, desk.held, number)).plan.v
        assert await desk.send(f"plans/{number}/sheet/take", v=v, text=body) == 409
        assert await visits_now(site.database, desk.held) == before


async def test_a_file_that_is_too_large_or_no_text_is_refused(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held)
        path = f"/manage/planned/plans/{number}/sheet"
        for content in (b"\xff\xff\x81", b"a" * (MOST_BYTES + 1)):
            status, _ = await upload(desk.browser, content, path)
            assert status == 422
        status, _ = await upload(desk.browser, b"a" * 300_000, path)
        assert status == 413


async def test_the_file_has_a_mark_and_japanese_heads(site: Site) -> None:
    async with at_desk(site) as desk:
        answer = await desk.look("plans/1.csv")
        assert answer.content.startswith(b"\xef\xbb\xbf")
        table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert tuple(table[0]) == sheets.HEADER
        assert len(table) == 1 + SIZES.teams * SIZES.rounds
