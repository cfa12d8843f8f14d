"""Random groups: even sizes, the same by seed, and nobody twice while that is possible."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.mentoring.schedule.grouping import Pair, met_in, mixed, sizes

pytestmark = pytest.mark.pure

PEOPLE = [UUID(int=n) for n in range(200)]


def possible(count: int, size: int) -> bool:
    """Whether so many can be parted into groups of `size` and one more or less, nobody alone."""
    least = max(2, size - 1)
    return any(least * groups <= count <= (size + 1) * groups for groups in range(1, count + 1))


@given(st.integers(1, 200), st.integers(2, 12))
def test_groups_are_even_and_near_the_wanted_size(count: int, size: int) -> None:
    found = sizes(count, size)
    assert sum(found) == count
    assert max(found) - min(found) <= 1
    if count > 1:
        assert min(found) > 1
    if possible(count, size):
        assert {abs(each - size) for each in found} <= {0, 1}


def test_nobody_makes_no_group() -> None:
    assert sizes(0, 4) == []
    assert mixed([], 4, seed=1) == []


@given(st.integers(1, 60), st.integers(2, 7), st.integers(0, 5))
def test_everybody_sits_in_one_group(count: int, size: int, seed: int) -> None:
    groups = mixed(PEOPLE[:count], size, seed=seed)
    assert sorted(person for group in groups for person in group) == PEOPLE[:count]
    assert sorted(map(len, groups)) == sorted(sizes(count, size))


@given(st.permutations(PEOPLE[:13]), st.integers(0, 1000))
def test_the_same_seed_gives_the_same_groups(order: list[UUID], seed: int) -> None:
    assert mixed(order, 4, seed=seed) == mixed(PEOPLE[:13], 4, seed=seed)


def test_another_seed_gives_others() -> None:
    found = {tuple(map(tuple, mixed(PEOPLE[:20], 4, seed=seed))) for seed in range(5)}
    assert len(found) == 5


def all_groupings(people: list[UUID], wanted: list[int]) -> Iterator[list[list[UUID]]]:
    """Every way to part people into groups of these sizes."""
    if not people:
        yield []
        return
    for size in set(wanted):
        left = wanted.copy()
        left.remove(size)
        for rest in combinations(people[1:], size - 1):
            group = [people[0], *rest]
            others = [person for person in people if person not in group]
            for more in all_groupings(others, left):
                yield [group, *more]


def repeats(groups: list[list[UUID]], met: Counter[Pair]) -> int:
    return sum(met[pair] for pair in met_in(groups))


@settings(max_examples=40)
@given(st.integers(4, 9), st.integers(2, 4), st.integers(0, 50))
def test_mixing_again_and_again_meets_nobody_twice_while_that_is_possible(
    count: int, size: int, seed: int
) -> None:
    people = PEOPLE[:count]
    met: Counter[Pair] = Counter()
    for round_ in range(4):
        groups = mixed(people, size, seed=seed + round_, met=met)
        if repeats(groups, met):
            ways = all_groupings(people, sizes(count, size))
            assert all(repeats(way, met) for way in ways)
        met += met_in(groups)


@pytest.mark.parametrize("seed", range(3))
def test_two_hundred_people_meet_nobody_twice_in_six_rounds(seed: int) -> None:
    met: Counter[Pair] = Counter()
    for round_ in range(6):
        met += met_in(mixed(PEOPLE, 4, seed=seed * 10 + round_, met=met))
    assert set(met.values()) == {1}


def test_where_it_is_not_possible_few_meet_again() -> None:
    four = PEOPLE[:4]
    met = Counter({frozenset(pair): 1 for pair in combinations(four, 2)})
    met[frozenset(four[:2])] = 9
    groups = mixed(four, 2, seed=3, met=met)
    assert frozenset(four[:2]) not in met_in(groups)
