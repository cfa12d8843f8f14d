"""Habits of the house: locks, version floors, private names, the wheel."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
OURS = ("server", "realtime")
MEDIA_LIBRARIES = ("aiortc", "aioice", "pylibsrtp")

# Each floor closed a hole that our users could have met.
FLOORS = {
    "starlette": "1.3.1",
    "python-multipart": "0.0.26",
    "pyopenssl": "26.0",
    "jinja2": "3.1.6",
    "redis": "4.5.4",
    "h11": "0.16",
    "aiortc": "1.15",
}


@pytest.mark.pure
@pytest.mark.parametrize(("package", "floor"), FLOORS.items())
def test_version_floor(package: str, floor: str) -> None:
    assert Version(version(package)) >= Version(floor)


@pytest.mark.pure
@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_has_hashes_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    packages = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[\w.\[\]-]+==.* \\\n    --hash=", text, re.MULTILINE))


@pytest.mark.pure
def test_npm_lock_has_integrity_and_no_host() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    assert all("resolved" not in package for package in packages)
    assert all(package["integrity"].startswith("sha512-") for package in packages)


@pytest.mark.pure
def test_no_third_party_file_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "static/vendor", "node_modules"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout == ""


def private_names(path: Path) -> list[str]:
    """Names with an underscore that a file takes from the media libraries."""
    found = []
    for statement in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(statement, ast.ImportFrom) and _of_media(statement.module or ""):
            modules = (statement.module or "").split(".")
            names = [*modules, *(each.name for each in statement.names)]
            found += [name for name in names if name.startswith("_")]
    return found


def _of_media(module: str) -> bool:
    return module.split(".")[0] in MEDIA_LIBRARIES


@pytest.mark.pure
def test_private_names_of_media_libraries_stay_in_the_adapter() -> None:
    outside = {
        str(path.relative_to(ROOT)): private_names(path)
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
        if ROOT / "realtime" / "media" / "adapter" not in path.parents
    }
    assert {path: names for path, names in outside.items() if names} == {}


def test_wheel_carries_pages_styles_texts_and_libraries(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "server/locales/en/LC_MESSAGES/yoriai.mo",
        "server/migrations/script.py.mako",
        "yoriai_assets/templates/layouts/page.html",
        "yoriai_assets/static/css/app.css",
        "yoriai_assets/static/vendor/manifest.json",
        "yoriai_assets/static/vendor/livekit-client/livekit-client.esm.mjs",
    } <= names
