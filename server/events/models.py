"""Events, their sessions, and what a person is in an event."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

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


class Event(Row, table=True):
    """The whole programme with one registration. Texts are `{ja: …, en: …}`, one is enough."""

    slug: str = Field(unique=True)
    kind: EventKind = choice(EventKind)
    title: dict[str, str] = Field(sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    host: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    zone: str = "Asia/Tokyo"
    state: EventState = choice(EventState, default=EventState.DRAFT)
    starts_at: datetime = moment(index=True)
    ends_at: datetime = moment()
    v: int = 1


class Session(Row, table=True):
    """One scheduled unit of an event, addressed by its number."""

    __table_args__ = (UniqueConstraint("event_id", "number"),)

    event_id: UUID = Field(foreign_key="event.id", index=True)
    number: int
    kind: SessionKind = choice(SessionKind)
    title: dict[str, str] = Field(sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    doors_at: datetime = moment()
    capacity: int = 9
    v: int = 1


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
