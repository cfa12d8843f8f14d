"""Who has a tile in a room of hundreds: the room's own tiles, for people who are given."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, Page

from tests.support.app import App
from tests.support.people import person

BEGIN: Final = """async () => {
  const main = document.querySelector("script[type=module][src*='/room/']").src;
  const { Tiles } = await import(new URL("tiles.js", main));
  const list = document.createElement("ul");
  document.body.append(list);
  const tiles = new Tiles(list);
  window.drawn = (people, view) => {
    const hidden = tiles.show(people, view);
    const seats = [...list.children].sort((a, b) => a.style.order - b.style.order);
    return [seats.map((seat) => seat.firstElementChild.dataset.identity), hidden];
  };
}"""
SEATED: Final = {"role": "participant", "mic": True, "camera": None}


class Drawn:
    """The tiles that a page draws; the person at it is `0`."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def __call__(
        self,
        people: Sequence[int],
        *speaking: int,
        phone: bool = False,
        sharing: bool = False,
        faces: bool = False,
    ) -> list[int]:
        """Who has a tile, in the order of the places; that the others are counted is asserted."""
        seated = [
            {"identity": str(n), "name": f"{n}", "you": n == 0, "speaking": n in speaking, **SEATED}
            for n in people
        ]
        view = {"sharing": sharing, "phone": phone, "faces": faces}
        drawn, hidden = await self._page.evaluate("([p, v]) => drawn(p, v)", [seated, view])
        assert len(drawn) + hidden == len(people)
        return [int(identity) for identity in drawn]


@asynccontextmanager
async def tiles(app: App, browser: Browser) -> AsyncIterator[Drawn]:
    """A page of the room, at its door."""
    async with person(app, browser, "participant") as somebody:
        await somebody.go()
        await somebody.page.evaluate(BEGIN)
        yield Drawn(somebody.page)


HUNDREDS: Final = [*range(1, 200), 0]  # you came last


async def test_of_hundreds_few_have_tiles_you_among_them(app: App, browser: Browser) -> None:
    async with tiles(app, browser) as drawn:
        assert await drawn(range(25)) == [*range(25)]
        assert await drawn(HUNDREDS) == [*range(25)]  # who was there stays, at the same place
        assert sorted(await drawn(HUNDREDS, phone=True)) == [*range(25)]


async def test_who_speaks_is_shown_in_the_place_of_who_was_not_heard(
    app: App, browser: Browser
) -> None:
    async with tiles(app, browser) as drawn:
        before = await drawn(HUNDREDS)
        after = await drawn(HUNDREDS, 150)
        assert 150 in after
        assert sum(was != now for was, now in zip(before, after, strict=True)) == 1
        assert await drawn(HUNDREDS) == after  # and stays in silence
        for speaker in range(160, 183):  # 23 more, who are heard one after the other
            now = await drawn(HUNDREDS, speaker)
        assert set(now) == {0, 150, *range(160, 183)}
        assert set(await drawn(HUNDREDS, 190)) == {0, 190, *range(160, 183)}


async def test_who_leaves_makes_room_and_the_others_keep_their_places(
    app: App, browser: Browser
) -> None:
    async with tiles(app, browser) as drawn:
        before = await drawn(HUNDREDS)
        gone = before[3]
        after = await drawn([each for each in HUNDREDS if each != gone])
        assert [*after[:3], *after[4:]] == [*before[:3], *before[4:]]
        assert after[3] not in before


async def test_on_a_phone_and_beside_a_screen_the_one_who_speaks_on_stays_first(
    app: App, browser: Browser
) -> None:
    async with tiles(app, browser) as drawn:
        assert (await drawn(HUNDREDS, 7, phone=True))[0] == 7
        shown = await drawn(HUNDREDS, 7, 120, phone=True)
        assert shown[0] == 7
        assert 120 in shown
        assert shown[-1] == 0
        assert (await drawn(HUNDREDS, 120, phone=True))[0] == 120
        assert await drawn(HUNDREDS, 120, sharing=True) == [120, 0]
        large = await drawn(HUNDREDS, 120, sharing=True, faces=True)
        assert (len(large), {0, 7, 120} <= set(large)) == (12, True)
