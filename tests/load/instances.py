"""Matchings to be made, written down under `instances/`: teams, mentors, and what they said.

    python -m tests.load.instances

writes them anew from their seeds. Availability is 95 %, so a few visits cannot be covered. The
large one has one round, in which a mentor takes up to four teams.
"""

import json
import random
from itertools import product
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from server.mentoring.matching.task import Task
from server.mentoring.matching.worth import Offered, Wanted, Wishes, earned
from server.mentoring.plans.rules import Board

FOLDER: Final = Path(__file__).parent / "instances"
SIZES: Final = ((66, 22, 3, 3, 9), (1000, 300, 1, 4, 4))  # teams, mentors, rounds, slots, capacity
SEEDS: Final = (1, 2, 3)
TOPICS, REGIONS, AVAILABLE = 5, 12, 0.95


def names(teams: int, mentors: int, rounds: int) -> list[Path]:
    """The files of the instances of a size."""
    return sorted(FOLDER.glob(f"{teams}x{mentors}x{rounds}-*.json"))


def read(file: Path) -> Task:
    """The task of a file."""
    said: dict[str, Any] = json.loads(file.read_text("utf-8"))
    teams, mentors = _ids("t", len(said["teams"])), _ids("m", len(said["mentors"]))
    rounds = _ids("r", said["rounds"])
    slots = _ids("s", said["rounds"] * said["slots"])
    wanted = [Wanted(topic=team["topic"], region=team["region"]) for team in said["teams"]]
    offered = [
        Offered(topics=frozenset(m["topics"]), regions=frozenset(m["regions"]))
        for m in said["mentors"]
    ]
    wishes = {(m, t): Wishes(team=team, mentor=mentor) for m, t, team, mentor in said["wishes"]}
    return Task(
        board=Board(
            slots={slot: rounds[n // said["slots"]] for n, slot in enumerate(slots)},
            teams=teams,
            capacity=dict(zip(mentors, (m["capacity"] for m in said["mentors"]), strict=True)),
            busy=frozenset(
                (mentors[n], slots[s]) for n, m in enumerate(said["mentors"]) for s in m["busy"]
            ),
            apart=frozenset((mentors[m], teams[t]) for m, t in said["apart"]),
        ),
        worth={
            (mentors[m], teams[t]): sum(
                earned(wanted[t], offered[m], wishes.get((m, t), Wishes())).values()
            )
            for m, t in product(range(len(mentors)), range(len(teams)))
        },
        load=10,
    )


def _ids(letter: str, count: int) -> list[UUID]:
    return [UUID(int=ord(letter) * 10_000 + n) for n in range(count)]


def _said(seed: int, teams: int, mentors: int, rounds: int, slots: int, most: int) -> object:
    choose = random.Random(seed)
    return {
        "rounds": rounds,
        "slots": slots,
        "teams": [
            {"topic": choose.randrange(TOPICS), "region": f"region {choose.randrange(REGIONS)}"}
            for _ in range(teams)
        ],
        "mentors": [
            {
                "topics": sorted(choose.sample(range(TOPICS), 2)),
                "regions": [f"region {choose.randrange(REGIONS)}"],
                "capacity": most,
                "busy": [s for s in range(rounds * slots) if choose.random() > AVAILABLE],
            }
            for _ in range(mentors)
        ],
        "apart": [(choose.randrange(mentors), t) for t in range(teams)],
        "wishes": [
            (m, t, choose.choice((0, 1, 2, -2)), choose.choice((0, 1, 2, -2)))
            for t in range(teams)
            for m in choose.sample(range(mentors), 2)
        ],
    }


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for (teams, mentors, rounds, slots, most), seed in product(SIZES, SEEDS):
        if teams > 100 and seed > 1:
            continue
        file = FOLDER / f"{teams}x{mentors}x{rounds}-{seed}.json"
        text = json.dumps(_said(seed, teams, mentors, rounds, slots, most), separators=(",", ":"))
        file.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
