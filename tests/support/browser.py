"""Real Chromium with fake camera and microphone, driven by Playwright.

    async with chromium() as browser, page_of(browser, locale="ja-JP") as page:
        await page.goto(url)

The programs are the system's own; nothing is downloaded.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright

CHROMIUM = "/usr/bin/chromium"
# The same engine without the window around the pages, which costs a third of a room's work.
CHROMIUM_SHELL = "/usr/bin/chromium-headless-shell"

# What a headless browser needs in a container: no sandbox, no GPU, no talk with its maker.
QUIET_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FAKE_DEVICE_FLAGS = ("--use-fake-device-for-media-stream=fps=10", "--use-fake-ui-for-media-stream")

# Pages in the background keep their timers and frames, as a visible page would.
AWAKE_FLAGS = (
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)

PATIENCE_MS = 60_000  # machines with other tests on them are slow

Permission = Literal["camera", "microphone", "notifications", "clipboard-read", "clipboard-write"]
DEVICES: tuple[Permission, ...] = ("camera", "microphone")


@asynccontextmanager
async def chromium(
    *,
    devices: bool = True,
    flags: Sequence[str] = (),
    program: str | Path = CHROMIUM_SHELL,
    camera: Path | None = None,
) -> AsyncIterator[Browser]:
    """Launch the system's Chromium, headless, and close it at the end.

    Args:
        devices: with a fake camera and microphone, and every question about them answered yes.
            Without, the browser has no devices at all and asks as it does for people.
        flags: further command line flags.
        program: what starts it: `CHROMIUM_SHELL`; `CHROMIUM`, the whole one, which asks people
            for their devices; or a script that runs one elsewhere.
        camera: the film that the fake camera shows, instead of the browser's own picture.
    """
    arguments = [*QUIET_FLAGS, *AWAKE_FLAGS, *(FAKE_DEVICE_FLAGS if devices else ()), *flags]
    if camera:
        arguments.append(f"--use-file-for-fake-video-capture={camera}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program, headless=True, args=arguments
        )
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def context_of(
    browser: Browser,
    *,
    locale: str = "ja-JP",
    zone: str = "Asia/Tokyo",
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
    permissions: Sequence[Permission] = DEVICES,
    ignore_tls_errors: bool = False,
) -> AsyncIterator[BrowserContext]:
    """A browser context of its own (cookies, storage), closed at the end.

    Args:
        locale: BCP 47 tag, also sent as Accept-Language.
        zone: IANA time zone of the page.
        width: viewport width in CSS pixels.
        height: viewport height in CSS pixels.
        dark: `prefers-color-scheme: dark`.
        permissions: granted without a question.
        ignore_tls_errors: accept self-signed certificates.
    """
    context = await browser.new_context(
        locale=locale,
        timezone_id=zone,
        viewport=ViewportSize(width=width, height=height),
        color_scheme="dark" if dark else "light",
        permissions=list(permissions),
        ignore_https_errors=ignore_tls_errors,
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context
    finally:
        await context.close()


@asynccontextmanager
async def page_of(
    browser: Browser,
    *,
    locale: str = "ja-JP",
    zone: str = "Asia/Tokyo",
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
    permissions: Sequence[Permission] = DEVICES,
    ignore_tls_errors: bool = False,
) -> AsyncIterator[Page]:
    """One page in a context of its own; options as in `context_of`."""
    async with context_of(
        browser,
        locale=locale,
        zone=zone,
        width=width,
        height=height,
        dark=dark,
        permissions=permissions,
        ignore_tls_errors=ignore_tls_errors,
    ) as context:
        yield await context.new_page()
