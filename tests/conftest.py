"""Plugins of the whole suite, and which of its tests run in both shapes of an installation."""

import gc
import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, nothing about the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = [
    "tests.support.programs",
    "tests.support.shapes",
    "tests.support.statements",
    "tests.support.web",
    "tests.support.served",
]

HERE: Final = Path(__file__).parent
ONCE: Final = ("alone", "only_embedded", "only_servers")
OF_A_SHAPE: Final = frozenset({"database_url", "redis_url", "shape"})


@pytest.hookimpl(tryfirst=True)  # before marks choose
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who asks for nothing that differs between the shapes runs once, not in each.

    That run begins where the shapes end: three at a time with browsers, a camera finds no time for
    its finest picture.
    """
    for item in items:
        if OF_A_SHAPE.isdisjoint(getattr(item, "fixturenames", ())):
            item.add_marker("alone")
    if os.environ.get("TEST_SHAPE") == "alone":
        items.sort(key=lambda item: item.path.relative_to(HERE).parts[0], reverse=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """The garbage collector looks at what tests make, not again and again at a thousand modules:
    that took a tenth of their time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """What nobody reclaimed is looked for once; pytest itself would look five times over all."""
    gc.collect()
    gc.freeze()


def pytest_report_collectionfinish(items: list[pytest.Item]) -> str:
    """How many of the chosen run in both shapes; `tests/suite.py` compares."""
    once = sum(any(map(item.get_closest_marker, ONCE)) for item in items)
    return f"{len(items) - once} of them in both shapes"
