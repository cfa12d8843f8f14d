"""One seat per person, over the lines that pages make, lose and make again."""

from server.events.models import Role
from tests.support.live_client import Page, report
from tests.support.served import ROOM, Served


async def test_second_page_is_asked_and_the_first_is_told(served: Served) -> None:
    _, token = await served.person("二枚")
    async with Page(served.url, token, ROOM) as first, Page(served.url, token, ROOM) as second:
        assert (await first.ask("seat.take"))["result"]["mic"] is False
        refused = await second.ask("seat.take")
        assert (refused["ok"], refused["error"]["code"]) == (False, "seat_elsewhere")
        assert (await second.ask("seat.take", here=True))["ok"]
        await first.until(lambda: first.of("seat.lost"))
        assert first.of("seat.lost")[0]["reason"] == "elsewhere"
        assert (await second.ask("seat.take"))["ok"], "it holds the seat already"


async def test_microphone_is_kept_on_the_same_device_and_off_on_another(served: Served) -> None:
    account, token = await served.person("機器")
    async with Page(served.url, token, ROOM) as page:
        await page.ask("seat.take")
        await page.tell(report(mic=True))
        await page.until(lambda: _shown(page, mic=True))
    async with Page(served.url, token, ROOM) as refreshed:
        seat = (await refreshed.ask("seat.take"))["result"]
        assert (seat["mic"], seat["camera"], seat["returning"]) == (True, False, True)
    async with Page(served.url, await served.login(account), ROOM) as other:
        seat = (await other.ask("seat.take"))["result"]
        assert (seat["mic"], seat["returning"]) == (False, False)


def _shown(page: Page, *, mic: bool) -> bool:
    digests = page.of("presence.digest")
    return any(person["mic"] is mic for digest in digests[-1:] for person in digest["people"])


async def test_presence_shows_who_came_and_went(served: Served) -> None:
    async with await served.page("見る") as watcher:
        async with await served.page("来る", Role.MENTOR) as comer:
            await comer.ask("seat.take")
            await watcher.until(lambda: _names(watcher) == [("来る", "mentor")])
        await watcher.until(lambda: _names(watcher) == [])


def _names(page: Page) -> list[tuple[str, str]] | None:
    digests = page.of("presence.digest")
    if not digests:
        return None
    return [(person["name"], person["role"]) for person in digests[-1]["people"]]
