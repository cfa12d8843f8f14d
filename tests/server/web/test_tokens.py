"""The colours: both dark lists are one, and every pair that is used can be read."""

import re
from typing import Final

import pytest

from server.web import assets

pytestmark = pytest.mark.pure

TEXT: Final = 4.5  # WCAG 2.2, 1.4.3: text
PART: Final = 3.0  # WCAG 2.2, 1.4.11: parts of controls

TEXTS: Final = (
    *(f"{ink} {ground}" for ink in ("ink", "ink2") for ground in ("paper", "surface", "sunk")),
    *(f"{ink} {ground}" for ink in ("ink", "ink2") for ground in ("fire-t", "indigo-t", "gold-t")),
    *(f"{hue}-ink {ground}" for hue in ("indigo", "fire") for ground in ("paper", "surface")),
    *(f"{hue}-ink surface" for hue in ("moss", "err")),
    *(f"{hue}-ink {hue}-t" for hue in ("indigo", "fire", "moss", "err", "gold")),
    *(f"on-{hue} {hue}" for hue in ("indigo", "fire", "moss", "deck")),
    "deck2 deck",
    "deck-fire deck",
)
PARTS: Final = (
    *(f"edge {ground}" for ground in ("paper", "surface", "sunk")),
    *(f"{part} paper" for part in ("fire", "moss", "indigo", "gold", "focus")),
    "fire fire-t",
    "deck-line deck",
    "focus surface",
)


def test_dark_by_choice_and_dark_by_system_are_one_list() -> None:
    assert _lists()[1] == _lists()[2]


def test_dark_names_every_colour() -> None:
    light, dark, _ = _lists()
    assert {name for name, value in light.items() if value.startswith("#")} == set(dark)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(("pairs", "least"), [(TEXTS, TEXT), (PARTS, PART)])
def test_pairs_can_be_read(place: int, pairs: tuple[str, ...], least: float) -> None:
    colours = _lists()[place]
    found = {pair: contrast(*(colours[name] for name in pair.split())) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _lists() -> list[dict[str, str]]:
    """The declarations that name colours: light, dark by choice, dark by system."""
    css = (assets.folder("static") / "css" / "tokens.css").read_text("utf-8")
    blocks = [dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in css.split("}")]
    return [block for block in blocks if "paper" in block]
