"""Every program that the tests start must come from the project or from the Makefile's apt list.

So nothing that a machine happens to have is leaned on: the run fails at its end and names the
program. Python's audit hook sees each start (PEP 578).
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# What `git clone` and `make` themselves need is on every machine that can start.
GIVEN = frozenset({"git", "make", "python3", "ca-certificates"})

_started: set[str] = set()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        executable, command = arguments[0], arguments[1]
        _started.add(os.fsdecode(executable or command[0]))


sys.addaudithook(_watch)


def foreign(programs: Iterable[str]) -> dict[str, str]:
    """Those of the programs that neither the project nor its apt list brings: program → why."""
    packages = _installed()
    allowed = _with_dependencies(apt_list() | GIVEN, packages) | _base(packages)
    found = {}
    for program in programs:
        path = Path(shutil.which(program) or program)
        if path.is_relative_to(ROOT) or path.is_relative_to(sys.prefix):
            continue
        owner = _owner(path)
        if owner not in allowed:
            found[program] = f"belongs to {owner or 'no package'}"
    return found


def apt_list() -> frozenset[str]:
    """The packages that `make test` installs."""
    text = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    lists = re.findall(r"^APT_\w+ := (.*)$", text, re.MULTILINE)
    return frozenset(name for line in lists for name in line.split() if "$" not in name)


def _owner(path: Path) -> str | None:
    asked = subprocess.run(
        ["dpkg-query", "-S", *_names(path)], capture_output=True, text=True, check=False
    )
    owners = [line for line in asked.stdout.splitlines() if not line.startswith("diversion")]
    return owners[0].partition(":")[0] if owners else None


def _names(path: Path) -> set[str]:
    """The path as packages may know it: through its links, and from before /usr was merged."""
    names = {str(path), str(path.resolve())}
    return names | {name.removeprefix("/usr") for name in names}


def _installed() -> dict[str, tuple[str, list[str]]]:
    """Package → its priority, and the packages that it depends on."""
    line = "${Package}\t${Priority}\t${Pre-Depends}, ${Depends}\n"
    shown = subprocess.run(
        ["dpkg-query", "-W", "-f", line], capture_output=True, text=True, check=True
    )
    packages = {}
    for row in shown.stdout.splitlines():
        name, priority, depends = row.split("\t")
        packages[name] = (priority, re.findall(r"(?:^|[,|]) *([a-z0-9][a-z0-9.+-]+)", depends))
    return packages


def _base(packages: dict[str, tuple[str, list[str]]]) -> set[str]:
    required = {name for name, (priority, _) in packages.items() if priority == "required"}
    return _with_dependencies(required, packages)


def _with_dependencies(
    names: Iterable[str], packages: dict[str, tuple[str, list[str]]]
) -> set[str]:
    known: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        if name not in known:
            known.add(name)
            open_names.extend(packages.get(name, ("", []))[1])
    return known


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a program came from elsewhere."""
    found = foreign(sorted(_started))
    if not found:
        return
    for program, why in found.items():
        print(f"\n{program} {why}: it is not in the Makefile's apt list", file=sys.stderr)
    session.exitstatus = pytest.ExitCode.TESTS_FAILED
