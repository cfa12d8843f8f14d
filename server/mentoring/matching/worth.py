"""What a mentor and a team are worth to each other, in points, by reasons that can be named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Why a pair earns or loses points."""

    FIELD = "field"  # the mentor speaks of what the team wants to speak of
    REGION = "region"  # the mentor has to do with the team's region
    LANGUAGE = "language"  # they have a language in common
    TEAM_WISH = "team_wish"  # the team wishes for the mentor, or would rather not
    MENTOR_WISH = "mentor_wish"  # the mentor wishes for the team, or would rather not
    MET = "met"  # they have met in a training before this one


DEFAULT: Final[Mapping[Reason, int]] = {
    Reason.FIELD: 34,
    Reason.REGION: 12,
    Reason.LANGUAGE: 20,
    Reason.TEAM_WISH: 12,
    Reason.MENTOR_WISH: 6,
    Reason.MET: 9,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """How many points each reason is worth, and what the last visit costs that a mentor takes."""

    reasons: Mapping[Reason, int] = field(default_factory=lambda: DEFAULT)
    load: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a team looks for. A topic or region that is not said counts for nobody."""

    topic: int | None = None
    region: str = ""
    languages: frozenset[str] = frozenset({"ja"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a mentor brings."""

    topics: frozenset[int] = frozenset()
    regions: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset({"ja"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How much each would like the other: −2 (rather not) to 2, 0 when nothing was said."""

    team: int = 0
    mentor: int = 0


def earned(
    wanted: Wanted,
    offered: Offered,
    wishes: Wishes = Wishes(),
    *,
    met: bool = False,
    weights: Mapping[Reason, int] = DEFAULT,
) -> dict[Reason, int]:
    """What a pair earns, by reason; reasons that give nothing are left out.

    Args:
        met: whether they have met in a training before.
    """
    parts = {
        Reason.FIELD: weights[Reason.FIELD] * (wanted.topic in offered.topics),
        Reason.REGION: weights[Reason.REGION] * (wanted.region in offered.regions),
        Reason.LANGUAGE: weights[Reason.LANGUAGE] * bool(wanted.languages & offered.languages),
        Reason.TEAM_WISH: weights[Reason.TEAM_WISH] * wishes.team,
        Reason.MENTOR_WISH: weights[Reason.MENTOR_WISH] * wishes.mentor,
        Reason.MET: weights[Reason.MET] * met,
    }
    return {reason: points for reason, points in parts.items() if points}
