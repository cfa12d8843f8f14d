"""How much each reason counts in a plan, in steps that an organizer chooses by plain words."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from server.mentoring.matching.worth import DEFAULT, Reason, Weights
from server.mentoring.plans.models import Plan

LOAD: Final = "load"  # beside the reasons: that mentors carry alike
USUAL: Final[Mapping[str, int]] = {
    **{str(reason): points for reason, points in DEFAULT.items()},
    LOAD: Weights().load,
}


class Level(StrEnum):
    """How much something counts."""

    NOT = "not"
    LITTLE = "little"
    USUAL = "usual"
    MUCH = "much"


_TIMES: Final = {Level.NOT: 0.0, Level.LITTLE: 0.5, Level.USUAL: 1.0, Level.MUCH: 2.0}


def points(levels: Mapping[str, Level]) -> dict[str, int]:
    """The points of each reason at a level; of one not named, the usual ones."""
    return {
        name: round(usual * _TIMES[levels.get(name, Level.USUAL)]) for name, usual in USUAL.items()
    }


def levels(plan: Plan) -> dict[str, Level]:
    """The level of each reason in a plan."""
    by_points = {name: {points({name: level})[name]: level for level in Level} for name in USUAL}
    return {
        name: by_points[name].get(plan.weights.get(name, usual), Level.USUAL)
        for name, usual in USUAL.items()
    }


def of(plan: Plan) -> Weights:
    """The weights of a plan."""
    said = {**USUAL, **plan.weights}
    return Weights({reason: said[reason] for reason in Reason}, said[LOAD])
