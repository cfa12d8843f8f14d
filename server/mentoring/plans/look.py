"""Which part of a plan an organizer looks at, as the page's address says it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, Self
from urllib.parse import urlencode
from uuid import UUID

LIST: Final = "list"


class Undo(NamedTuple):
    """A cell, the team that goes back into it (None: nobody), and the team that it has now."""

    mentor: UUID
    slot: UUID
    team: UUID | None
    was: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A chosen cell (mentor and slot) or a team in a round; the list in place of the grid; what
    can be undone; how many visits were filled in.
    """

    mentor: UUID | None = None
    slot: UUID | None = None
    team: UUID | None = None
    round: UUID | None = None
    view: str = ""
    undo: Undo | None = None
    filled: int | None = None

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Self:
        """The look of an address; what makes no sense is left out."""
        filled = params.get("filled", "")
        return cls(
            mentor=_id(params.get("mentor", "")),
            slot=_id(params.get("slot", "")),
            team=_id(params.get("team", "")),
            round=_id(params.get("round", "")),
            view=LIST if params.get("view") == LIST else "",
            undo=_undo(params.get("undo", "")),
            filled=int(filled) if filled.isascii() and filled.isdecimal() else None,
        )

    def at(self, mentor: UUID, slot: UUID, undo: Undo | None = None) -> Self:
        """The same with a cell chosen."""
        return replace(
            self, mentor=mentor, slot=slot, team=None, round=None, undo=undo, filled=None
        )

    def of_team(self, team: UUID, round_id: UUID) -> Self:
        """The same with a team in a round chosen."""
        return replace(
            self, mentor=None, slot=None, team=team, round=round_id, undo=None, filled=None
        )

    def but(self, **changes: object) -> Self:
        """The same with something else in it."""
        return replace(self, **changes)  # type: ignore[arg-type]  # own fields

    @property
    def query(self) -> str:
        """As a query string, with its question mark; empty for the whole plan."""
        parts = {
            "mentor": self.mentor,
            "slot": self.slot,
            "team": self.team,
            "round": self.round,
            "view": self.view,
            "undo": ".".join(str(part or "") for part in self.undo) if self.undo else "",
            "filled": self.filled,
        }
        filled = {name: str(value) for name, value in parts.items() if value not in (None, "")}
        return f"?{urlencode(filled)}" if filled else ""


def _undo(text: str) -> Undo | None:
    parts = text.split(".")
    if len(parts) != 4:
        return None
    mentor, slot, team, was = (_id(part) for part in parts)
    return Undo(mentor, slot, team, was) if mentor and slot else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
