"""The plan of an event: what a draft becomes when it is published."""

from datetime import datetime
from typing import NamedTuple

from server.events.models import EventKind, SessionKind

Texts = dict[str, str]


class Speaker(NamedTuple):
    """Somebody who speaks in a session."""

    name: Texts
    about: Texts


class PlannedTopic(NamedTuple):
    """A topic as it will be."""

    number: int
    title: Texts
    summary: Texts


class PlannedSession(NamedTuple):
    """A session as it will be. `topic` is a topic's number. Moments in UTC."""

    number: int
    kind: SessionKind
    topic: int | None
    title: Texts
    summary: Texts
    description: Texts
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime
    by_seat: bool
    capacity: int
    speakers: list[Speaker]


class Plan(NamedTuple):
    """An event as it will be. Moments in UTC."""

    slug: str
    kind: EventKind
    title: Texts
    summary: Texts
    description: Texts
    host: Texts
    contact: Texts
    zone: str
    starts_at: datetime
    ends_at: datetime
    doors_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    capacity: int | None
    approval: bool
    topics: list[PlannedTopic]
    sessions: list[PlannedSession]
