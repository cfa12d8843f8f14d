"""Where emphasis may begin and end in Japanese text.

CommonMark §6.2 asks for a space or a mark beside `**` when the text inside begins or ends with a
mark: `これは**「強調」**です` has none, for Japanese writes no spaces, and stays full of asterisks.
The amendments of "markdown-cjk-friendly" repair this: a Japanese (or Chinese, Korean) mark counts
as a letter, and a letter of these scripts beside the run counts as a space would.
"""

import unicodedata
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar
from markdown_it.rules_inline.state_inline import Delimiter, StateInline

MARKERS: Final = ("*", "_")
WIDE: Final = frozenset("WFH")  # East Asian Width of the letters and marks of these scripts


def cjk_emphasis(md: MarkdownIt) -> None:
    """A plugin: emphasis that also Japanese sentences can carry."""
    md.inline.ruler.at("emphasis", _tokenize)


def _tokenize(state: StateInline, silent: bool) -> bool:
    """Each marker as a text of its own, and in the list of delimiters, as markdown-it's own."""
    marker = state.src[state.pos]
    if silent or marker not in MARKERS:
        return False
    length = _run(state, marker)
    may_open, may_close = _may(state, marker, length)
    for _ in range(length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=length,
                token=len(state.tokens) - 1,
                end=-1,
                open=may_open,
                close=may_close,
            )
        )
    state.pos += length
    return True


def _run(state: StateInline, marker: str) -> int:
    rest = state.src[state.pos : state.posMax]
    return len(rest) - len(rest.lstrip(marker))


def _may(state: StateInline, marker: str, length: int) -> tuple[bool, bool]:
    """Whether the run may open emphasis, and whether it may close it."""
    before, after = _before(state.src, state.pos), state.src[state.pos + length : state.posMax][:1]
    left = not _space(after) and (
        not _foreign_mark(after) or _space(before) or _foreign_mark(before) or _wide(before)
    )
    right = not _space(before) and (
        not _foreign_mark(before) or _space(after) or _foreign_mark(after) or _wide(after)
    )
    if marker == "*":
        return left, right
    return left and (not right or _mark(before)), right and (not left or _mark(after))


def _before(text: str, place: int) -> str:
    """The letter before a place; a variation selector (𠮷󠄀) is none."""
    while place and _selects_variation(text[place - 1]):
        place -= 1
    return text[place - 1] if place else ""


def _selects_variation(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _space(character: str) -> bool:
    """A space, or the edge of the text."""
    return not character or character.isspace()


def _mark(character: str) -> bool:
    return bool(character) and (isMdAsciiPunct(ord(character)) or isPunctChar(character))


def _wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in WIDE


def _foreign_mark(character: str) -> bool:
    return _mark(character) and not _wide(character)
