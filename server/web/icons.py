"""Icons: lucide line drawings, written into the page so that they take its colours."""

import re
from functools import cache
from typing import Final

from markupsafe import Markup

from server.web import assets

_OUTER: Final = re.compile(r"<svg.*?>(.*)</svg>", re.DOTALL)


def icon(name: str, size: int = 20) -> Markup:
    """The icon of a name, `size` CSS pixels wide, hidden from readers: a word stands beside it.

    Raises:
        FileNotFoundError: there is no such icon among those that we serve.
    """
    return Markup(  # noqa: S704 - lucide's own drawing, from the package we ship
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
        f' aria-hidden="true" focusable="false">{_drawing(name)}</svg>'
    )


@cache
def _drawing(name: str) -> str:
    file = assets.folder("static") / "vendor" / "lucide-static" / f"{name}.svg"
    found = _OUTER.search(file.read_text("utf-8"))
    assert found, name
    return " ".join(found[1].split())
