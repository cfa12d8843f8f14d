"""Which part of the assignment an organizer looks at, as the page's address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self
from urllib.parse import urlencode
from uuid import UUID

LIST: Final = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A round by its number, a team by its number, a mentor beside it; `trial`: the mentor whom
    the team would have instead; the list in place of the table.
    """

    round: int | None = None
    team: int | None = None
    mentor: UUID | None = None
    trial: UUID | None = None
    view: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The look of an address; what makes no sense is left out."""
        return cls(
            round=_number(params.get("round", "")),
            team=_number(params.get("team", "")),
            mentor=_id(params.get("mentor", "")),
            trial=_id(params.get("trial", "")),
            view=LIST if params.get("view") == LIST else "",
        )

    def but(self, **changes: object) -> Self:
        """The same with something else in it; a trial ends where it is not named."""
        return replace(self, **({"trial": None} | changes))  # type: ignore[arg-type]  # own fields

    @property
    def query(self) -> str:
        """As a query string, with its question mark; empty for the whole plan."""
        parts = {
            "round": self.round,
            "team": self.team,
            "mentor": self.mentor,
            "trial": self.trial,
            "view": self.view,
        }
        filled = {name: str(value) for name, value in parts.items() if value not in (None, "")}
        return f"?{urlencode(filled)}" if filled else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
