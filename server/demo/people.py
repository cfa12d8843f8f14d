"""People who do not exist, in the same order at each run."""

from collections.abc import Iterator
from itertools import count, product
from random import Random
from typing import Final, NamedTuple

from server.demo.names import (
    FAMILIES,
    FAMILIES_ABROAD,
    GIVEN,
    GIVEN_ABROAD,
    Part,
)

SEED: Final = 20270213
IN_ENGLISH: Final = 17  # every so many people read English
HOSTS: Final = (
    *("nagaya-mail.example", "engawa.example", "kazenone.example", "yamanami.example"),
    *("town.mihon.example", "city.asagiridai.example", "vill.yukimachi.example"),
    *("city.uminarihama.example", "post.example"),
)


class Somebody(NamedTuple):
    """An invented person."""

    name: str
    reading: str
    roman: str
    address: str
    locale: str = "ja"


def people(of: int) -> list[Somebody]:
    """So many people; a longer list begins with the shorter one."""
    random = Random(SEED)  # noqa: S311 - invents names
    here = _pairs(random, FAMILIES, GIVEN)
    abroad = _pairs(random, FAMILIES_ABROAD, GIVEN_ABROAD)
    taken: set[str] = set()
    found = []
    for number in range(1, of + 1):
        english = number % IN_ENGLISH == 0
        family, given = next(abroad if english else here)
        address = _address(random, family, given, taken)
        found.append(_abroad(family, given, address) if english else _here(family, given, address))
    return found


def _pairs(
    random: Random, families: tuple[Part, ...], given: tuple[Part, ...]
) -> Iterator[tuple[Part, Part]]:
    pairs = list(product(families, given))
    random.shuffle(pairs)
    return iter(pairs)


def _here(family: Part, given: Part, address: str) -> Somebody:
    name = f"{family.written} {given.written}"
    reading = f"{family.reading} {given.reading}"
    return Somebody(name, reading, f"{given.roman} {family.roman}", address)


def _abroad(family: Part, given: Part, address: str) -> Somebody:
    name = f"{given.written} {family.written}"
    return Somebody(name, f"{given.reading} {family.reading}", name, address, "en")


def _address(random: Random, family: Part, given: Part, taken: set[str]) -> str:
    """An address that nobody else of them has."""
    local, host = f"{given.roman}.{family.roman}".lower(), random.choice(HOSTS)
    tries = (f"{local}{'' if again == 1 else again}@{host}" for again in count(1))
    address = next(each for each in tries if each not in taken)
    taken.add(address)
    return address
