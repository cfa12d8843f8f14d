"""Untrusted input of the pages of plans."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from server.mentoring.plans.sheet_reading import MOST_BYTES
from server.web.forms import Form


class How(StrEnum):
    """What the simple rule may do: only fill gaps, or make everything anew that is not locked."""

    OPEN = "open"
    ANEW = "anew"


class VisitForm(Form):
    """A team for a cell; `was`: the team that the page showed there. `view`: list or grid."""

    mentor: UUID
    slot: UUID
    team: UUID | None = None
    was: UUID | None = None
    view: Annotated[str, Field(max_length=10)] = ""


class LockForm(Form):
    """A visit that is to stay where it is, or may move again."""

    mentor: UUID
    slot: UUID
    team: UUID
    on: bool
    view: Annotated[str, Field(max_length=10)] = ""


class FillForm(Form):
    """Gaps, or everything that is not locked."""

    how: How


class UndoForm(Form):
    """The draft that the person has looked at."""

    v: int


class PublishForm(Form):
    """The draft that the person has looked at, and how many visits against a rule are meant."""

    v: int
    despite: int = 0


class TakeForm(Form):
    """The table that the person has seen compared with the draft."""

    v: int
    text: Annotated[str, Field(max_length=MOST_BYTES)]
