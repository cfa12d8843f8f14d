"""Who joins which room and does what: the loads by name, and their seats dealt out to processes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .access import Engine, join_token
from .peer import PeerPlan


@dataclass(frozen=True)
class Seat:
    """One participant: what it publishes (a trace), how many streams it shall get, the simulcast
    layer that it asks for (a RID, empty: what comes), and whose streams do not count."""

    room: str
    identity: str
    publishes: str | None = None
    expects: int = 0
    layer: str = ""
    foe: str = ""

    def plan(self, engine: Engine) -> PeerPlan:
        """The seat with a token for this engine."""
        token = join_token(
            engine, room=self.room, identity=self.identity, publish=self.publishes is not None
        )
        return PeerPlan(
            self.identity, token, self.publishes, self.expects, self.layer, self.room, self.foe
        )


@dataclass(frozen=True)
class Load:
    """Equal rooms of publishers, who get each other, and viewers, who only watch.

    Every publisher sends audio and video of `trace`; everybody asks for `layer` of each, and does
    not count what comes of `foe`. `goal` is what an engine must reach at least, in forwarded
    packets per CPU-second.
    """

    rooms: int = 1
    publishers: int = 1
    viewers: int = 0
    trace: str = "2mbit"
    layer: str = ""
    foe: str = ""
    goal: int | None = None

    @property
    def copies(self) -> int:
        """How many people get what one publisher sends."""
        return self.publishers + self.viewers - 1

    def seats(self) -> list[Seat]:
        return [seat for number in range(self.rooms) for seat in self._room(f"load-{number}")]

    def _room(self, room: str) -> Iterable[Seat]:
        for n in range(self.publishers):
            expects = 2 * (self.publishers - 1)
            yield Seat(room, f"publisher-{n}", self.trace, expects, self.layer, self.foe)
        for n in range(self.viewers):
            yield Seat(room, f"viewer-{n}", None, 2 * self.publishers, self.layer, self.foe)


# The goals are what LiveKit's server did on the machine of CI (docs/measurements.md). A meeting is
# watched as LiveKit's tester lays out a grid of 4x4: everybody's low layer, 16 people at most.
LOADS = {
    "stage": Load(viewers=100),
    "webinar": Load(viewers=200, goal=41_000),
    "lowrate": Load(viewers=300, trace="150kbit", goal=22_000),
    "meeting": Load(publishers=15, trace="simulcast", layer="q", goal=37_000),
    "rooms": Load(rooms=66, publishers=3, trace="150kbit"),
}


def deal(seats: Iterable[Seat], *, processes: int) -> list[list[Seat]]:
    """Who publishes to people that only watch gets a process apart, so that reading does not delay
    sending; the rest in turn into `processes`. Empty processes are left out."""
    seats = list(seats)
    watching = [seat for seat in seats if seat.publishes is None]
    publishing = [seat for seat in seats if seat.publishes is not None] if watching else []
    rest = watching or seats
    hands: Sequence[list[Seat]] = [publishing, *(rest[at::processes] for at in range(processes))]
    return [hand for hand in hands if hand]
