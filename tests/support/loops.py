"""Tests of a folder that share one event loop, so that they can share what lives in it."""

from pathlib import Path

import pytest
from pytest_asyncio import is_async_test


def share_a_loop(items: list[pytest.Item], folder: Path) -> list[pytest.Item]:
    """The tests of a folder, which from now on run in the loop of the session."""
    inside = [item for item in items if item.path.parent == folder]
    for item in inside:
        if is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
    return inside
