"""What the crowds of the three events did until now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from server.accounts.models import Account
from server.demo import crowd
from server.demo.crowd import Choice, Member
from server.demo.ledger import Ledger, Step, Verb
from server.events.models import Event, Session

GONE_FROM_FORUM: Final = 54
BACK_IN_FORUM: Final = 4
ASK_IN_TRAINING: Final = 12
GONE_FROM_PAST: Final = 32

SEAT: Final = 3  # what the participant of the sample chose first
LATE_SEAT: Final = 11  # and later, when all seats were taken
LATE: Final = timedelta(hours=20)
WANTED: Final[Sequence[Mapping[int, int]]] = (  # how much, by the number of the discussion
    {2: 30, 3: 28, 4: 23, 5: 18},
    {8: 28, 9: 28, 10: 21, 11: 22},
)


class Cast(NamedTuple):
    """Who is there to take part."""

    organizer: Account
    participant: Member  # of the sample; is in the forum's crowd
    forum: Sequence[Member]
    training: Sequence[Member]
    past: Sequence[Member]


Play = Callable[[Event, Sequence[Session], Cast, datetime], Ledger]


def forum(event: Event, sessions: Sequence[Session], cast: Cast, now: datetime) -> Ledger:
    """Nine hundred register, most take seats in discussions, some come back on it."""
    random = Random(crowd.SEED)  # noqa: S311 - invents people's choices
    times = _times(event, cast.forum, now)
    ids = {session.number: session.id for session in sessions}
    choices = [Choice([ids[n] for n in half], list(half.values())) for half in WANTED]
    others = {each: at for each, at in times.items() if each != cast.participant}
    gone = _some(random, others, GONE_FROM_FORUM)
    steps = [
        *crowd.registering(random, times),
        *crowd.choosing(random, others, choices, now),
        *crowd.cancelling(random, gone, now, cast.organizer.id, back=BACK_IN_FORUM),
        _seat(cast.participant, times[cast.participant], ids[SEAT]),
        _seat(cast.participant, now - LATE, ids[LATE_SEAT]),
    ]
    return _played(event, sessions, steps)


def training(event: Event, sessions: Sequence[Session], cast: Cast, now: datetime) -> Ledger:
    """Some have asked; the organizer said yes to all but the last ones."""
    random = Random(crowd.SEED + 1)  # noqa: S311
    times = _times(event, cast.training, now)
    approved = dict(list(times.items())[:-ASK_IN_TRAINING])
    steps = [
        *crowd.registering(random, times),
        *crowd.approving(random, approved, now, cast.organizer.id),
    ]
    return _played(event, sessions, steps)


def past(event: Event, sessions: Sequence[Session], cast: Cast, _now: datetime) -> Ledger:
    """Many registered until it closed, some came back on it."""
    random = Random(crowd.SEED + 2)  # noqa: S311
    assert event.closes_at is not None
    times = _times(event, cast.past, event.closes_at)
    gone = _some(random, times, GONE_FROM_PAST)
    steps = [
        *crowd.registering(random, times),
        *crowd.cancelling(random, gone, event.closes_at, cast.organizer.id),
    ]
    return _played(event, sessions, steps)


def _times(event: Event, members: Sequence[Member], until: datetime) -> dict[Member, datetime]:
    """When each registers, drawn apart from what each chooses: that is the same on each day."""
    assert event.opens_at is not None
    random = Random(crowd.SEED)  # noqa: S311
    moments = crowd.moments(random, len(members), event.opens_at, until)
    return dict(zip(members, moments, strict=True))


def _some(random: Random, times: Mapping[Member, datetime], count: int) -> dict[Member, datetime]:
    return {each: times[each] for each in random.sample(list(times), count)}


def _seat(member: Member, at: datetime, session: UUID) -> Step:
    account = member.account
    return Step(at=at, verb=Verb.REGISTER, account=account, actor=account, session=session)


def _played(event: Event, sessions: Sequence[Session], steps: Iterable[Step]) -> Ledger:
    capacities: dict[UUID | None, int | None] = {None: event.capacity}
    capacities |= {session.id: session.capacity for session in sessions if session.by_seat}
    ledger = Ledger(event.id, capacities, approval=event.approval)
    ledger.play(sorted(steps, key=lambda step: step.at))
    return ledger
