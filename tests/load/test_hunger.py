"""When a room counts as starved."""

from dataclasses import dataclass, field

import pytest

from tests.load.hunger import PATIENT_LOOKS, Hunger
from tests.load.peer import PeerPlan
from tests.load.stream import Stream

pytestmark = pytest.mark.pure


@dataclass
class Guest:
    plan: PeerPlan
    streams: list[Stream] = field(default_factory=list)

    def eat(self, *, but: int = -1) -> None:
        for index, stream in enumerate(self.streams):
            stream.received += index != but


def guest(room: str, *, streams: int = 2) -> Guest:
    plan = PeerPlan("somebody", "token", expects=2, room=room)
    return Guest(plan, [Stream(n, 96, highest=0, base=0) for n in range(streams)])


def test_who_gets_everything_starves_nowhere() -> None:
    one, two = guest("a"), guest("b")
    hunger = Hunger([one, two])
    for _ in range(3 * PATIENT_LOOKS):
        one.eat()
        two.eat()
        hunger.look()
    assert hunger.starved == set()


def test_one_silent_stream_starves_its_room_and_no_other() -> None:
    one, two = guest("a"), guest("b")
    hunger = Hunger([one, two])
    for look in range(PATIENT_LOOKS):
        assert hunger.starved == set(), look
        one.eat(but=1)
        two.eat()
        hunger.look()
    assert hunger.starved == {"a"}


def test_a_pause_that_ends_in_time_is_none() -> None:
    one = guest("a")
    hunger = Hunger([one])
    for _ in range(5):
        one.eat()
        hunger.look()
        for _ in range(PATIENT_LOOKS - 1):
            hunger.look()
    assert hunger.starved == set()


def test_a_stream_that_never_came_starves_its_room() -> None:
    one = guest("a", streams=1)
    hunger = Hunger([one])
    for _ in range(PATIENT_LOOKS):
        one.eat()
        hunger.look()
    assert hunger.starved == {"a"}
    hunger.begin()
    assert hunger.starved == set()
