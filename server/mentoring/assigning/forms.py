"""Untrusted input of the pages of the assignment."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from server.mentoring.solving.weights import USUAL, Level
from server.web.forms import Form


class OfLookForm(Form):
    """What the page showed when something was done: its round and team by their numbers."""

    round: int | None = None
    team: int | None = None
    view: Annotated[str, Field(max_length=10)] = ""


class SolveForm(OfLookForm):
    """The best plan is to be looked for; `near`: with as few changes as can be."""

    near: bool = False


class WeighForm(OfLookForm):
    """How much each reason counts; `before`: the levels that the page showed, in the same order."""

    before: Annotated[str, Field(max_length=100)]
    field: Level
    region: Level
    language: Level
    team_wish: Level
    mentor_wish: Level
    met: Level
    load: Level

    @property
    def levels(self) -> dict[str, Level]:
        """By the names of the reasons."""
        return {name: Level(getattr(self, name)) for name in USUAL}


class PairForm(OfLookForm):
    """Another mentor for the team of the look, in the draft that the person has looked at."""

    v: int
    mentor: UUID


class LockForm(OfLookForm):
    """A visit that is to stay where it is, or may move again."""

    mentor: UUID
    slot: UUID
    on: bool
