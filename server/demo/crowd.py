"""When a crowd registers, what it chooses, who comes back on it: steps for the ledger."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from server.demo.ledger import Step, Verb
from server.demo.planning import ZONE, day_of

SEED: Final = 20261003
MAILED: Final = 14, 27  # days after the opening on which many heard of it
WEEKEND: Final = 5
HOURS: Final = (*([0] * 6), 1, 4, 6, 8, 9, 8, 14, 9, 6, 6, 6, 7, 9, 12, 15, 14, 8, 3)
SEVERAL: Final = 0.55  # of the crowd take a seat in a discussion of a half
GIVEN_BACK: Final = 0.06  # of the seats in discussions
SAYS_WHY: Final = 0.75  # of those who cancel
SAYS_SOMETHING: Final = 0.08  # of those who register

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "ja": (
        "祖母の家が空いたままです。話を聞かせてください。",
        "はじめて参加します。聞くだけでもよいでしょうか。",
        "役場の昼休みから入ります。少しおくれます。",
        "去年の海辺のよりあいで会った方に、また会えたらうれしいです。",
        "字幕か、資料を先に見られると助かります。",
        "月に一度、畑を手伝っています。",
    ),
    "en": (
        "I spent a year at a hill school. I would like to come back.",
        "May I just listen? My Japanese is slow.",
    ),
}
REASONS: Final[dict[str, tuple[str, ...]]] = {
    "ja": (
        "仕事が入りました",
        "家の都合がつかなくなりました",
        "体調がすぐれません",
        "同じ日に村の祭りがあります",
    ),
    "en": ("I have to work that day", "I will be travelling"),
}
BY_ORGANIZER: Final = ("電話で取り消しの連絡がありました", "二つのアドレスで登録されていました")


class Member(NamedTuple):
    """Somebody of a crowd."""

    account: UUID
    locale: str = "ja"


class Choice(NamedTuple):
    """Discussions at the same time, and how much people want each."""

    sessions: Sequence[UUID]
    wanted: Sequence[int]


def moments(random: Random, count: int, opens: datetime, until: datetime) -> list[datetime]:
    """When people register: many at the opening and when it was mailed, few at night."""
    first, last = day_of(opens), day_of(until)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    weights = [
        _wish(number) * (0.6 if day.weekday() >= WEEKEND else 1) for number, day in enumerate(days)
    ]
    found: list[datetime] = []
    while len(found) < count:
        day = random.choices(days, weights)[0]
        hour = random.choices(range(24), HOURS)[0]
        clock = time(hour, random.randrange(60), random.randrange(60))
        moment = datetime.combine(day, clock, ZONE)
        if opens <= moment < until:
            found.append(moment)
    return sorted(found)


def _wish(day: int) -> float:
    """How many want to register on a day after the opening."""
    heard = sum(3 * math.exp((mailed - day) / 2) for mailed in MAILED if day >= mailed)
    return 1 + 6 * math.exp(-day / 2) + heard


def registering(random: Random, times: Mapping[Member, datetime]) -> Iterator[Step]:
    """Each registers at their time."""
    for member, at in times.items():
        words = ""
        if random.random() < SAYS_SOMETHING:
            words = random.choice(WORDS[member.locale])
        yield _own(at, Verb.REGISTER, member, words=words)


def choosing(
    random: Random, times: Mapping[Member, datetime], choices: Sequence[Choice], until: datetime
) -> Iterator[Step]:
    """Each chooses a discussion, or none, in each half; a few give it back later."""
    for member, at in times.items():
        for choice in choices:
            if random.random() < SEVERAL:
                chosen = random.choices(choice.sessions, choice.wanted)[0]
                yield _own(at, Verb.REGISTER, member, session=chosen)
                if random.random() < GIVEN_BACK:
                    later = between(random, at, until)
                    yield _own(later, Verb.CANCEL, member, session=chosen)


def cancelling(
    random: Random,
    gone: Mapping[Member, datetime],
    until: datetime,
    organizer: UUID,
    *,
    back: int = 0,
) -> Iterator[Step]:
    """Those who come back on it, by the time they registered; the first ones register again."""
    for number, (member, at) in enumerate(gone.items()):
        later = between(random, at, until)
        if number % 5 == 4:
            reason = random.choice(BY_ORGANIZER)
            yield Step(
                at=later,
                verb=Verb.CANCEL,
                account=member.account,
                actor=organizer,
                reason=reason,
            )
        else:
            says = random.random() < SAYS_WHY
            reason = random.choice(REASONS[member.locale]) if says else ""
            yield _own(later, Verb.CANCEL, member, reason=reason)
        if number < back:
            yield _own(between(random, later, until), Verb.REGISTER, member)


def approving(
    random: Random, asked: Mapping[Member, datetime], until: datetime, organizer: UUID
) -> Iterator[Step]:
    """The organizer says yes to them, by the time they asked."""
    for member, at in asked.items():
        soon = min(at + timedelta(hours=40), until)
        yield Step(
            at=between(random, at, soon),
            verb=Verb.APPROVE,
            account=member.account,
            actor=organizer,
        )


def between(random: Random, after: datetime, until: datetime) -> datetime:
    """A moment after one and not after the other."""
    return after + (until - after) * random.uniform(0.05, 1)


def _own(
    at: datetime,
    verb: Verb,
    member: Member,
    *,
    session: UUID | None = None,
    words: str = "",
    reason: str = "",
) -> Step:
    return Step(
        at=at,
        verb=verb,
        account=member.account,
        actor=member.account,
        session=session,
        words=words,
        reason=reason,
    )
