"""Two ways of using a page: with a pointer, and with the keyboard alone."""

from dataclasses import dataclass
from typing import Protocol

from playwright.async_api import Locator

MOST_STEPS = 400  # with the tab key, once round the longest page

IS_FOCUSED = "(element) => element === document.activeElement"


class Hands(Protocol):
    """How somebody uses a page."""

    async def push(self, target: Locator) -> None:
        """Use a button, link or summary."""

    async def write(self, target: Locator, text: str) -> None:
        """Fill a field with a text, in place of what is there."""

    async def tick(self, target: Locator) -> None:
        """Tick a box or choose a choice."""


@dataclass(frozen=True)
class Pointer:
    """Somebody with a mouse or a finger."""

    async def push(self, target: Locator) -> None:
        """Click it."""
        await target.click()

    async def write(self, target: Locator, text: str) -> None:
        """Fill it."""
        await target.fill(text)

    async def tick(self, target: Locator) -> None:
        """Click it."""
        await target.check()


@dataclass(frozen=True)
class Keyboard:
    """Somebody who has no pointer. Nothing is reached in another way than by the tab key."""

    async def push(self, target: Locator) -> None:
        """Walk to it, press Enter."""
        await self._reach(target)
        await target.page.keyboard.press("Enter")

    async def write(self, target: Locator, text: str) -> None:
        """Walk to it, type. A date is typed part by part, as its field asks for it."""
        await self._reach(target)
        keyboard = target.page.keyboard
        if await target.get_attribute("type") == "date":
            year, month, day = text.split("-")
            await keyboard.type(f"{month}{day}{year}")
            assert await target.input_value() == text
            return
        await keyboard.press("Control+A")
        await keyboard.type(text)

    async def tick(self, target: Locator) -> None:
        """Walk to it, press Space; to a choice, by the arrows from the one that is chosen."""
        if await target.is_checked():
            return
        if await target.get_attribute("type") == "radio":
            await self._choose(target)
        else:
            await self._reach(target)
            await target.page.keyboard.press("Space")
        assert await target.is_checked()

    async def _choose(self, target: Locator) -> None:
        name = await target.get_attribute("name")
        await self._reach(target.page.locator(f"[name='{name}']:checked"))
        for _ in range(await target.page.locator(f"[name='{name}']").count()):
            await target.page.keyboard.press("ArrowDown")
            if await target.is_checked():
                return

    async def _reach(self, target: Locator) -> None:
        await target.wait_for()
        for _ in range(MOST_STEPS):
            if await target.evaluate(IS_FOCUSED):
                return
            await target.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")
