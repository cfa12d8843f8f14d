"""Three people of the demo talk; one of them is at a place of its own, behind a cable."""

import asyncio
import ssl
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from tests.support.app import App, running_app
from tests.support.browser import CHROMIUM, chromium
from tests.support.network import Cable, cable
from tests.support.people import Person, person
from tests.support.waiting import until

PEOPLE: Final = 3
_LOOK = 0.05
_PATIENCE = 120.0
_PAUSE = 1.0  # longer without anything new is no flow: a silent microphone sends twice a second
_STEADY = 3.0
_ANY_CERTIFICATE = ssl._create_unverified_context()  # the application has made its own

# What a page has got so far over the connections that it has.
_ARRIVED: Final = """
async () => {
  const got = { sound: 0, picture: 0 };
  for (const connection of window.connections) {
    if (connection.connectionState === "closed") continue;
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== "inbound-rtp") continue;
      if (entry.kind === "audio") got.sound += entry.bytesReceived;
      else got.picture += entry.framesDecoded;
    }
  }
  return got;
}
"""

# Packets of somebody's picture, as a page counts them.
_PACKETS: Final = """
async (identity) => {
  const tile = document.querySelector(`yoriai-tile[data-identity="${identity}"]`);
  const track = tile?.querySelector("video").srcObject?.getVideoTracks()[0]?.id;
  const got = { lost: 0, received: 0 };
  for (const connection of window.connections) {
    for (const entry of (await connection.getStats()).values()) {
      if (entry.type !== "inbound-rtp" || entry.trackIdentifier !== track) continue;
      got.lost += entry.packetsLost;
      got.received += entry.packetsReceived;
    }
  }
  return got;
}
"""

_SHOWN: Final = """
(identity) => {
  const tile = document.querySelector(`yoriai-tile[data-identity="${identity}"]`);
  if (!tile) return null;
  const muted = tile.querySelector("[data-part=muted]");
  return { mic: muted.hidden, camera: !tile.querySelector("video").hidden };
}
"""


class Open(NamedTuple):
    """What somebody sends."""

    mic: bool
    camera: bool


class Packets(NamedTuple):
    """Of one stream, as its viewer counts them."""

    lost: int
    received: int

    def since(self, before: "Packets") -> float:
        """The share that was lost after `before`."""
        lost, received = self.lost - before.lost, self.received - before.received
        return lost / (lost + received) if received else 1.0


@dataclass(frozen=True)
class Meeting:
    """`far` is behind the line; `near` talks with it; `witness` watches near beside them."""

    app: App
    line: Cable
    far: Person
    near: Person
    witness: Person

    async def let_far_be(self, wanted: Open) -> None:
        """Open and close far's microphone and camera, until near sees it."""
        now = await self.far_is()
        for part, differs in (
            ("mic-button", now.mic != wanted.mic),
            ("camera-button", now.camera != wanted.camera),
        ):
            if differs:
                await self.far.page.click(f"[data-part={part}]")
        await until(partial(self.is_seen_as, wanted))

    async def far_is(self) -> Open:
        """What far's own page says."""
        return Open(
            await _pressed(self.far, "mic-button"), await _pressed(self.far, "camera-button")
        )

    async def is_seen_as(self, expected: Open) -> bool:
        """Whether near's page shows far so."""
        shown = await self.near.page.evaluate(_SHOWN, await own_identity(self.far))
        return bool(shown) and Open(**shown) == expected

    async def flows(self) -> float:
        """Since when (seconds, monotonic) far and near steadily get from each other what is open.

        Raises:
            TimeoutError: they do not.
        """
        what = "sound" if (await self.far_is()).mic else "picture"
        return max(await asyncio.gather(_flows(self.near, what), _flows(self.far, "sound")))

    async def witness_packets(self) -> Packets:
        """What the witness got of near's picture."""
        identity = await own_identity(self.near)
        return Packets(**await self.witness.page.evaluate(_PACKETS, identity))

    async def in_the_room(self) -> int:
        """How many the engine takes for present."""
        address = self.app.environment["MEDIA_SERVICE_ADDRESS"]
        text = await asyncio.to_thread(_read, f"{address}/metrics")
        lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
        return next(round(float(n)) for name, n in lines if name == "yoriai_media_participants")

    async def has_all(self) -> bool:
        return await self.in_the_room() == PEOPLE


@asynccontextmanager
async def meeting(
    folder: Path, *, program: str = CHROMIUM, camera: Path | None = None
) -> AsyncIterator[Meeting]:
    """The whole application over TLS, and three people who see each other in one room, in
    browsers that `program` starts and with the picture of `camera`.
    """
    with cable() as line:
        async with (
            running_app(folder, scheme="https", host=line.here) as app,
            chromium(program=line.program(folder, program), camera=camera) as there,
            chromium(program=program, camera=camera) as here,
            person(app, there, "participant") as far,
            person(app, here, "mentor") as near,
            person(app, here, "organizer") as witness,
        ):
            for somebody, mic in ((far, True), (near, True), (witness, False)):
                await somebody.enter(mic=mic)
            for somebody in (far, near, witness):
                await until(partial(somebody.sees, PEOPLE - 1, frames=10))
            yield Meeting(app, line, far, near, witness)


async def own_identity(somebody: Person) -> str:
    tile = somebody.page.locator("yoriai-tile.tile-you")
    return str(await tile.get_attribute("data-identity"))


async def _pressed(somebody: Person, part: str) -> bool:
    button = somebody.page.locator(f"[data-part={part}]")
    return await button.get_attribute("aria-pressed") == "true"


async def _flows(somebody: Person, what: str) -> float:
    before, began, grew = await _arrived(somebody, what), 0.0, 0.0
    async with asyncio.timeout(_PATIENCE):
        while not began or grew - began < _STEADY:
            await asyncio.sleep(_LOOK)
            now, got = time.monotonic(), await _arrived(somebody, what)
            if got > before:
                began = began if now - grew < _PAUSE else now
                grew = now
            before = got
    return began


async def _arrived(somebody: Person, what: str) -> float:
    got: dict[str, float] = await somebody.page.evaluate(_ARRIVED)
    return got[what]


def _read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5, context=_ANY_CERTIFICATE) as answer:
        text: str = answer.read().decode()
    return text
