"""Languages: gettext catalogs, and people's own texts in ja and en.

The templates speak Japanese; `locales/en` translates. Errors are looked up by their code in both.
"""

import gettext
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

Locale = Literal["ja", "en"]
LOCALES: Final[tuple[Locale, ...]] = ("ja", "en")
DEFAULT: Final[Locale] = "ja"
CATALOGS = Path(__file__).parent.parent / "locales"


class Text(NamedTuple):
    """One text as a reader gets it, with the language it is really in."""

    body: str
    lang: Locale


@cache
def catalog(locale: Locale) -> gettext.NullTranslations:
    """The catalog of a language."""
    return gettext.translation("yoriai", CATALOGS, languages=[locale], fallback=locale == DEFAULT)


def N_(message: str) -> str:
    """Mark a text for the catalogs where it is translated later."""
    return message


def negotiate(accept_language: str) -> Locale:
    """The first of our languages that a browser accepts, by its order (RFC 9110 §12.5.4)."""
    weighted = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        weighted.append((-_weight(weight), place, tag.lower()[:2]))
    for _, _, tag in sorted(weighted):
        for locale in LOCALES:
            if tag == locale:
                return locale
    return DEFAULT


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def pick(texts: Mapping[str, str], locale: Locale) -> Text:
    """An organizer's text in the reader's language, or in the one there is.

    `texts` maps `ja` and/or `en` to a body; one is enough.
    """
    for candidate in (locale, *LOCALES):
        body = texts.get(candidate, "")
        if body:
            return Text(body, candidate)
    return Text("", locale)
