"""Where templates and static files lie: beside the package when installed, else in the tree."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Final

SHEET: Final = "css/app.css"
_IMPORT: Final = re.compile(r'^@import url\("([^"]+)"\);$', re.MULTILINE)
_PACKAGE = Path(__file__).resolve().parent.parent.parent


def folder(name: str) -> Path:
    """The folder `templates` or `static`.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for base in (_PACKAGE / "yoriai_assets", _PACKAGE):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(f"{name}: neither beside the package nor in the tree")


@cache
def build() -> str:
    """A short name of the present static files, which changes when any of them does.

    It is part of their path, so browsers may keep them for ever, and the relative imports of
    the modules stay within one build.
    """
    digest = hashlib.sha256()
    for path in sorted(folder("static").rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder("static"))).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def sheet() -> str:
    """The style sheet `SHEET` with the files that it imports in their places.

    Who comes for the first time, perhaps over a phone's slow line, asks once and not for each.

    Raises:
        FileNotFoundError: it imports what is not there.
    """
    main = folder("static") / SHEET
    return _IMPORT.sub(
        lambda found: (main.parent / found[1]).read_text("utf-8"), main.read_text("utf-8")
    )
