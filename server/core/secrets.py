"""Secrets that an installation makes for itself on its first run."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

FILE = "secrets.env"


def kept(data_dir: Path, names: Iterable[str]) -> dict[str, str]:
    """The secrets of this installation, made where they do not exist yet.

    They live in `data_dir/secrets.env` (mode 600), one `NAME=value` a line.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / FILE
    known = _read(path)
    missing = {name: secrets.token_urlsafe(32) for name in names if name not in known}
    if missing:
        _append(path, missing)
        known = _read(path)  # two first starts at once: the first line of a name counts for both
    return known


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    known: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        if value:
            known.setdefault(name.lower(), value)
    return known


def _append(path: Path, values: dict[str, str]) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(file, "a", encoding="utf-8") as lines:
        lines.write("".join(f"{name.upper()}={value}\n" for name, value in values.items()))
