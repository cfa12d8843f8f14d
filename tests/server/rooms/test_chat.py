"""The text of a chat line."""

import pytest

from server.rooms.chat import EmptyLine, cleaned

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  はい。\r\nそうです。 ", "はい。\nそうです。"),
        ("か\u3099", "が"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("𠮷野家", "𠮷野家"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_cleaned(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


@pytest.mark.parametrize("typed", ["", " \n ", "\x00\x01", "\u200b\u2060\u3000"])
def test_a_line_of_nothing_is_refused(typed: str) -> None:
    with pytest.raises(EmptyLine):
        cleaned(typed)
