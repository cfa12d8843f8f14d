"""The circle of all seats (車座): rings round a hearth, one dot for a seat."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from markupsafe import Markup

FIRST_RING: Final = 52.0  # radius; the hearth's frame is inside
PITCH: Final = 13.2  # between rings, and between the dots of a ring
DOT: Final = 4.4  # radius
WIDEST_DOT: Final = 10.0  # where few people would look lost
MANY: Final = 1200  # above it one dot stands for ten, or a hundred, …
TEN: Final = 10

SMALL_RING: Final = 22.0  # of a small circle
SMALL: Final = 49  # its dots: three rings
SMALL_REACH: Final = SMALL_RING + PITCH + DOT  # two rings' place at least
SMALL_STEPS: Final = (1, 2, 5)  # one dot stands for these, and ten times, a hundred times them


class Dot(NamedTuple):
    """A dot: its centre from the hearth's, and the kind of people that it stands for."""

    x: float
    y: float
    kind: str


class Circle(NamedTuple):
    """The drawing: `radius` reaches the outer edge, `dot` is a dot's; each is `each` people."""

    dots: list[Dot]
    radius: float
    dot: float
    each: int

    @property
    def drawing(self) -> Markup:
        """The dots as SVG circles."""
        return _drawing(tuple(self.dots), self.dot)


@lru_cache(maxsize=64)
def _drawing(dots: tuple[Dot, ...], radius: float) -> Markup:
    """Kept, for a crowd asks for the same page: a thousand dots take longer than the rest of it."""
    return Markup().join(
        Markup('<circle class="circle-{}" cx="{}" cy="{}" r="{}"/>').format(
            dot.kind, dot.x, dot.y, radius
        )
        for dot in dots
    )


def circle(counts: Mapping[str, int], free: int = 0) -> Circle:
    """People of each kind round the hearth, from the inside outward, the kinds well mixed.

    `free` seats, of the kind "free", stand outside of them.
    """
    return _circle(tuple(counts.items()), free)


@lru_cache(maxsize=64)
def _circle(counted: tuple[tuple[str, int], ...], free: int) -> Circle:
    counts, each = dict(counted), 1
    while (sum(counts.values()) + free) / each > MANY:
        each *= TEN
    kinds = _mixed({kind: math.ceil(count / each) for kind, count in counts.items()})
    dots = _rings([*kinds, *["free"] * math.ceil(free / each)], FIRST_RING)
    dot = _dot(len(dots))
    last = math.hypot(dots[-1].x, dots[-1].y) if dots else FIRST_RING - PITCH
    return Circle(dots, last + dot, dot, each)


def small_circle(taken: int, free: int) -> Circle:
    """Taken and free seats on at most three rings."""
    each = _small_step(taken + free)
    some = min(math.ceil(taken / each), SMALL)
    left = min(math.ceil(free / each), SMALL - some)
    dots = _rings(["seat"] * some + ["free"] * left, SMALL_RING)
    last = math.hypot(dots[-1].x, dots[-1].y) if dots else 0.0
    return Circle(dots, max(SMALL_REACH, last + DOT), DOT, each)


def _small_step(seats: int) -> int:
    ten = 1
    while True:
        for step in SMALL_STEPS:
            if seats <= SMALL * step * ten:
                return step * ten
        ten *= TEN


def _rings(kinds: list[str], radius: float) -> list[Dot]:
    dots: list[Dot] = []
    while kinds[len(dots) :]:
        ring = kinds[len(dots) : len(dots) + int(2 * math.pi * radius / PITCH)]
        dots.extend(_on_ring(ring, radius))
        radius += PITCH
    return dots


def _dot(count: int) -> float:
    """A dot's radius: as large as a few people on the first ring have place for."""
    place = math.pi * FIRST_RING / max(count, 1)
    return round(min(WIDEST_DOT, max(DOT, place / 2)), 2)


def _mixed(counts: Mapping[str, int]) -> list[str]:
    """Every kind spread over the whole, so that no kind fills a ring by itself."""
    placed = [
        ((number + 0.5) / count, kind) for kind, count in counts.items() for number in range(count)
    ]
    return [kind for _, kind in sorted(placed)]


def _on_ring(kinds: list[str], radius: float) -> list[Dot]:
    turn = 2 * math.pi / len(kinds)
    return [
        Dot(
            round(radius * math.sin(turn * number), 2),
            round(-radius * math.cos(turn * number), 2),
            kind,
        )
        for number, kind in enumerate(kinds)
    ]
