"""The organizer's list of teams: found, filtered and counted in as many queries for one as for all.

Everything is read in light queries and searched here, so that both databases find the same.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.events import queries as events
from server.events.models import Event, Topic
from server.mentoring.models import Team, TeamMember, TeamState
from server.mentoring.teams.queries import SHOWN
from server.mentoring.teams.rules import waits
from server.registration.search import folded, matches


class Shown(StrEnum):
    """Which teams the list shows; `OPEN`: somebody has not confirmed yet."""

    ALL = ""
    REGISTERED = "registered"
    OPEN = "open"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the list. `topic` None: it has none."""

    team: Team
    members: tuple[TeamMember, ...]
    topic: Topic | None

    @property
    def confirmed(self) -> int:
        """How many have confirmed."""
        return sum(not waits(member) for member in self.members)

    @property
    def lead(self) -> str:
        """The name of who speaks for it."""
        return next((member.name for member in self.members if member.is_lead), "")

    def is_shown(self, shown: Shown) -> bool:
        """Whether a filter lets it stand."""
        registered = self.team.state is TeamState.REGISTERED
        if shown is Shown.OPEN:
            return registered and self.confirmed < len(self.members)
        if shown is Shown.REGISTERED:
            return registered
        return shown is Shown.ALL or not registered


async def of_event(db: Db, event: Event) -> list[TeamRow]:
    """The teams that are or were registered, by their numbers."""
    found = select(Team).where(Team.event_id == event.id, col(Team.state).in_(SHOWN))
    all_of_them = (await db.exec(found.order_by(col(Team.number)))).all()
    seated = (
        select(TeamMember)
        .join(Team, col(Team.id) == col(TeamMember.team_id))
        .where(
            Team.event_id == event.id,
            col(Team.state).in_(SHOWN),
            col(TeamMember.until).is_(None),
        )
        .order_by(col(TeamMember.number))
    )
    members: dict[UUID, list[TeamMember]] = {team.id: [] for team in all_of_them}
    for member in await db.exec(seated):
        members[member.team_id].append(member)
    topics = {topic.id: topic for topic in await events.topics_of(db, event)}
    return [
        TeamRow(team, tuple(members[team.id]), topics.get(team.topic_id) if team.topic_id else None)
        for team in all_of_them
    ]


def searched(rows: Sequence[TeamRow], query: str) -> list[TeamRow]:
    """Those whose name, region or number, or the name, reading or address of whose people, has the
    query in it.
    """
    wanted = folded(query)
    return [row for row in rows if matches(wanted, _texts(row))]


def counted(rows: Sequence[TeamRow]) -> Counter[Shown]:
    """How many each filter lets stand."""
    return Counter({shown: sum(row.is_shown(shown) for row in rows) for shown in Shown})


def _texts(row: TeamRow) -> list[str]:
    team = row.team
    people = [text for each in row.members for text in (each.name, each.reading, each.address)]
    return [team.name, team.about, team.region, str(team.number), *people]
