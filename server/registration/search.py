"""Searching for people as they are written in Japan: by any width, kana and case."""

import unicodedata
from collections.abc import Iterable
from typing import Final

# ァ–ヶ and ヽヾ lie 0x60 above ぁ–ゖ and ゝゞ.
_TO_HIRAGANA: Final = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}


def folded(text: str) -> str:
    """The form in which texts are compared: ﾄﾀﾞ, トダ and とだ are one, as are ＡＢＣ and abc.

    Spaces fall away: between family and given name some write one, some none.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_TO_HIRAGANA)
    return "".join(plain.split())


def matches(query: str, texts: Iterable[str]) -> bool:
    """Whether a folded query stands in any of the texts; an empty one stands in all."""
    return not query or any(query in folded(text) for text in texts)
