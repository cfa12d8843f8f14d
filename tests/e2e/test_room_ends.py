"""What ends or hinders a stay: removal, leaving, held-back sound, devices that go."""

from uuid import UUID

from playwright.async_api import Browser, ConsoleMessage
from sqlmodel import select

from server.core import clock
from server.core.db import Database
from server.rooms import seat
from server.rooms.models import SeatState
from tests.support.app import App
from tests.support.people import Person, person
from tests.support.waiting import until


async def test_who_is_removed_is_told_and_sends_nothing_more(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        await one.enter(mic=True)
        await other.enter()
        await until(lambda: sees_two(other))
        identity = await one.page.locator("yoriai-tile.tile-you").get_attribute("data-identity")
        await revoke(app, UUID(identity))
        await one.page.locator("[data-part=removed]").wait_for()
        assert await one.page.locator("[data-part=room]").is_hidden()
        await until(lambda: sees_one(other))
        await one.page.reload()
        await one.page.locator("[data-part=prejoin]").wait_for()  # no way back without a door


async def revoke(app: App, participation: UUID) -> None:
    """Take a person's access to the room away."""
    database = Database(app.environment["DATABASE_URL"])
    async with database.writing() as db:
        held = select(SeatState).where(SeatState.participation_id == participation)
        state = (await db.exec(held)).one()
        await seat.revoke(
            db,
            participation_id=state.participation_id,
            session_id=state.session_id,
            now=clock.now(),
        )
    await database.close()


async def sees_two(somebody: Person) -> bool:
    """Whether two people are shown."""
    return len(await somebody.faces()) == 2


async def sees_one(somebody: Person) -> bool:
    """Whether only one's own tile is shown."""
    return len(await somebody.faces()) == 1


async def test_who_left_may_enter_again_muted(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one:
        await one.enter(mic=True)
        await one.page.click("[data-part=invite]")
        toast = one.page.locator("[data-part=toast]")
        await toast.wait_for()
        await one.page.click(".room-leave")
        await one.page.locator("[data-part=left]").wait_for()
        assert await toast.is_hidden()  # it spoke of the room
        await one.page.reload()
        await one.page.locator("[data-part=prejoin]").wait_for()  # a refresh does not bring back
        await one.page.click("[data-part=prejoin] [data-part=enter]")
        await one.inside()
        assert not await one.mic()


async def test_sound_that_the_browser_holds_back_is_let_out_by_a_button(
    app: App, browser: Browser
) -> None:
    async with (
        person(app, browser, "mentor") as one,
        person(app, browser, "observer") as other,
    ):
        await one.enter(mic=True)
        await other.enter_listening()
        # Looking into a page counts as a click of its person: only listen until sound was held.
        async with other.page.expect_console_message(sound_was_held):
            await other.page.reload()
        button = other.page.locator("[data-part=start-sound]")
        await button.click()
        await button.wait_for(state="hidden")
        playing = "!document.querySelector('[data-part=sounds] audio').paused"
        await other.page.wait_for_function(playing)


def sound_was_held(message: ConsoleMessage) -> bool:
    """Whether the browser has refused to play, as the library notes."""
    return "could not playback audio" in message.text


UNPLUG = """
() => {
  const [sender] = window.connections.filter((c) => c.connectionState === "connected")
    .flatMap((c) => c.getSenders()).filter((s) => s.track?.kind === "audio");
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotFoundError"));
  sender.track.stop();
  sender.track.dispatchEvent(new Event("ended"));
}
"""


async def test_a_microphone_that_is_unplugged_is_said(app: App, browser: Browser) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        await one.enter(mic=True)
        await other.enter()
        await until(lambda: sees_two(one))
        await one.page.evaluate(UNPLUG)
        await until(lambda: is_muted(one))
        await other.page.locator("yoriai-tile:not(.tile-you) [data-part=muted]").wait_for()
        await one.page.click("[data-part=mic-button]")
        trouble = one.page.locator("[data-part=trouble-banner]")
        await trouble.filter(has_text="マイクが見つかりません").wait_for()


async def is_muted(somebody: Person) -> bool:
    """Whether the microphone is shown as closed."""
    return not await somebody.mic()


STILL_IS_BLANK = """
() => [...document.querySelectorAll("yoriai-tile:not(.tile-you) canvas")].map((still) => {
  const pixels = still.getContext("2d").getImageData(0, 0, still.width, still.height).data;
  return pixels.every((value) => value === 0);
})
"""


async def test_the_last_pictures_stay_while_the_media_engine_is_away(
    app: App, browser: Browser
) -> None:
    async with person(app, browser, "mentor") as one, person(app, browser, "organizer") as other:
        await one.enter()
        await other.enter()
        await until(lambda: one.sees(1, frames=10))
        app.kill("media")
        await one.page.locator(".frozen yoriai-tile:not(.tile-you) canvas").wait_for()
        assert await one.page.evaluate(STILL_IS_BLANK) == [False]
        banner = one.page.locator("[data-part=media-lost]")
        assert "席はそのままです" in (await banner.text_content() or "")
        await until(lambda: one.sees(1, frames=10, since=0))
        await banner.wait_for(state="hidden")
        assert await one.page.locator("canvas").count() == 0
