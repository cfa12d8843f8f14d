"""Reads of wishes."""

from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.mentoring.matching.worth import Wishes
from server.mentoring.models import Mentor, Team
from server.mentoring.wishes.models import Wish, WishBy


async def of_team(db: Db, team: Team) -> dict[UUID, int]:
    """How much a team would like each mentor of whom it has spoken."""
    said = select(Wish.mentor_id, Wish.weight)
    found = said.where(Wish.team_id == team.id, Wish.by == WishBy.TEAM)
    return dict((await db.exec(found)).all())


async def of_mentor(db: Db, mentor: Mentor) -> dict[UUID, int]:
    """How much a mentor would like each team of which one has spoken."""
    said = select(Wish.team_id, Wish.weight)
    found = said.where(Wish.mentor_id == mentor.id, Wish.by == WishBy.MENTOR)
    return dict((await db.exec(found)).all())


async def by_pair(db: Db, event_id: UUID) -> dict[tuple[UUID, UUID], Wishes]:
    """What the mentors and the teams of an event wish for each other, by (mentor, team)."""
    said = select(Wish).join(Team, col(Team.id) == col(Wish.team_id))
    pairs: dict[tuple[UUID, UUID], dict[WishBy, int]] = {}
    for wish in await db.exec(said.where(Team.event_id == event_id)):
        pairs.setdefault((wish.mentor_id, wish.team_id), {})[wish.by] = wish.weight
    return {
        pair: Wishes(team=each.get(WishBy.TEAM, 0), mentor=each.get(WishBy.MENTOR, 0))
        for pair, each in pairs.items()
    }
