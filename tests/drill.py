"""`make drill`: full counts and loads. Each drill is a program of `tests/load` that ends with one
line of JSON; `make drill NAME=junk` runs one, `make drill` all in sequence. `python -m tests.drill
--help` lists them.
"""

import subprocess
import sys
import time

DRILLS: dict[str, tuple[str, ...]] = {
    "media": ("tests.load.media", "--publishers", "1", "--viewers", "100", "--seconds", "10"),
    "webinar": ("tests.load.media", "--scenario", "webinar", "--runs", "3"),
    "lowrate": ("tests.load.media", "--scenario", "lowrate", "--runs", "3"),
    "meeting": ("tests.load.media", "--scenario", "meeting", "--runs", "3"),
    "rooms": ("tests.load.media", "--scenario", "rooms", "--seconds", "300"),
    "junk": ("tests.load.junk",),
    "hostile": ("tests.load.hostile",),
    "fuzz": ("tests.load.fuzz",),
    "media-kills": ("tests.load.media_kills",),
    "cut": ("tests.load.accidents", "cut"),
    "roam": ("tests.load.accidents", "roam"),
    "loss": ("tests.load.loss",),
    "matching": ("tests.load.matching",),
    "matching-large": (
        "tests.load.matching",
        "--teams",
        "1000",
        "--mentors",
        "300",
        "--rounds",
        "1",
    ),
    "optimum": ("tests.load.optimum",),
    "training": ("tests.load.training",),
    "devices": ("tests.load.devices",),
    "absences": ("tests.load.absences",),
    "no-show": ("tests.load.absences", "--by", "proposal", "--slot", "300"),
    "web-kills": ("tests.load.web_kills",),
    "last-seat": ("tests.load.last_seat",),
    "mails": ("tests.load.mail_kills",),
    "join": ("tests.load.join",),
    "sctp-mutants": ("tests.load.fuzz_sctp",),
    "data-flood": ("tests.load.data_flood",),
}


def main() -> None:
    """Run the named drills, or all; exit with 1 when one failed."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"{__doc__}Drills: {', '.join(DRILLS)}")
        return
    names = sys.argv[1:] or list(DRILLS)
    unknown = [name for name in names if name not in DRILLS]
    if unknown:
        sys.exit(f"no drill {', '.join(unknown)}; there are {', '.join(DRILLS)}")
    sys.exit(max(_run(name) for name in names))


def _run(name: str) -> int:
    module, *arguments = DRILLS[name]
    print(f"--- {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode
    print(f"--- {name}: exit {code} after {time.monotonic() - began:.0f} s", flush=True)
    return code


if __name__ == "__main__":
    main()
