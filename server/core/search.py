"""Finding names as people type them: case and spaces do not count."""

from typing import Any

from sqlalchemy import ColumnElement, func

_SPACES = (" ", "\N{IDEOGRAPHIC SPACE}")


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """That a column's text contains what somebody typed."""
    for space in _SPACES:
        column = func.replace(column, space, "")
    found: ColumnElement[bool] = column.icontains("".join(text.split()), autoescape=True)
    return found
