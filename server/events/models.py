"""Events, their sessions, and what a person is in an event."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import Row, choice, moment


class EventKind(StrEnum):
    """What an event is as a whole."""

    FORUM = "forum"
    TRAINING = "training"


class EventState(StrEnum):
    """Whether people can see the event."""

    DRAFT = "draft"
    PUBLISHED = "published"


class SessionKind(StrEnum):
    """What happens in a session; decides who may publish media."""

    STAGE = "stage"
    DISCUSSION = "discussion"
    ROUND = "round"
    RELAY = "relay"
    LOBBY = "lobby"


class Role(StrEnum):
    """What a person is in one event."""

    PARTICIPANT = "participant"
    MENTOR = "mentor"
    ORGANIZER = "organizer"
    SPEAKER = "speaker"
    OBSERVER = "observer"


class VersionState(StrEnum):
    """Whether a version of an event is being written, is what people see, or was."""

    DRAFT = "draft"
    PUBLISHED = "published"
    FORMER = "former"


class Event(Row, table=True):
    """The whole programme with one registration. Texts are `{ja: …, en: …}`, one is enough.

    `doors_at` None: the doors of its sessions say it. `opens_at`/`closes_at` bound registration
    (None: at once; until it ends). `capacity` None: as many as come.
    """

    slug: str = Field(unique=True)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id", index=True)
    kind: EventKind = choice(EventKind)
    title: dict[str, str] = Field(sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    description: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # Markdown
    host: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    contact: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    zone: str = "Asia/Tokyo"
    state: EventState = choice(EventState, default=EventState.DRAFT)
    starts_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    doors_at: datetime | None = moment(default=None)
    opens_at: datetime | None = moment(default=None)
    closes_at: datetime | None = moment(default=None)
    capacity: int | None = None
    approval: bool = False  # an organizer says yes to each registration
    version: int = 0  # the number of the published version
    published_at: datetime | None = moment(default=None)
    v: int = 1


class FormerSlug(SQLModel, table=True):
    """A slug that an event once had; it leads to the present one for ever."""

    __tablename__ = "former_slug"

    slug: str = Field(primary_key=True)
    event_id: UUID = Field(foreign_key="event.id", index=True)


class EventVersion(Row, table=True):
    """A version of an event's whole text and programme; at most one is the draft.

    The editor writes the draft; publishing copies it into event, topics and sessions. `content`
    is what `server.events.draft.Draft` says.
    """

    __tablename__ = "event_version"
    __table_args__ = (UniqueConstraint("event_id", "number"),)

    event_id: UUID = Field(foreign_key="event.id")
    number: int
    state: VersionState = choice(VersionState)
    content: dict[str, Any] = Field(sa_type=JSON)
    saved_at: datetime = moment()
    saved_by: UUID | None = Field(default=None, foreign_key="account.id")
    v: int = 1


class Topic(Row, table=True):
    """A part of an event's programme (分野)."""

    __table_args__ = (UniqueConstraint("event_id", "number"),)

    event_id: UUID = Field(foreign_key="event.id")
    number: int
    title: dict[str, str] = Field(sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)


class Session(Row, table=True):
    """One scheduled unit of an event, addressed by its number.

    `by_seat`: one takes a seat of its own here, of `capacity`; else everyone of the event comes.
    `ical_sequence` rises when its calendar entry changes (RFC 5545 §3.8.7.4). A session that a
    published version no longer has is `cancelled_at`.
    """

    __table_args__ = (UniqueConstraint("event_id", "number"),)

    event_id: UUID = Field(foreign_key="event.id", index=True)
    number: int
    kind: SessionKind = choice(SessionKind)
    title: dict[str, str] = Field(sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    doors_at: datetime = moment()
    topic_id: UUID | None = Field(default=None, foreign_key="topic.id")
    description: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  # Markdown
    by_seat: bool = False
    capacity: int = 9
    ical_sequence: int = 0
    cancelled_at: datetime | None = moment(default=None)
    v: int = 1


class SessionSpeaker(Row, table=True):
    """Somebody who speaks in a session, with or without an account."""

    __tablename__ = "session_speaker"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    session_id: UUID = Field(foreign_key="session.id")
    number: int
    name: dict[str, str] = Field(sa_type=JSON)
    about: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")


class Participation(Row, table=True):
    """One account in one event. Roles, seats and records hang on it."""

    __table_args__ = (UniqueConstraint("event_id", "account_id"),)

    event_id: UUID = Field(foreign_key="event.id", index=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    created_at: datetime = moment()


class ParticipationRole(Row, table=True):
    """A role of a participation; there may be several."""

    __tablename__ = "participation_role"
    __table_args__ = (UniqueConstraint("participation_id", "role"),)

    participation_id: UUID = Field(foreign_key="participation.id", index=True)
    role: Role = choice(Role)
