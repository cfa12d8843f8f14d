"""Pure rules for rounds without teams: random groups, and mixing again so that nobody meets twice.

The same people, seed and history give the same groups, whatever order the people came in.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from random import Random
from typing import Final
from uuid import UUID

Pair = frozenset[UUID]

SWAPS: Final = 400  # of two people, until mixing is content with what it has
TRIES: Final = 20_000  # steps of the search for groups in which nobody meets twice


def sizes(count: int, size: int) -> list[int]:
    """How large the groups of so many people are, the large ones first.

    As near to `size` as it goes, which is one more or less wherever that is possible at all;
    nobody is alone unless there is only one person.
    """
    if count == 0:
        return []
    return min(
        (_even(count, groups) for groups in range(1, max(1, count // 2) + 1)),
        key=lambda found: (max(abs(each - size) for each in found), len(found)),
    )


def _even(count: int, groups: int) -> list[int]:
    least, more = divmod(count, groups)
    return [least + 1] * more + [least] * (groups - more)


def met_in(groups: Iterable[Collection[UUID]]) -> Counter[Pair]:
    """Who met whom in these groups, and how often."""
    return Counter(frozenset(pair) for group in groups for pair in combinations(group, 2))


def mixed(
    people: Collection[UUID], size: int, *, seed: int, met: Counter[Pair] | None = None
) -> list[list[UUID]]:
    """Random groups of about `size` in which nobody meets again whom they have met before.

    Where that is not possible, as few meet again as a bounded search finds.
    """
    known = met or Counter()
    chance = Random(seed)  # noqa: S311 - groups are no secret
    order = sorted(people)
    chance.shuffle(order)
    wanted = sizes(len(order), size)
    groups = _swapped(_begun(order, wanted, known), known, chance)
    if not any(_cost(group, known) for group in groups):
        return groups
    found = _all_new(order, wanted, {pair for pair, often in known.items() if often})
    return found or groups


def _begun(order: Sequence[UUID], wanted: Sequence[int], met: Counter[Pair]) -> list[list[UUID]]:
    """Seat one after the other where the fewest are met again."""
    groups: list[list[UUID]] = [[] for _ in wanted]
    for person in order:
        places = [n for n, group in enumerate(groups) if len(group) < wanted[n]]
        best = min(places, key=lambda n: (_meets(person, groups[n], met), len(groups[n])))
        groups[best].append(person)
    return groups


def _swapped(groups: list[list[UUID]], met: Counter[Pair], chance: Random) -> list[list[UUID]]:
    """Let two people change places while fewer meet again by it."""
    for _ in range(SWAPS):
        bad = [n for n, group in enumerate(groups) if _cost(group, met)]
        if not bad:
            break
        here = chance.choice(bad)
        mine = max(range(len(groups[here])), key=lambda n: _gain(groups[here], n, met))
        best = min(
            ((there, n) for there in range(len(groups)) if there != here
             for n in range(len(groups[there]))),
            key=lambda place: _after(groups, (here, mine), place, met),
            default=None,
        )  # fmt: skip
        if best is None or _after(groups, (here, mine), best, met) > 0:
            break
        _swap(groups, (here, mine), best)
    return groups


def _after(
    groups: Sequence[list[UUID]], one: tuple[int, int], other: tuple[int, int], met: Counter[Pair]
) -> int:
    """How many more meet again when two change places; negative: fewer."""
    a, b = groups[one[0]][one[1]], groups[other[0]][other[1]]
    with_a = [person for person in groups[one[0]] if person != a]
    with_b = [person for person in groups[other[0]] if person != b]
    before = _meets(a, with_a, met) + _meets(b, with_b, met)
    return _meets(b, with_a, met) + _meets(a, with_b, met) - before


def _swap(groups: list[list[UUID]], one: tuple[int, int], other: tuple[int, int]) -> None:
    a, b = groups[one[0]][one[1]], groups[other[0]][other[1]]
    groups[one[0]][one[1]], groups[other[0]][other[1]] = b, a


def _gain(group: Sequence[UUID], place: int, met: Counter[Pair]) -> int:
    return _meets(group[place], [*group[:place], *group[place + 1 :]], met)


def _meets(person: UUID, others: Iterable[UUID], met: Counter[Pair]) -> int:
    return sum(met[frozenset((person, other))] for other in others)


def _cost(group: Collection[UUID], met: Counter[Pair]) -> int:
    return sum(met[frozenset(pair)] for pair in combinations(group, 2))


def _all_new(
    order: Sequence[UUID], wanted: Sequence[int], met: Collection[Pair]
) -> list[list[UUID]] | None:
    """Groups in which nobody has met, by trying; None: there are none, or it would take long."""
    left = iter(range(TRIES))

    def rest(people: list[UUID], open_sizes: list[int]) -> list[list[UUID]] | None:
        if not open_sizes:
            return []
        first, others = people[0], people[1:]
        for size in sorted(set(open_sizes), reverse=True):
            fewer = open_sizes.copy()
            fewer.remove(size)
            for group in _strangers([first], others, size, met):
                if next(left, None) is None:
                    return None
                seated = set(group)
                found = rest([person for person in others if person not in seated], fewer)
                if found is not None:
                    return [group, *found]
        return None

    busiest_first = sorted(order, key=lambda p: -sum(p in pair for pair in met))
    return rest(busiest_first, list(wanted))


def _strangers(
    group: list[UUID], others: Sequence[UUID], size: int, met: Collection[Pair]
) -> Iterator[list[UUID]]:
    """All groups of a size that go on with `others` and in which nobody has met."""
    if len(group) == size:
        yield group
        return
    for n, person in enumerate(others):
        if all(frozenset((person, other)) not in met for other in group):
            yield from _strangers([*group, person], others[n + 1 :], size, met)
