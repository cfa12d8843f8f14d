"""The time zones to choose from, each in the words of a language."""

from functools import cache
from itertools import groupby
from typing import NamedTuple
from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from server.core.i18n import Locale


class Zone(NamedTuple):
    """A zone by its IANA name, and in words."""

    name: str
    words: str


@cache
def zones(locale: Locale) -> list[tuple[str, list[Zone]]]:
    """The zones of each part of the world (`Asia`, …), both by name; without old spellings."""
    named = sorted(zone for zone in available_timezones() if zone in get_global("zone_territories"))
    return [
        (part, [Zone(zone, get_timezone_location(zone, locale=locale)) for zone in group])
        for part, group in groupby(named, key=lambda zone: zone.partition("/")[0])
    ]
