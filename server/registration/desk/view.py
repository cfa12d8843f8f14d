"""Which part of the people list an organizer looks at, as its address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from server.registration.models import RegistrationState

PAGE: Final = 50
LONGEST_SEARCH: Final = 100
LONGEST_KEY: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A search, a filter (None: all), the place of the first row, the person who is open, and the
    request whose result is told.
    """

    q: str = ""
    state: RegistrationState | None = None
    start: int = 0
    who: UUID | None = None
    result: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The view of an address; what makes no sense is left out."""
        start = params.get("from", "")
        return cls(
            q=params.get("q", "").strip()[:LONGEST_SEARCH],
            state=_state(params.get("state", "")),
            start=int(start) if start.isascii() and start.isdecimal() and len(start) < 6 else 0,
            who=_id(params.get("who", "")),
            result=params.get("result", "")[:LONGEST_KEY],
        )

    @classmethod
    def of_query(cls, query: str) -> Self:
        """The view of a query string."""
        return cls.of(dict(parse_qsl(query)))

    def but(self, **changes: object) -> Self:
        """This view with something else in it; the result is not told again."""
        return replace(self, **({"result": ""} | changes))  # type: ignore[arg-type]  # own fields

    @property
    def query(self) -> str:
        """As a query string, with its question mark; empty for the whole list."""
        parts = {
            "q": self.q,
            "state": self.state or "",
            "from": str(self.start) if self.start else "",
            "who": str(self.who or ""),
            "result": self.result,
        }
        filled = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(filled)}" if filled else ""


def _state(text: str) -> RegistrationState | None:
    return RegistrationState(text) if text in set(RegistrationState) else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
