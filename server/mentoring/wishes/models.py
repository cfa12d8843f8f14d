"""What teams and mentors wish for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from server.core.columns import Choice, moment


class WishBy(StrEnum):
    """Who wishes for the other."""

    TEAM = "team"
    MENTOR = "mentor"


class Wish(SQLModel, table=True):
    """How much a team would like a mentor or a mentor a team: 2 very much, 1 gladly, −2 rather not.

    Nothing was said where there is no row.
    """

    mentor_id: UUID = Field(primary_key=True, foreign_key="mentor.id")
    team_id: UUID = Field(primary_key=True, foreign_key="team.id", index=True)
    by: WishBy = Field(sa_type=Choice(WishBy), primary_key=True)
    weight: int
    at: datetime = moment()
