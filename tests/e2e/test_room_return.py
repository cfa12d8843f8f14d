"""Refresh, second tab, another device, a lost line: one seat, and never more open than before."""

from functools import partial

from playwright.async_api import Browser, WebSocketRoute
from sqlalchemy import update

from server.core import clock
from server.core.db import Database
from server.rooms.lease import RETURN_WITHIN
from server.rooms.models import SeatState
from tests.support.app import App
from tests.support.people import Person, person
from tests.support.waiting import until


async def test_refresh_returns_to_room_and_mute_state(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        await one.enter(mic=True)
        await other.enter()
        await one.page.click("[data-part=camera-button]")
        await one.page.reload()
        await one.inside()
        assert await one.page.locator("[data-part=prejoin]").is_hidden()
        assert await one.mic()
        assert await pressed(one, "camera-button") == "false"
        await one.page.click("[data-part=mic-button]")
        await one.page.reload()
        await one.inside()
        assert not await one.mic()
        await until(lambda: has_faces(other, 2))


async def pressed(somebody: Person, button: str) -> str | None:
    """The state of a control."""
    return await somebody.page.locator(f"[data-part={button}]").get_attribute("aria-pressed")


async def has_faces(somebody: Person, count: int) -> bool:
    """Whether so many people are shown, no ghost among them."""
    return len(await somebody.faces()) == count


async def test_second_tab_is_asked_before_it_gets_a_token(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as first, person(app, browser, "organizer") as other:
        await first.enter(mic=True)
        await other.enter()
        faces = await settled_faces(other)
        second = await first.second_page()
        asked: list[str] = []
        second.page.on("request", lambda request: asked.append(request.url))
        await second.go()
        await second.page.click("[data-part=prejoin] [data-part=enter]")
        question = second.page.locator("dialog[open]")
        await question.wait_for()
        assert not [url for url in asked if url.endswith("/token")]
        assert second.media_sockets == []
        await question.locator("[value=yes]").click()
        await second.inside()
        await first.page.locator("[data-part=elsewhere]").wait_for()
        assert not await second.mic()  # asked for nothing: it comes in muted
        await until(lambda: same_faces(other, faces))
        assert await first.page.locator("[data-part=room]").is_hidden()


async def settled_faces(somebody: Person) -> set[str]:
    """The faces, once two are shown."""
    await until(lambda: has_faces(somebody, 2))
    return await somebody.faces()


async def same_faces(somebody: Person, faces: set[str]) -> bool:
    """Whether exactly these faces are shown."""
    return await somebody.faces() == faces


async def test_second_tab_that_says_no_changes_nothing(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as first:
        await first.enter(mic=True)
        second = await first.second_page()
        await second.go()
        await second.page.click("[data-part=prejoin] [data-part=enter]")
        await second.page.locator("dialog[open] [value=no]").click()
        await second.page.locator("[data-part=prejoin]").wait_for()
        assert await first.page.locator("[data-part=room]").is_visible()
        assert await first.mic()


async def test_another_device_comes_in_muted_and_takes_the_seat(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as desk:
        await desk.enter(mic=True)
        async with person(app, browser, "mentor", width=390, height=844) as phone:
            await phone.go()
            await phone.page.click("[data-part=prejoin] [data-part=enter]")
            await phone.page.locator("dialog[open] [value=yes]").click()
            await phone.inside()
            assert not await phone.mic()
            await desk.page.locator("[data-part=elsewhere]").wait_for()
            await desk.page.click("[data-part=elsewhere] [data-enter-again]")
            await desk.page.locator("dialog[open] [value=yes]").click()
            await desk.inside()
            await phone.page.locator("[data-part=elsewhere]").wait_for()
            assert not await desk.mic()


class Cut:
    """The live channel of a page, which a test can cut and mend, or rob of single messages."""

    def __init__(self) -> None:
        self.open = True
        self.losing = ""  # messages from the server with this text are lost
        self._lines: list[WebSocketRoute] = []

    async def route(self, line: WebSocketRoute) -> None:
        """Stand between page and server."""
        if not self.open:
            await line.close(code=1011)
            return
        self._lines.append(line)
        server = line.connect_to_server()
        server.on_message(lambda text: self._pass(line, str(text)))

    def _pass(self, line: WebSocketRoute, text: str) -> None:
        if not (self.losing and self.losing in text):
            line.send(text)

    async def now(self) -> None:
        """Cut the line, and let none come up."""
        self.open = False
        for line in self._lines:
            await line.close(code=1011)


async def test_a_lost_line_keeps_what_was_written(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        cut = Cut()
        await one.page.route_web_socket("**/live", cut.route)
        await one.enter()
        await other.enter()
        await cut.now()
        banner = one.page.locator("[data-part=line-lost]")
        await banner.wait_for()
        assert "席はそのままです" in (await banner.text_content() or "")
        await one.writes("線が切れても届きます")
        await other.writes("待っています")
        await one.page.locator(".chat-pending").wait_for()
        cut.open = True
        await one.page.click("[data-part=try-now]")
        await banner.wait_for(state="hidden")
        for somebody in (one, other):
            await until(partial(lines_of, somebody, {"線が切れても届きます", "待っています"}))


async def lines_of(somebody: Person, expected: set[str]) -> bool:
    """Whether these lines stand in the chat, each once, and none waits."""
    lines = await somebody.lines()
    waiting = await somebody.page.locator(".chat-pending").count()
    return sorted(lines) == sorted(expected) and waiting == 0


async def test_unsent_lines_and_the_draft_survive_a_refresh(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one:
        cut = Cut()
        await one.page.route_web_socket("**/live", cut.route)
        await one.enter()
        await cut.now()
        await one.writes("まだ送れていません")
        await one.page.fill("#chat-box", "書きかけ")
        await one.page.reload()
        cut.open = True
        await one.inside()
        await until(lambda: lines_of(one, {"まだ送れていません"}))
        assert await one.page.input_value("#chat-box") == "書きかけ"


async def test_a_lost_event_is_fetched_and_none_is_doubled(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        cut = Cut()
        await one.page.route_web_socket("**/live", cut.route)
        await one.enter()
        await other.enter()
        cut.losing = "これは失われます"
        await other.writes("これは失われます")
        await until(lambda: lines_of(other, {"これは失われます"}))
        cut.losing = ""
        await other.writes("これで気づきます")
        await until(lambda: has_in_order(one, ["これは失われます", "これで気づきます"]))


async def has_in_order(somebody: Person, expected: list[str]) -> bool:
    """Whether exactly these lines stand in the chat, in this order."""
    return await somebody.lines() == expected


async def test_enter_that_ends_a_composition_sends_nothing(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one:
        await one.enter()
        await one.page.fill("#chat-box", "にほんご")
        await one.page.evaluate(
            """() => document.querySelector("#chat-box").dispatchEvent(
                new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))"""
        )
        await one.page.press("#chat-box", "Shift+Enter")
        assert await one.page.input_value("#chat-box") == "にほんご\n"
        assert await one.lines() == []
        await one.page.press("#chat-box", "Enter")
        await until(lambda: has_in_order(one, ["にほんご"]))


async def test_after_a_long_absence_of_the_line_nothing_is_open(app: App, browser: Browser) -> None:
    async with person(app, browser, "participant") as one:
        await one.enter(mic=True)
        await until(one.mic)
        database = Database(app.environment["DATABASE_URL"])
        app.kill("web")  # the line is lost, and as far as the database knows for two minutes
        async with database.writing() as db:
            long_ago = clock.now() - RETURN_WITHIN
            await db.exec(update(SeatState).values(last_seen=long_ago))
        await database.close()

        async def quiet() -> bool:
            return not await one.mic()

        await until(quiet)
        assert one.page.url == app.room
        assert await one.page.locator("yoriai-tile.tile-you").count() == 1
