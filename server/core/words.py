"""Finds the texts to translate in Python files: marked ones, and the codes of domain errors."""

import ast
import io
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from babel.messages.extract import extract_python


def extract(
    file: io.BufferedIOBase,
    keywords: Mapping[str, Any],
    tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[tuple[Any, ...]]:
    """Babel's extraction of Python, and `error.<code>` for each class with a `code`."""
    source = file.read()
    yield from extract_python(io.BytesIO(source), keywords, tags, options)  # type: ignore[arg-type]
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.ClassDef):
            yield from ((line, "gettext", f"error.{code}", []) for line, code in _codes(statement))


def _codes(statement: ast.ClassDef) -> Iterator[tuple[int, str]]:
    for part in statement.body:
        value = getattr(part, "value", None)
        targets = getattr(part, "targets", [getattr(part, "target", None)])
        named = [target.id for target in targets if isinstance(target, ast.Name)]
        if named == ["code"] and isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield part.lineno, value.value
