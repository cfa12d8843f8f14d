"""The organizer's board in a real browser, by keyboard alone: open, see who is missing, replace."""

from functools import partial
from uuid import UUID

from playwright.async_api import Browser, Locator, Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from server.core import clock
from server.mentoring.models import Round
from server.mentoring.plans.models import Assignment
from server.rounds import help as calls
from server.rounds.board import moves as board_moves
from server.rounds.models import HelpCall
from tests.support.app import App
from tests.support.round_people import Training, training
from tests.support.training import Sizes
from tests.support.waiting import until

SIZES = Sizes(teams=2, members=1, mentors=3, due=2, rounds=2, slots=1, slot=600)
FIRST = "#board-calls > li >> nth=0"


async def reach(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Go to something by keyboard alone."""
    for _ in range(60):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press(key)
    raise AssertionError("cannot be reached by keyboard")


async def mentors_of(held: Training, number: int) -> list[UUID]:
    """Who visits in a round, by the plan that holds."""
    (slot,) = held.held.slots[held.held.rounds[number].id]
    async with held.database.reading() as db:
        found = select(Assignment.mentor_id).where(Assignment.slot_id == slot.id)
        return sorted((await db.exec(found)).all())


async def shows(page: Page, selector: str, words: str) -> bool:
    return words in (await page.locator(selector).first.text_content() or "")


async def test_a_missing_mentor_is_seen_and_replaced_by_keyboard(
    app: App, browser: Browser
) -> None:
    async with training(app, SIZES) as held, held.somebody(browser, held.held.organizer) as who:
        async with held.database.writing() as db:
            limits = update(Round).where(col(Round.event_id) == held.held.event.id)
            await db.exec(limits.values(missing_after=2))
        page = who.page
        await page.goto(f"{app.url}/manage/{held.held.event.slug}/board/1")
        await reach(page, page.locator(".board-act summary"))
        await page.keyboard.press("Enter")
        await reach(page, page.locator(".board-act button[type=submit]"))
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await until(partial(shows, page, FIRST, "メンターがいません"))  # without a reload
        assert await page.locator("#board-calls > li").count() == 2
        first, later = await mentors_of(held, 0), await mentors_of(held, 1)
        await reach(page, page.locator(f"{FIRST} >> a.board-do"))
        async with page.expect_navigation():
            await page.keyboard.press("Enter")  # choose
        await reach(page, page.locator(".board-replace form[action$='/replace'] button >> nth=0"))
        async with page.expect_navigation():
            await page.keyboard.press("Enter")  # confirm
        assert await page.locator("#pointed").is_visible()
        after = await mentors_of(held, 0)
        assert after != first
        assert held.held.mentors[2].id in after
        assert await mentors_of(held, 1) == later
        await until(partial(shows, page, FIRST, "メンターがいません"))
        await reach(page, page.locator(f"{FIRST} >> .board-propose button"))  # nobody is free
        async with page.expect_navigation():
            await page.keyboard.press("Enter")  # one press does what the board proposes
        assert await mentors_of(held, 0) != after
        assert await mentors_of(held, 1) == later


async def test_a_call_is_told_aloud_and_enters_the_queue_of_an_open_board(
    app: App, browser: Browser
) -> None:
    async with training(app, SIZES) as held, held.somebody(browser, held.held.organizer) as who:
        round_ = await held.open()
        page = who.page
        await page.goto(f"{app.url}/manage/{held.held.event.slug}/board/1")
        await page.locator(".board[data-live]").wait_for()
        async with held.database.writing() as db:
            rooms = await board_moves.rooms_of(db, round_)
            await calls.call(
                db,
                session_id=held.held.session.id,
                round_id=round_.id,
                room=rooms[2],
                caller=held.held.members[held.held.teams[1].id][0].id,
                name="見本 花",
                words="資料が映りません",
                now=clock.now(),
            )
        await until(partial(shows, page, FIRST, "助けを呼んでいます"))
        await until(partial(shows, page, "[data-part=said]", "ルーム2が助けを呼んでいます"))
        assert await page.locator("#room-2").get_attribute("data-need") == "help"
        async with page.context.expect_page() as opened:
            await page.click(f"{FIRST} >> button.board-do")
        room = await opened.value
        await room.wait_for_url("**/room")
        await until(partial(shows, page, FIRST, "あなたが向かっています"))
        async with held.database.reading() as db:
            (made,) = (await db.exec(select(HelpCall))).all()
        assert made.taken_by == held.held.organizer.id


async def test_a_room_calls_and_hears_what_the_organizer_does(app: App, browser: Browser) -> None:
    async with (
        training(app, SIZES) as held,
        held.somebody(browser, held.held.organizer) as organizer,
        held.member(browser, 0) as member,
    ):
        await held.open()
        await member.go(held.room)
        await member.page.click("[data-part=prejoin] [data-part=enter]")
        await member.inside()
        board, room = organizer.page, member.page
        await board.goto(f"{app.url}/manage/{held.held.event.slug}/board/1")
        await board.locator(".board[data-live]").wait_for()
        await room.click("[data-part=help-button]")
        await room.fill("[data-part=help-words]", "音が聞こえません")
        await room.click("[data-part=help-dialog] [value=yes]")
        await until(partial(shows, room, "[data-part=help-button]", "呼んでいます"))
        await until(partial(shows, board, FIRST, "助けを呼んでいます"))
        async with board.context.expect_page():
            await board.click(f"{FIRST} >> button.board-do")
        await until(partial(shows, room, "[data-part=help-button]", "向かっています"))
        await room.click("[data-part=help-button]")
        await room.click("[data-part=help-over-dialog] [value=yes]")
        await until(partial(shows, room, "[data-part=help-button]", "主催者を呼ぶ"))
        await act(board, "tell", text="あと一時間で昼休みです")
        await until(partial(shows, room, "[data-part=told-text]", "昼休み"))
        ends = await room.locator("[data-part=ring-back]").text_content()
        await act(board, "extend")
        await until(partial(differs, room, "[data-part=ring-back]", str(ends)))
        await act(board, "back")
        await room.locator("[data-part=returning-banner]").wait_for()
        await board.click(".board-stop")
        await room.locator("[data-part=returning-banner]").wait_for(state="hidden")
        assert await room.locator("[data-part=ring]").is_visible()
        assert (organizer.errors, member.errors) == ([], [])


async def act(board: Page, verb: str, **fields: str) -> None:
    """Use a tool of the deck, which asks once."""
    tool = board.locator(f".board-act:has(form[action$='/{verb}'])")
    await tool.locator("summary").click()
    for name, words in fields.items():
        await tool.locator(f"[name={name}]").fill(words)
    async with board.expect_navigation():
        await tool.locator("button[type=submit]").click()


async def differs(page: Page, selector: str, words: str) -> bool:
    return await page.locator(selector).text_content() != words


async def test_the_arrows_go_from_room_to_room(app: App, browser: Browser) -> None:
    async with training(app, SIZES) as held, held.somebody(browser, held.held.organizer) as who:
        await held.open()
        page = who.page
        await page.goto(f"{app.url}/manage/{held.held.event.slug}/board/1")
        doors = page.locator("[data-part=room]")
        await reach(page, doors.nth(0))
        await page.keyboard.press("ArrowRight")
        await expect(doors.nth(1)).to_be_focused()
        async with page.expect_navigation():
            await page.keyboard.press("Enter")
        await until(partial(shows, page, ".board-pointed-head", "見本2町"))
