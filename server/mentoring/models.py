"""Teams, their mentors, and the timetable of rounds."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from server.core.columns import Row, choice, moment


class QuestionKind(StrEnum):
    """How a question to teams is answered."""

    TEXT = "text"
    CHOICE = "choice"
    CONSENT = "consent"


class TeamState(StrEnum):
    """Whether a team takes part."""

    DRAFT = "draft"  # being written by its lead; nobody else sees it
    REGISTERED = "registered"
    CANCELLED = "cancelled"


class MentorState(StrEnum):
    """Whether a mentor has said yes."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ConflictSource(StrEnum):
    """Who said that a mentor and a team must not meet."""

    MENTOR = "mentor"
    TEAM = "team"
    ORGANIZER = "organizer"


class Apart(StrEnum):
    """Why a mentor and a team must not meet: one organization, who said so, or said so before."""

    ORGANIZATION = "organization"
    MENTOR = "mentor"
    TEAM = "team"
    ORGANIZER = "organizer"
    FORMER = "former"


class RoundForm(StrEnum):
    """How people come to their rooms in a round."""

    TEAMS = "teams"  # each team in its own room, mentors visit by the plan
    GROUPS = "groups"  # random groups of `group_size`
    CHOICE = "choice"  # everyone chooses a room


class RoundState(StrEnum):
    """Where a round stands. `RETURNING`: an end was asked for by hand and can be stopped."""

    PLANNED = "planned"
    OPEN = "open"
    RETURNING = "returning"
    CLOSED = "closed"


class Training(SQLModel, table=True):
    """How an event works with teams; an event without this row has none.

    `team_most`: how many sit down for one organization.
    """

    event_id: UUID = Field(primary_key=True, foreign_key="event.id")
    team_most: int = 5
    v: int = 1


class Question(Row, table=True):
    """A question that organizers ask of every team. A question no longer asked is `retired_at`.

    `number` names it for good, in addresses and drafts; `place` is where it stands on the page.
    `options` of a choice: `[{"key": …, "text": {ja, en}, "hint": {ja, en}}]`.
    """

    __table_args__ = (UniqueConstraint("event_id", "number"),)

    event_id: UUID = Field(foreign_key="event.id")
    number: int
    place: int = 0
    kind: QuestionKind = choice(QuestionKind)
    text: dict[str, str] = Field(sa_type=JSON)
    hint: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    options: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    required: bool = False
    retired_at: datetime | None = moment(default=None)
    v: int = 1


class Team(Row, table=True):
    """The participants of one organization in a training. Its room lasts over rounds and days.

    `number` is also the number of its room; given at registration, never given again. `draft` is
    what its lead has typed so far (`team_draft`); the other columns hold once it is registered.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index(  # a person writes one team at a time
            "uq_team_draft",
            "event_id",
            "lead_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    event_id: UUID = Field(foreign_key="event.id", index=True)
    number: int | None = None
    state: TeamState = choice(TeamState, default=TeamState.DRAFT)
    lead_id: UUID = Field(foreign_key="account.id", index=True)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    name: str = ""
    about: str = ""  # what kind of organization it is
    region: str = ""
    phone: str = ""
    topic_id: UUID | None = Field(default=None, foreign_key="topic.id")
    room_id: UUID | None = Field(default=None, foreign_key="room.id")
    keep_mentor: bool = False
    languages: list[str] = Field(default_factory=lambda: ["ja"], sa_type=JSON)
    draft: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = moment()
    saved_at: datetime = moment()
    registered_at: datetime | None = moment(default=None)
    v: int = 1


class TeamMember(Row, table=True):
    """Somebody who sits down for a team, from a moment until another takes the place.

    `number` is the seat: a substitute has the seat of the one before, whose row stays.
    `account_id` None: has not confirmed yet, or was invited on paper (no `address`).
    """

    __tablename__ = "team_member"
    __table_args__ = (
        Index(  # one person on a seat at a time
            "uq_team_member_seat",
            "team_id",
            "number",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_team_member_team_id", "team_id"),
    )

    team_id: UUID = Field(foreign_key="team.id")
    number: int
    name: str
    reading: str = ""
    address: str = ""
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    is_lead: bool = False
    since: datetime = moment()
    confirmed_at: datetime | None = moment(default=None)
    until: datetime | None = moment(default=None)
    replaced_by: UUID | None = Field(default=None, foreign_key="team_member.id")


class Answer(Row, table=True):
    """What a team answered: text, the key of an option, or "yes"; and who said so when."""

    __table_args__ = (UniqueConstraint("team_id", "question_id"),)

    team_id: UUID = Field(foreign_key="team.id")
    question_id: UUID = Field(foreign_key="question.id")
    value: str
    at: datetime = moment()
    account_id: UUID = Field(foreign_key="account.id")


class Mentor(Row, table=True):
    """A mentor of an event: the profile that teams see, and how many teams are taken.

    `fields` are the numbers of the event's topics.
    """

    event_id: UUID = Field(foreign_key="event.id", index=True)
    participation_id: UUID = Field(foreign_key="participation.id", unique=True)
    state: MentorState = choice(MentorState, default=MentorState.INVITED)
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    introduction: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    experience: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    fields: list[int] = Field(default_factory=list, sa_type=JSON)
    regions: list[str] = Field(default_factory=list, sa_type=JSON)
    languages: list[str] = Field(default_factory=list, sa_type=JSON)
    capacity: int = 9
    invited_at: datetime = moment()
    answered_at: datetime | None = moment(default=None)
    v: int = 1


class Availability(SQLModel, table=True):
    """Whether a mentor is free in a slot; a slot without a row was not spoken of, and is free."""

    mentor_id: UUID = Field(primary_key=True, foreign_key="mentor.id")
    slot_id: UUID = Field(primary_key=True, foreign_key="slot.id")
    free: bool


class Conflict(Row, table=True):
    """A mentor and a team, or a whole organization, that must not meet."""

    mentor_id: UUID = Field(foreign_key="mentor.id", index=True)
    team_id: UUID | None = Field(default=None, foreign_key="team.id")
    organization_id: UUID | None = Field(default=None, foreign_key="organization.id")
    source: ConflictSource = choice(ConflictSource)
    at: datetime = moment()


class Round(Row, table=True):
    """One opening of the breakout rooms of a session.

    Until it opens `starts_at` and `ends_at` are planned; from then on `ends_at` is the truth that
    every process ends it by. `former_end` is what an end asked for by hand can go back to.
    Limits are in seconds: `missing_after` a slot's start a mentor is missing, after `silent_after`
    a room is silent, `warn_at` before the end people are told, `return_seconds` an end by hand
    leaves.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index("ix_round_state_ends_at", "state", "ends_at"),
    )

    event_id: UUID = Field(foreign_key="event.id")
    session_id: UUID = Field(foreign_key="session.id", index=True)
    number: int
    form: RoundForm = choice(RoundForm, default=RoundForm.TEAMS)
    group_size: int = 4
    state: RoundState = choice(RoundState, default=RoundState.PLANNED)
    starts_at: datetime = moment()
    ends_at: datetime = moment()
    opened_at: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)
    former_end: datetime | None = moment(default=None)
    warn_at: list[int] = Field(default_factory=lambda: [300, 60, 10], sa_type=JSON)
    warned: int = 0  # how many of them have been told
    missing_after: int = 60
    silent_after: int = 300
    return_seconds: int = 60
    v: int = 1


class Slot(Row, table=True):
    """A part of a round in which a mentor is with one team. Seconds from the round's start."""

    __table_args__ = (UniqueConstraint("round_id", "number"),)

    round_id: UUID = Field(foreign_key="round.id")
    number: int
    offset: int
    length: int
    begun: bool = False  # mentors have been sent to their teams
