"""An engine for each test that asks for one."""

from collections.abc import AsyncIterator

import pytest

from tests.realtime.signal.house import House, house


@pytest.fixture
async def den() -> AsyncIterator[House]:
    async with house() as running:
        yield running
