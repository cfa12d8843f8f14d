"""Nothing is inline in a page (docs/adr/0003): browsers would leave it out without a word."""

import re
from pathlib import Path
from typing import Final

import pytest

import server

pytestmark = pytest.mark.pure

TEMPLATES: Final = Path(server.__file__).parent.parent / "templates"
INLINE: Final = re.compile(r"""\s(?:style|on[a-z]+)=["']|<style\b|<script(?![^>]*\bsrc=)[^>]*>""")


def inline_in(text: str) -> list[str]:
    """What of a template a browser would not apply; JSON for scripts is not run."""
    found = (match.group().strip() for match in INLINE.finditer(text))
    return [each for each in found if "application/json" not in each]


def test_no_page_has_anything_inline() -> None:
    pages = (file for file in TEMPLATES.rglob("*.html") if file.parent.name != "mail")
    found = {str(file): inline_in(file.read_text("utf-8")) for file in pages}
    assert {file: inline for file, inline in found.items() if inline} == {}


def test_what_is_inline_is_seen() -> None:
    page = "<p style=\"x: y\"><b onclick='x'></b><style></style><script>x</script>"
    assert len(inline_in(page)) == 4
    assert inline_in('<script src="x.js"></script><p data-style="a">') == []
    assert inline_in('<script type="application/json">{}</script>') == []
