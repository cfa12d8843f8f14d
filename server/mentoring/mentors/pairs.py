"""Who must not meet whom, as pages name them: mentors, teams and organizations by their names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.core.i18n import N_
from server.events.models import Event, Participation
from server.mentoring import queries
from server.mentoring.forms import ApartForm
from server.mentoring.mentors import words as mentor_words
from server.mentoring.models import Conflict, ConflictSource, Mentor, Team
from server.organizations.models import Organization
from server.registration.search import folded

NO_SUCH_ORGANIZATION: Final = N_("この名前の団体は、見つかりません。一覧から選んでください。")
NO_SUCH_PAIR: Final = N_("この名前は、見つかりません。一覧から選んでください。")
MOST_OFFERED: Final = 500  # names in a list that a browser offers while one types


class ApartTeam(NamedTuple):
    """A conflict as the page of its team shows it."""

    conflict: Conflict
    mentor: str


def named(names: Mapping[UUID, str], text: str) -> UUID | None:
    """Whose name a typed text is, however it is written."""
    wanted = folded(text)
    return next((each for each, name in names.items() if wanted and folded(name) == wanted), None)


def label(team: Team) -> str:
    """How a team stands in a list that a browser offers: its number and its name."""
    return f"{team.number} {team.name}"


async def organization_id(db: Db, text: str) -> UUID | None:
    """The organization of a name."""
    found = select(Organization.id).where(Organization.name == text.strip())
    return (await db.exec(found)).one_or_none()


async def of_team(db: Db, team: Team) -> list[ApartTeam]:
    """Whom a team must not meet, whoever said so; also through its organization."""
    found = (
        select(Conflict, Account.name)
        .join(Mentor, col(Mentor.id) == col(Conflict.mentor_id))
        .join(Participation, col(Participation.id) == col(Mentor.participation_id))
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(
            Mentor.event_id == team.event_id,
            (col(Conflict.team_id) == team.id)
            | (
                col(Conflict.organization_id).is_not(None)
                & (col(Conflict.organization_id) == team.organization_id)
            ),
        )
        .order_by(col(Conflict.at), col(Conflict.id))
    )
    return [ApartTeam(*row) for row in (await db.exec(found)).all()]


async def forget_of_team(db: Db, team: Team, conflict_id: UUID) -> None:
    """Take back a conflict of a team; one that is about its whole organization stays."""
    await db.exec(
        delete(Conflict).where(col(Conflict.id) == conflict_id, col(Conflict.team_id) == team.id)
    )


async def keep_apart(
    db: Db,
    event: Event,
    mentor: Mentor,
    names: ApartForm | None,
    *,
    source: ConflictSource,
    now: datetime,
) -> str:
    """Keep a mentor apart from a team or an organization that is named as lists name it; the
    field whose name is nobody's, or nothing where all is well.
    """
    if names is None or not (names.team or names.organization):
        return "team"
    if names.team:
        found = {team.id: label(team) for team in await queries.teams_of(db, event.id)}
        plain = {team_id: text.partition(" ")[2] for team_id, text in found.items()}
        team_id = named(found, names.team) or named(plain, names.team)
        if team_id is None:
            return "team"
        await mentor_words.keep_apart(db, mentor, source=source, now=now, team_id=team_id)
    if names.organization:
        organization = await organization_id(db, names.organization)
        if organization is None:
            return "organization"
        await mentor_words.keep_apart(
            db, mentor, source=source, now=now, organization_id=organization
        )
    return ""
