"""Browser pages that join a room of the engine under test and tell what they see."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import permutations
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

from playwright.async_api import Browser

from tests.engines.target import Target
from tests.support.bidi import Bidi
from tests.support.browser import page_of
from tests.support.firefox import tab_of
from tests.support.waiting import until

_HERE = Path(__file__).parent
_CLIENT = _HERE.parents[1] / "node_modules/livekit-client/dist/livekit-client.esm.mjs"
_FILES = {
    "/page.html": (_HERE / "page.html", "text/html"),
    "/page.js": (_HERE / "page.js", "text/javascript"),
    "/data.js": (_HERE / "data.js", "text/javascript"),
    "/picture.js": (_HERE / "picture.js", "text/javascript"),
    "/livekit-client.esm.mjs": (_CLIENT, "text/javascript"),
}


class Somebody(Protocol):
    """Whoever is in a room, by page or not."""

    @property
    def identity(self) -> str: ...


class Tab(Protocol):
    """A page of any browser."""

    async def goto(self, url: str) -> object: ...

    async def evaluate(self, expression: str, arg: Any = None) -> Any: ...


class Guest:
    """One page in a room. Wraps `window.contract` of page.js."""

    def __init__(self, tab: Tab, identity: str) -> None:
        self._tab = tab
        self.identity = identity

    async def open(self, site: int) -> None:
        """Load the contract's script from the site on this port."""
        await self._tab.goto(f"http://localhost:{site}/page.html")
        await until(lambda: self._tab.evaluate("() => 'contract' in window"))

    async def do(self, call: str, *arguments: object) -> Any:
        """Call a function of `window.contract` with JSON arguments."""
        return await self._tab.evaluate(
            "([name, values]) => window.contract[name](...values)", [call, list(arguments)]
        )

    async def join(
        self,
        target: Target,
        room: str,
        *,
        options: Mapping[str, object] | None = None,
        **grants: object,
    ) -> None:
        """Join; `options` are those of livekit-client's `Room`."""
        token = target.token(self.identity, room, **grants)
        await self.do("join", target.websocket_url, token, dict(options or {}))

    async def seen(self) -> dict[str, Any]:
        seen: dict[str, Any] = await self._tab.evaluate("() => window.contract.seen")
        return seen

    async def frames_of(self, other: Somebody) -> int:
        received = await self.do("received")
        return int(received.get(other.identity, {}).get("frames", 0))

    async def sees_and_hears(self, other: Somebody, *, more_than: int = 30) -> bool:
        """Whether this page decoded enough frames of another and heard it."""
        figures = (await self.do("received")).get(other.identity)
        return bool(figures and figures["frames"] >= more_than and figures["energy"] > 0)

    async def gets(self, other: Somebody, *, more_than: int = 30) -> bool:
        """Whether enough frames of another are decoded and its sound arrives.

        Not whether it is played: after a connection is made anew, headless Chromium now and then
        opens no sound output, while the packets come.
        """
        figures = (await self.do("received")).get(other.identity)
        return bool(figures and figures["frames"] >= more_than and figures["audio"] > 1000)

    async def saw(self, event: str) -> bool:
        return event in (await self.seen())["events"]


@asynccontextmanager
async def guests(browser: Browser | Bidi, *identities: str) -> AsyncIterator[list[Guest]]:
    """Pages with the contract's script loaded, one browser context each."""
    async with AsyncExitStack() as stack:
        port = stack.enter_context(_Site()).server_port
        everybody = []
        for identity in identities:
            tab = tab_of(browser) if isinstance(browser, Bidi) else page_of(browser)
            everybody.append(Guest(await stack.enter_async_context(tab), identity))
            await everybody[-1].open(port)
        yield everybody


async def meet(
    everybody: list[Guest],
    target: Target,
    room: str,
    *,
    options: Mapping[str, object] | None = None,
) -> None:
    """Let all join and publish, until each decodes and hears each other."""
    for guest in everybody:
        await guest.join(target, room, options=options)
        await guest.do("publish")
    for guest, other in permutations(everybody, 2):
        await until(partial(guest.sees_and_hears, other))


class _Site(ThreadingHTTPServer):
    """Serves the page and the client library on a free port of the loopback."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)

    def __enter__(self) -> "_Site":
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        known = _FILES.get(self.path)
        if known is None:
            self.send_error(404)
            return
        file, kind = known
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(file.read_bytes())

    def log_message(self, *_: object) -> None:
        pass
