"""Untrusted input of the page of rounds."""

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from server.mentoring.models import RoundForm
from server.mentoring.schedule.rounds import Setup
from server.programme.forms import Clock, Day
from server.web.forms import Form

MOST_WARNINGS: Final = 5
LONGEST_WARNING: Final = 3600


def _plain(text: Any) -> str:
    return unicodedata.normalize("NFKC", str(text)).strip()


def _warnings(text: Any) -> list[int]:
    """`5:00, 1:00, 0:10` before the end, in seconds."""
    found = set()
    for part in _plain(text).replace("、", ",").split(","):
        minutes, colon, seconds = part.strip().partition(":")
        if not (colon and minutes.isdecimal() and seconds.isdecimal() and len(part) < 8):
            raise PydanticCustomError("warnings", "not a list of times")
        found.add(int(minutes) * 60 + int(seconds))
    if len(found) > MOST_WARNINGS or not all(0 < each <= LONGEST_WARNING for each in found):
        raise PydanticCustomError("warnings", "too many, or too early")
    return sorted(found, reverse=True)


Number = BeforeValidator(_plain)


class SetupForm(Form):
    """A round. Without teams it is as long as one slot."""

    v: int = 0
    session: UUID
    form: RoundForm
    group_size: Annotated[int, Number, Field(ge=2, le=12)] = 4
    day: Day
    begins: Clock
    slots: Annotated[int, Number, Field(ge=1, le=12)] = 1
    minutes: Annotated[int, Number, Field(ge=1, le=240)]
    travel: Annotated[int, Number, Field(ge=0, le=60)] = 0
    warn: Annotated[list[int], BeforeValidator(_warnings), Field(default_factory=list)]
    missing_after: Annotated[int, Number, Field(ge=10, le=900)] = 60
    silent_after: Annotated[int, Number, Field(ge=1, le=60)] = 5  # minutes
    return_seconds: Annotated[int, Number, Field(ge=10, le=300)] = 60

    def setup(self, zone: str) -> Setup:
        """As the rounds' actions want it; times are of the event's zone."""
        starts_at = datetime.combine(self.day, self.begins, ZoneInfo(zone)).astimezone(UTC)
        return Setup(
            session_id=self.session,
            form=self.form,
            group_size=self.group_size,
            starts_at=starts_at,
            slots=self.slots,
            slot=self.minutes * 60,
            travel=self.travel * 60,
            warn_at=self.warn,
            missing_after=self.missing_after,
            silent_after=self.silent_after * 60,
            return_seconds=self.return_seconds,
        )
