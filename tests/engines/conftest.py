"""What tests of an engine share: one engine, and one Chromium. Their rooms are their own.

Who kills the engine, or needs another, starts one (`target`).
"""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.engines.target import Target, target
from tests.support.browser import chromium
from tests.support.loops import share_a_loop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for the tests of this folder."""
    share_a_loop(items, Path(__file__).parent)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def engine() -> AsyncIterator[Target]:
    """The engine under test."""
    async with target() as running:
        yield running


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium with a fake camera and microphone."""
    async with chromium() as started:
        yield started


@pytest.fixture
def room() -> str:
    """A room that nobody has been in."""
    return f"room-{uuid4().hex[:8]}"
