"""The plan of a room, drawn on a grid of 48: where the seats are."""

import math
from typing import Final, Literal, NamedTuple

CENTRE: Final = 24.0
RING: Final = 15.6  # radius of the circle of seats

SeatState = Literal["here", "open", "you", "speaking"]


class SeatPlace(NamedTuple):
    """A seat and the place of its centre."""

    x: float
    y: float
    state: SeatState


def seat_places(states: list[SeatState], *, mentor: bool = False) -> list[SeatPlace]:
    """The places of up to nine seats, spread evenly; a mentor's cushion takes twelve o'clock."""
    first = 1 if mentor else 0
    count = len(states) + first
    return [
        SeatPlace(*_on_ring(number + first, count), state) for number, state in enumerate(states)
    ]


def _on_ring(number: int, count: int) -> tuple[float, float]:
    angle = -math.pi / 2 + 2 * math.pi * number / count
    return (
        round(CENTRE + RING * math.cos(angle), 2),
        round(CENTRE + RING * math.sin(angle), 2),
    )
