"""Every text of the application can be read in both languages."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import server
from server.core.i18n import LOCALES
from server.core.words import extract

pytestmark = pytest.mark.pure

Text = str | list[str] | tuple[str, ...]  # singular and plural are one text


class Wanted(NamedTuple):
    """A text to be translated, and the context that tells it from others of the same letters."""

    text: Text
    context: str | None = None


ROOT: Final = Path(server.__file__).parent.parent
LOCALES_FOLDER: Final = ROOT / "server" / "locales"
KEYWORDS: Final = DEFAULT_KEYWORDS | {"N_": None}


def test_english_is_complete() -> None:
    assert missing(catalog("en"), texts()) == []


def test_errors_have_a_text_in_each_language() -> None:
    codes = [wanted for wanted in texts() if str(wanted.text).startswith("error.")]
    assert len(codes) > 10
    assert {locale: missing(catalog(locale), codes) for locale in LOCALES} == {"ja": [], "en": []}


def test_missing_names_what_is_untranslated_fuzzy_or_half_a_plural() -> None:
    known = Catalog(locale="en")
    known.add("席", "Seat")
    known.add("炉", "")
    known.add("扉", "Door", flags=["fuzzy"])
    known.add(("人", "人"), ("person", ""))
    known.add("変", "new", context="seat")
    asked: list[Text] = ["席", "炉", "扉", ("人", "人"), "壁"]
    wanted = [*map(Wanted, asked), Wanted("変", "seat"), Wanted("変", "plan"), Wanted("変")]
    assert missing(known, wanted) == ["炉", "扉", ("人", "人"), "壁", "変", "変"]


def test_extract_finds_the_code_of_an_error() -> None:
    source = 'class Late(DomainError):\n    code = "late"\n\nX = N_("席")\n'.encode()
    found = [text for _, _, text, _ in extract(io.BytesIO(source), {"N_": None}, [], {})]
    assert found == ["席", "error.late"]


def texts() -> list[Wanted]:
    """What the sources say that must be translated."""
    return [Wanted(message.id, message.context) for message in _extracted()]


def _extracted() -> Iterator[Message]:
    found = Catalog()
    with (LOCALES_FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for _file, _line, text, _comments, context in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, directory_filter=_is_ours
    ):
        found.add(text, context=context)
    return (message for message in found if message.id)


def _is_ours(folder: str | os.PathLike[str]) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in ("server", "templates")


def catalog(locale: str) -> Catalog:
    """The catalog of a language as it stands in the tree."""
    with (LOCALES_FOLDER / locale / "LC_MESSAGES" / "yoriai.po").open("rb") as file:
        return read_po(file, locale=locale)


def missing(known: Catalog, wanted: list[Wanted]) -> list[Text]:
    """Those of the texts that a catalog does not translate for certain."""
    return [text for text, context in wanted if not _translated(known.get(text, context))]


def _translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    forms = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
    return all(forms)
