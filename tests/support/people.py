"""People of the demo in real browsers: they log in, enter the room, and are measured there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, Page, WebSocket

from tests.support.app import CEILING_SECONDS, App
from tests.support.browser import DEVICES, Permission, context_of
from tests.support.visits import log_in

LOOK_SECONDS: Final = 0.1

# Keeps every peer connection of a page, so that a test can read its statistics.
KEEP_CONNECTIONS: Final = """
window.connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...given) { super(...given); this.made = Date.now(); window.connections.push(this); }
};
"""

# What arrives on living connections: frames decoded of each picture, energy of each sound.
ARRIVING: Final = """
async (since) => {
  const frames = {}, energy = {};
  for (const connection of window.connections) {
    if (connection.connectionState !== "connected" || connection.made < since) continue;
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== "inbound-rtp") continue;
      if (entry.kind === "video") frames[entry.trackIdentifier] = entry.framesDecoded;
      else energy[entry.trackIdentifier] = entry.totalAudioEnergy;
    }
  }
  const faces = {}, screens = [];
  for (const tile of document.querySelectorAll("yoriai-tile:not(.tile-you)")) {
    const track = tile.querySelector("video").srcObject?.getVideoTracks()[0];
    faces[tile.dataset.identity] = frames[track?.id] ?? 0;
  }
  const shown = document.querySelector("[data-part=screen]").srcObject?.getVideoTracks()[0];
  if (shown) screens.push(frames[shown.id] ?? 0);
  return { faces, screens, energy: Object.values(energy) };
}
"""


@dataclass
class Person:
    """Somebody of the demo, with one page open."""

    app: App
    name: str
    context: BrowserContext
    page: Page
    media_sockets: list[str] = field(default_factory=list)  # one for each attempt to connect
    errors: list[str] = field(default_factory=list)

    async def go(self, path: str = "") -> None:
        """Open the room, or another address."""
        await self.page.goto(path or self.app.room)

    async def enter(self, *, mic: bool = False) -> None:
        """Walk through pre-join into the room."""
        await self.go()
        if mic:
            await self.page.click("[data-part=mic-switch]")
        await self.page.click("[data-part=prejoin] [data-part=enter]")
        await self.inside()

    async def enter_listening(self) -> None:
        """Walk into the room with the one button there is for who only listens."""
        await self.go()
        await self.page.click("[data-part=prejoin] [data-part=enter]")
        await self.inside()

    async def inside(self) -> None:
        """Wait until the page is in the room and sees its own tile."""
        await self.page.locator("yoriai-tile.tile-you").wait_for(timeout=CEILING_SECONDS * 1000)

    async def second_page(self) -> "Person":
        """Another page of the same login."""
        return await _page(self.app, self.name, self.context)

    async def faces(self) -> set[str]:
        """The participations whose tiles are shown, one's own included."""
        tiles = self.page.locator("yoriai-tile")
        shown = await tiles.evaluate_all("all => all.map(tile => tile.dataset.identity)")
        return set(shown)

    async def arriving(self, *, since: float = 0) -> dict[str, Any]:
        """Frames decoded by face, of screens, and energy by sound; of connections made after."""
        found: dict[str, Any] = await self.page.evaluate(ARRIVING, since * 1000)
        return found

    async def sees(self, others: int, *, frames: int, since: float = 0) -> bool:
        """Whether so many others are each decoded for so many frames."""
        faces = (await self.arriving(since=since))["faces"]
        return len(faces) == others and all(n >= frames for n in faces.values())

    async def mic(self) -> bool:
        """Whether the microphone is shown as open."""
        button = self.page.locator("[data-part=mic-button]")
        return await button.get_attribute("aria-pressed") == "true"

    async def writes(self, text: str) -> None:
        """Write into the chat."""
        await self.page.fill("#chat-box", text)
        await self.page.press("#chat-box", "Enter")

    async def lines(self) -> list[str]:
        """The lines of the chat as they stand there."""
        return await self.page.locator(".chat-line .chat-body").all_text_contents()


@asynccontextmanager
async def person(
    app: App,
    browser: Browser,
    name: str,
    *,
    permissions: tuple[Permission, ...] = DEVICES,
    width: int = 1280,
    height: int = 800,
    locale: str = "ja-JP",
    dark: bool = False,
    script: str = "",
) -> AsyncIterator[Person]:
    """Somebody of the demo, logged in, in a browser context of their own.

    Args:
        name: the part of the demo address before the @: `participant`, `organizer`, …
        script: runs in each page before its own scripts.
    """
    async with context_of(
        browser,
        permissions=permissions,
        width=width,
        height=height,
        locale=locale,
        dark=dark,
        ignore_tls_errors=app.url.startswith("https:"),
    ) as context:
        await context.add_init_script(KEEP_CONNECTIONS + script)
        await log_in(context, app, name, locale=locale[:2])
        yield await _page(app, name, context)


async def _page(app: App, name: str, context: BrowserContext) -> Person:
    page = await context.new_page()
    somebody = Person(app, name, context, page)
    page.on("websocket", lambda socket: _note(somebody, socket))
    page.on("pageerror", lambda error: somebody.errors.append(str(error)))
    return somebody


def _note(somebody: Person, socket: WebSocket) -> None:
    if "/rtc" in socket.url:
        somebody.media_sockets.append(socket.url)
