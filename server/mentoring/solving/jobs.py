"""The job that begins searches; arq only starts them, for they take longer than a job may."""

from typing import Any


async def look(context: dict[Any, Any]) -> None:
    """Begin what was asked for. Safe to run twice."""
    await context["solvers"].look()
