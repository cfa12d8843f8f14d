"""The whole round as a drawing: mentors as rows, teams as columns, each mark as one path."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.mentoring.assigning.view import Cell, Mark, Shown

WIDE: Final = 9  # px of a column
HIGH: Final = 14  # px of a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Sizes in px, and SVG path data by what is marked: `here`, `new`, `apart`, `fit1` to `fit4`.
    `numbers` are (x, number) of some columns.
    """

    width: int
    height: int
    row: int
    paths: Mapping[str, str]
    numbers: list[tuple[int, int]]
    at: int | None


def drawing(shown: Shown, team_number: int | None) -> Drawing:
    """Draw a round; the column of a chosen team is at `at`."""
    paths: defaultdict[str, str] = defaultdict(str)
    for column, line in enumerate(shown.lines):
        for row, cell in enumerate(line.cells):
            for name, part in _marks(cell, column * WIDE, row * HIGH):
                paths[name] += part
    columns = [line.team.number or 0 for line in shown.lines]
    return Drawing(
        width=len(shown.lines) * WIDE,
        height=(len(shown.lines[0].cells) if shown.lines else 0) * HIGH,
        row=HIGH,
        paths=paths,
        numbers=[(n * WIDE, number) for n, number in enumerate(columns) if n % 5 == 0],
        at=columns.index(team_number) * WIDE if team_number in columns else None,
    )


def _marks(cell: Cell, x: int, y: int) -> list[tuple[str, str]]:
    box = f"M{x} {y + 1}h8v12h-8z"
    if cell.mark is Mark.HERE:
        return [("here", box), *([("new", box)] if cell.new else [])]
    if cell.mark is Mark.APART:
        return [("apart", f"M{x + 1} {y + 2}l6 10")]
    return [(f"fit{cell.size}", box)] if cell.size and cell.mark is not Mark.AWAY else []
