"""Accounts: the people who can log in, their addresses, logins, mailed links; what they did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from server.core.columns import Row, moment


class Account(Row, table=True):
    """A person who can log in."""

    name: str
    reading: str = ""  # かな, sorted and searched by
    roman: str = ""
    locale: str = "ja"
    zone: str = "Asia/Tokyo"
    password_hash: str | None = None
    is_staff: bool = False
    created_at: datetime = moment()


class MailAddress(Row, table=True):
    """A mail address of an account, lower case, unique over all accounts."""

    __tablename__ = "mail_address"

    account_id: UUID = Field(foreign_key="account.id", index=True)
    address: str = Field(unique=True)
    verified_at: datetime | None = moment(default=None)


class Login(Row, table=True):
    """An authenticated browser. The cookie holds the token, the table its hash."""

    account_id: UUID = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(unique=True)
    browser: str = ""
    created_at: datetime = moment()
    seen_at: datetime = moment(index=True)
    revoked_at: datetime | None = moment(default=None)


class Link(Row, table=True):
    """A single-use link. `kind` binds it to one purpose."""

    kind: str
    token_hash: str = Field(unique=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    address: str = ""
    target: str = ""
    expires_at: datetime = moment(index=True)
    used_at: datetime | None = moment(default=None)


class Audit(Row, table=True):
    """Who did what with what, and when. Only added to; `actor_id` None: it happened by itself."""

    at: datetime = moment(index=True)
    actor_id: UUID | None = Field(default=None, foreign_key="account.id")
    verb: str
    object: str = Field(index=True)  # `kind:id`
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
