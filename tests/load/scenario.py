"""Who joins which room and does what: the seats of a load run, dealt out to processes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .access import Engine, join_token
from .peer import PeerPlan


@dataclass(frozen=True)
class Seat:
    """One participant; `publishes` names a trace, `expects` counts the streams it shall get."""

    room: str
    identity: str
    publishes: str | None = None
    expects: int = 0

    def plan(self, engine: Engine) -> PeerPlan:
        """The seat with a token for this engine."""
        token = join_token(
            engine, room=self.room, identity=self.identity, publish=self.publishes is not None
        )
        return PeerPlan(self.identity, token, self.publishes, self.expects)


def stage(*, room: str, publishers: int, subscribers: int, trace: str) -> list[Seat]:
    """A few who publish audio and video, and many who only watch."""
    publishing = [
        Seat(room, f"publisher-{n}", publishes=trace, expects=2 * (publishers - 1))
        for n in range(publishers)
    ]
    return publishing + [
        Seat(room, f"subscriber-{n}", expects=2 * publishers) for n in range(subscribers)
    ]


def deal(seats: Iterable[Seat], *, processes: int) -> list[list[Seat]]:
    """Publishers into a process of their own, so that reading does not delay sending; the rest
    in turn into `processes` more. Empty processes are left out."""
    seats = list(seats)
    watching = [seat for seat in seats if seat.publishes is None]
    hands: Sequence[list[Seat]] = [
        [seat for seat in seats if seat.publishes is not None],
        *(watching[start::processes] for start in range(processes)),
    ]
    return [hand for hand in hands if hand]
