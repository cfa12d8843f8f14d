"""Long lists: what is searched for, and which page of it is looked at."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

PAGE: Final = 50  # rows
LONGEST_SEARCH: Final = 100
LAST_PAGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search and a page, as the address says them."""

    text: str
    number: int  # from 1

    @property
    def offset(self) -> int:
        """The rows before this page."""
        return (self.number - 1) * PAGE


@dataclass(frozen=True, slots=True)
class Paging:
    """Which rows of how many are shown."""

    wanted: Wanted
    total: int

    @property
    def first(self) -> int:
        """The number of the first row shown; 0 when there is none."""
        return self.wanted.offset + 1 if self.total > self.wanted.offset else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.total, self.wanted.offset + PAGE)

    @property
    def before(self) -> int | None:
        """The page before, if there is one."""
        return self.wanted.number - 1 if self.wanted.number > 1 else None

    @property
    def after(self) -> int | None:
        """The next page, if there is one."""
        return self.wanted.number + 1 if self.last < self.total else None


def wanted(request: Request) -> Wanted:
    """What the address asks for: `?q=text&page=number`; nonsense becomes the first page."""
    text = request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
    number = request.query_params.get("page", "1")
    valid = number.isascii() and number.isdecimal() and len(number) < len(str(LAST_PAGE))
    return Wanted(text, max(1, int(number)) if valid else 1)
