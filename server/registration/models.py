"""Registrations: who has a seat at an event or session, who waits, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from server.core.columns import Row, choice, moment


class RegistrationState(StrEnum):
    """Where a registration stands."""

    ASKED = "asked"  # waits for the organizer's yes; holds no seat
    SEATED = "seated"
    WAITING = "waiting"  # on the waitlist
    CANCELLED = "cancelled"


class Registration(Row, table=True):
    """One participation's place at its event (`session_id` None) or at one of its sessions.

    `place` is the number on the waitlist in the order of commits; it never changes and is never
    given again. `unverified_until`: the seat of somebody who has not yet proved the mail address
    is held until then.
    """

    __table_args__ = (
        Index(
            "uq_registration_event",
            "participation_id",
            unique=True,
            sqlite_where=text("session_id IS NULL"),
            postgresql_where=text("session_id IS NULL"),
        ),
        Index(
            "uq_registration_session",
            "participation_id",
            "session_id",
            unique=True,
            sqlite_where=text("session_id IS NOT NULL"),
            postgresql_where=text("session_id IS NOT NULL"),
        ),
        Index("ix_registration_event_state", "event_id", "state"),
        Index("ix_registration_session_state", "session_id", "state"),
    )

    event_id: UUID = Field(foreign_key="event.id")
    participation_id: UUID = Field(foreign_key="participation.id")
    session_id: UUID | None = Field(default=None, foreign_key="session.id")
    state: RegistrationState = choice(RegistrationState)
    place: int | None = None
    words: str = ""  # what the person told the organizer
    unverified_until: datetime | None = moment(default=None, index=True)
    created_at: datetime = moment()
    changed_at: datetime = moment()
    v: int = 1  # also the SEQUENCE of the person's calendar entry, and the revision of mails


class RegistrationChange(Row, table=True):
    """What became of a registration: when, by whom (None: by itself) and why. Only added to."""

    __tablename__ = "registration_change"

    registration_id: UUID = Field(foreign_key="registration.id", index=True)
    at: datetime = moment()
    actor_id: UUID | None = Field(default=None, foreign_key="account.id")
    before: RegistrationState | None = choice(RegistrationState, default=None)
    after: RegistrationState = choice(RegistrationState)
    reason: str = ""


class Idempotency(SQLModel, table=True):
    """The answer that an account's request got, so that a second sending gets the same."""

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    key: str = Field(primary_key=True)
    result: dict[str, Any] = Field(sa_type=JSON)
    at: datetime = moment(index=True)
