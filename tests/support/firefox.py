"""Debian's Firefox ESR with invented camera and microphone, driven by WebDriver BiDi.

    async with firefox() as browser, tab_of(browser) as tab:
        await tab.goto(url)

The program is the system's own `firefox-esr`; Playwright would bring a Firefox of its own making.
"""

import asyncio
import contextlib
import json
import os
import re
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support.bidi import Bidi, BidiError, session
from tests.support.waiting import CEILING

FIREFOX = "/usr/bin/firefox-esr"
_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)\n")
_LOG = "log"

# Invented devices without a question, and no talk with its maker.
PREFERENCES: dict[str, bool | int | str] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-manager.url": "",
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "remote.prefs.recommended": True,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "data:,",
}


class Tab:
    """One page. Its methods are named as Playwright names those of its own."""

    def __init__(self, bidi: Bidi, context: str) -> None:
        self._bidi = bidi
        self._context = context

    async def goto(self, url: str) -> None:
        """Open an address and wait until it is loaded."""
        await self._bidi.command(
            "browsingContext.navigate", context=self._context, url=url, wait="complete"
        )

    async def evaluate(self, expression: str, arg: Any = None) -> Any:
        """Call a JavaScript function with a JSON value; what it returns or promises, as JSON.

        Raises:
            BidiError: the function threw.
        """
        answer = await self._bidi.command(
            "script.callFunction",
            functionDeclaration=(
                f"async (text) => JSON.stringify((await ({expression})(JSON.parse(text))) ?? null)"
            ),
            arguments=[{"type": "string", "value": json.dumps(arg)}],
            awaitPromise=True,
            target={"context": self._context},
            userActivation=True,
        )
        if answer["type"] == "exception":
            raise BidiError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])


@asynccontextmanager
async def firefox() -> AsyncIterator[Bidi]:
    """Launch the system's Firefox, headless, with a profile of its own; ended at the end."""
    with tempfile.TemporaryDirectory(prefix="yoriai-firefox-", ignore_cleanup_errors=True) as home:
        process = await _start(Path(home))
        try:
            async with session(await _address(process, Path(home))) as bidi:
                yield bidi
        finally:
            await _stop(process)


@asynccontextmanager
async def tab_of(browser: Bidi) -> AsyncIterator[Tab]:
    """A page, closed at the end."""
    context = (await browser.command("browsingContext.create", type="tab"))["context"]
    try:
        yield Tab(browser, context)
    finally:
        await browser.command("browsingContext.close", context=context)


async def _start(home: Path) -> Process:
    profile = home / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    with (home / _LOG).open("wb") as log:
        return await asyncio.create_subprocess_exec(
            *(FIREFOX, "--headless", "--no-remote", "--remote-debugging-port=0"),
            *("--profile", profile),
            env={"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            stdout=log,
            stderr=log,
        )


async def _address(process: Process, home: Path) -> str:
    """Where it listens, which it says among its complaints.

    Raises:
        OSError: it ended before.
        TimeoutError: it says nothing.
    """
    async with asyncio.timeout(CEILING):
        while process.returncode is None:
            said = (home / _LOG).read_text(errors="replace")
            if found := _LISTENING.search(said):
                return found[1]
            await asyncio.sleep(0.05)
    raise OSError(f"firefox-esr ended before it listened: {said[-500:]}")


async def _stop(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()
