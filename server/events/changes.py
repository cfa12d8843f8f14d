"""What publishing a draft changes, compared with what is published."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from server.events.draft import Draft, numbers
from server.events.reading import is_removed

_PART: Final = re.compile(r"(?:([st]\d+)-)?([a-z_]+?)(?:-ja|-en)?")
MOVING: Final = "day", "from", "until"


class What(StrEnum):
    """What becomes of a session, a topic or a fact of the event."""

    MOVED = "moved"
    ADDED = "added"
    REMOVED = "removed"
    RESTORED = "restored"
    CHANGED = "changed"


class Change(NamedTuple):
    """One thing that publishing changes. `row` is `s3`, `t1`, or empty for the event itself.

    `fields` are the names without row and language; `before` and `after` are the times of a
    session that moves, as the draft has them.
    """

    row: str
    what: What
    fields: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


def changes(published: Draft, draft: Draft) -> list[Change]:
    """What differs: the event's own facts first, each session and topic once."""
    grouped: dict[str, list[str]] = {}
    for name in sorted(published.keys() | draft.keys()):
        if published.get(name, "") != draft.get(name, ""):
            row, field = _part(name)
            grouped.setdefault(row, []).append(field)
    own = [Change("", What.CHANGED, (field,)) for field in dict.fromkeys(grouped.pop("", []))]
    return [*own, *_rows(published, draft, grouped)]


def _rows(published: Draft, draft: Draft, grouped: Mapping[str, list[str]]) -> Iterator[Change]:
    for row in sorted(grouped, key=lambda row: (row[0], int(row[1:]))):
        was_there = int(row[1:]) in numbers(published, row[0])
        was_removed = is_removed(published, row + "-")
        removed = is_removed(draft, row + "-")
        if removed and (was_removed or not was_there):
            continue
        fields = tuple(dict.fromkeys(grouped[row]))
        what = _what(fields, was_there=was_there, was_removed=was_removed, removed=removed)
        yield Change(row, what, fields, _times(published, row), _times(draft, row))


def _what(fields: tuple[str, ...], *, was_there: bool, was_removed: bool, removed: bool) -> What:
    if removed:
        return What.REMOVED
    if not was_there:
        return What.ADDED
    if was_removed:
        return What.RESTORED
    return What.MOVED if set(fields) & set(MOVING) else What.CHANGED


def _part(name: str) -> tuple[str, str]:
    found = _PART.fullmatch(name)
    assert found, name
    return found[1] or "", found[2]


def _times(draft: Draft, row: str) -> str:
    return f"{draft.get(row + '-from', '')}–{draft.get(row + '-until', '')}"
