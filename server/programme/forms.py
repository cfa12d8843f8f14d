"""Untrusted input of the editor's pages."""

from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from server.events.clocks import clock_of, day_of
from server.events.models import EventKind
from server.events.reading import SLUG
from server.web.forms import Form

ZONE: Final = "Asia/Tokyo"  # of a new event; the editor changes it


def _day(text: Any) -> date:
    found = day_of(str(text))
    if found is None:
        raise PydanticCustomError("day", "not a day")
    return found


def _clock(text: Any) -> time:
    found = clock_of(str(text))
    if found is None:
        raise PydanticCustomError("clock", "not a time of day")
    return found


Day = Annotated[date, BeforeValidator(_day)]
Clock = Annotated[time, BeforeValidator(_clock)]
Slug = Annotated[str, Field(pattern=rf"^{SLUG.pattern}$")]
Title = Annotated[str, Field(max_length=120)]


class NewEventForm(Form):
    """The few facts that an event begins with."""

    organization: UUID
    kind: EventKind
    title: Title
    title_en: Title = ""
    slug: Slug
    day: Day
    begins: Clock
    ends: Clock

    @field_validator("ends")
    @classmethod
    def _after_it_begins(cls, ends: time, info: ValidationInfo) -> time:
        if "begins" in info.data and ends <= info.data["begins"]:
            raise PydanticCustomError("ends_first", "it ends before it begins")
        return ends

    @property
    def starts_at(self) -> datetime:
        """When it starts, in UTC."""
        return datetime.combine(self.day, self.begins, ZoneInfo(ZONE)).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """When it ends, in UTC."""
        return datetime.combine(self.day, self.ends, ZoneInfo(ZONE)).astimezone(UTC)

    @property
    def texts(self) -> dict[str, str]:
        """The title in the languages there are."""
        return {"ja": self.title} | ({"en": self.title_en} if self.title_en else {})


class DuplicateForm(Form):
    """A new event after the model of another."""

    slug: Slug
    day: Day


class PublishForm(Form):
    """The draft that the person has looked at."""

    v: int
