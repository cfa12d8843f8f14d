"""Two texts side by side, their differences marked, and one text that keeps both."""

from difflib import SequenceMatcher
from typing import NamedTuple


class Piece(NamedTuple):
    """Some letters, and whether the other text lacks them."""

    text: str
    differs: bool


class Compared(NamedTuple):
    """Two texts in pieces, and a proposal that loses nothing of either."""

    theirs: list[Piece]
    mine: list[Piece]
    proposal: str


def compared(theirs: str, mine: str) -> Compared:
    """Compare two texts letter by letter (Japanese has no spaces between words)."""
    left, right, both = list[Piece](), list[Piece](), list[str]()
    matcher = SequenceMatcher(None, theirs, mine, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        same = tag == "equal"
        if j > i:
            left.append(Piece(theirs[i:j], not same))
        if m > k:
            right.append(Piece(mine[k:m], not same))
        both.append(mine[k:m] if same else theirs[i:j] + mine[k:m])
    proposal = mine if "\n" not in theirs + mine and len(mine) <= 40 else "".join(both)
    return Compared(left, right, proposal)
