"""What every test in a real browser starts from: the whole application, and Chromium."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.support.app import App, running_app
from tests.support.browser import chromium

# Set them to run the same tests against another server of LiveKit's protocol.
ENGINE_SETTINGS = ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")


@pytest.fixture
async def app(tmp_path: Path, database_url: str, redis_url: str) -> AsyncIterator[App]:
    """`yoriai serve` with demo data, in this run's shape."""
    engine = {name: os.environ[name] for name in ENGINE_SETTINGS if name in os.environ}
    async with running_app(
        tmp_path, database_url=database_url, redis_url=redis_url, settings=engine
    ) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium with a fake camera and microphone, whose questions are answered yes."""
    async with chromium() as started:
        yield started
