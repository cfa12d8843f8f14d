"""What is told to a room: together where it can wait, at once where something depends on it."""

from functools import partial

from livekit.protocol import models

from realtime.signal.participant import Participant
from tests.realtime.signal.house import ROOM, House, Talk, joined
from tests.support.waiting import until

CHANGES = 20


def updates(talk: Talk) -> list[list[str]]:
    """The identities in each participant update."""
    heard = [r.update.participants for r in talk.heard if r.HasField("update")]
    return [[person.identity for person in people] for people in heard]


async def knows(talk: Talk, identities: set[str]) -> bool:
    return identities <= {name for names in updates(talk) for name in names}


async def heard_more(talk: Talk, before: int) -> bool:
    return len(updates(talk)) > before


def everybody(den: House) -> dict[str, Participant]:
    return den.rooms[ROOM].participants


async def test_changes_of_one_moment_are_told_together(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo"):
        await until(partial(knows, ai, {"ai", "bo"}))
        before = len(updates(ai))
        for _ in range(CHANGES):
            for person in everybody(den).values():
                den.rooms[ROOM].tell(person)
        await until(partial(heard_more, ai, before))
        assert [sorted(names) for names in updates(ai)[before:]] == [["ai", "bo"]]


async def test_the_last_state_counts(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "bo"):
        bo = everybody(den)["bo"]
        for number in range(5):
            bo.metadata = str(number)
            den.rooms[ROOM].tell(bo)
        await until(partial(told_metadata, ai, "4"))
        assert "3" not in metadata_of(ai, "bo")


async def test_a_leave_is_told_at_once_and_takes_back_what_waits(den: House) -> None:
    async with joined(den, "ai") as ai:
        async with joined(den, "bo"):
            await until(partial(knows, ai, {"bo"}))
            bo = everybody(den)["bo"]
            den.rooms[ROOM].tell(bo)
        await until(partial(gone, ai, "bo"))
        before = len(updates(ai))
        den.rooms[ROOM].tell(everybody(den)["ai"])
        await until(partial(heard_more, ai, before))
        states = [p.state for r in ai.heard for p in r.update.participants if p.identity == "bo"]
        assert states[-1] == models.ParticipantInfo.DISCONNECTED


async def test_the_hidden_are_told_of_to_nobody_but_themselves(den: House) -> None:
    async with joined(den, "ai") as ai, joined(den, "spy", hidden=True) as spy:
        den.rooms[ROOM].tell(everybody(den)["spy"])
        den.rooms[ROOM].tell(everybody(den)["ai"])
        await until(partial(knows, spy, {"spy", "ai"}))
        assert "spy" not in {name for names in updates(ai) for name in names}


def metadata_of(talk: Talk, identity: str) -> list[str]:
    people = [p for r in talk.heard for p in r.update.participants]
    return [person.metadata for person in people if person.identity == identity]


async def told_metadata(talk: Talk, text: str) -> bool:
    return text in metadata_of(talk, "bo")


async def gone(talk: Talk, identity: str) -> bool:
    people = [p for r in talk.heard for p in r.update.participants]
    return any(
        p.identity == identity and p.state == models.ParticipantInfo.DISCONNECTED for p in people
    )
