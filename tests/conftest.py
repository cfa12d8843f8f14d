"""Plugins of the whole suite."""

pytest_plugins = [
    "tests.support.programs",
    "tests.support.shapes",
    "tests.support.web",
    "tests.support.served",
]
