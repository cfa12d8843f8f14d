"""The import contracts bite: one planted violation each must be reported, and nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

PLANTS = {
    "Slices use those below them": ("server/accounts/queries.py", "import server.rooms.models"),
    "Inside a slice: pages and jobs > forms > actions > mails > queries > rules > models": (
        "server/events/models.py",
        "import server.events.queries",
    ),
    "The media engine knows nothing of the application": (
        "realtime/signal/__init__.py",
        "import server.core.ids",
    ),
    "The media process loads nothing of the application but its settings": (
        "server/media.py",
        "import server.web.assets",
    ),
    "The parent of all processes loads no pages, no worker and no engine": (
        "server/preparing.py",
        "import server.app",
    ),
    "Media does not know signalling": ("realtime/media/__init__.py", "import realtime.signal"),
    "The live channel reaches the application through the gateway only": (
        "realtime/live/__init__.py",
        "import server.core.ids",
    ),
    "The protocol imports pydantic only": ("realtime/protocol/__init__.py", "import starlette"),
    "Only the worker and the broker know arq": ("server/accounts/links.py", "import arq"),
}


def contracts() -> list[str]:
    """The names of the contracts in pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    return re.findall(
        r'^\[\[tool\.importlinter\.contracts\]\]\nid = .*\nname = "(.*)"$', text, re.MULTILINE
    )


def test_contracts_each_have_a_plant() -> None:
    assert sorted(contracts()) == sorted(PLANTS)


@pytest.mark.parametrize("contract", PLANTS)
def test_contract_reports_its_planted_violation(contract: str, tmp_path: Path) -> None:
    for package in ("server", "realtime"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path, line = PLANTS[contract]
    planted = tmp_path / path
    planted.write_text(planted.read_text("utf-8") + f"\n{line}  # planted\n", "utf-8")

    report = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )

    broken = re.findall(r"^(.+) BROKEN$", report.stdout, re.MULTILINE)
    assert report.returncode == 1, report.stdout + report.stderr
    assert contract in [name.strip() for name in broken]
