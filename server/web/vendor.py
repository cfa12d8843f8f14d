"""Copies the browser libraries that `package-lock.json` names into `static/vendor/`.

No third-party file is committed. `manifest.json` says which versions and licences they have;
the page `/licences` shows it. Run as `python -m server.web.vendor` after `npm ci`.
"""

import json
import shutil
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
MODULES: Final = ROOT / "node_modules"
TARGET: Final = ROOT / "static" / "vendor"
MANIFEST: Final = TARGET / "manifest.json"

# package → its files, as paths or patterns inside it
FILES: Final[dict[str, tuple[str, ...]]] = {
    "livekit-client": ("dist/livekit-client.esm.mjs",),
    "lucide-static": ("icons/*.svg",),
}


def fill() -> list[dict[str, str]]:
    """Copy the files anew and return the manifest: name, version, licence of each package."""
    shutil.rmtree(TARGET, ignore_errors=True)
    manifest = []
    for package, patterns in FILES.items():
        for pattern in patterns:
            _copy(package, pattern)
        manifest.append(_about(package))
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _copy(package: str, pattern: str) -> None:
    found = sorted((MODULES / package).glob(pattern))
    if not found:
        raise FileNotFoundError(f"{package} has no {pattern}")
    folder = TARGET / package
    folder.mkdir(parents=True, exist_ok=True)
    for path in found:
        shutil.copyfile(path, folder / path.name)


def _about(package: str) -> dict[str, str]:
    about: dict[str, Any] = json.loads((MODULES / package / "package.json").read_text("utf-8"))
    licence = next((MODULES / package).glob("LICEN[CS]E*"), None)
    return {
        "name": package,
        "version": str(about["version"]),
        "licence": str(about.get("license", "")),
        "text": licence.read_text("utf-8") if licence else "",
    }


if __name__ == "__main__":
    fill()
