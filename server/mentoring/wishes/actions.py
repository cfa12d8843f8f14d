"""What teams and mentors wish for, kept. The caller has made sure that the actor may speak."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import select

from server.core.db import Db
from server.core.errors import NotFound
from server.mentoring import queries
from server.mentoring.models import Mentor, Team
from server.mentoring.wishes.models import Wish, WishBy

WEIGHTS: Final = (2, 1, 0, -2)  # very much, gladly, nothing said, rather not


async def of_team(
    db: Db, team: Team, wanted: Mapping[UUID, int], languages: Sequence[str], *, now: datetime
) -> None:
    """How much a team would like the mentors named, and in which languages it can speak.

    Raises:
        NotFound: a mentor is not the event's.
    """
    known = {mentor.id for mentor in await queries.mentors_of(db, team.event_id)}
    if not known.issuperset(wanted):
        raise NotFound
    said = select(Wish).where(Wish.team_id == team.id, Wish.by == WishBy.TEAM)
    there = {each.mentor_id: each for each in await db.exec(said)}
    for mentor_id, weight in wanted.items():
        wish = Wish(mentor_id=mentor_id, team_id=team.id, by=WishBy.TEAM, weight=0, at=now)
        await _keep(db, there.get(mentor_id), wish, weight, now)
    team.languages = list(languages)
    team.v += 1
    db.add(team)


async def of_mentor(db: Db, mentor: Mentor, wanted: Mapping[UUID, int], *, now: datetime) -> None:
    """How much a mentor would like the teams named.

    Raises:
        NotFound: a team is not the event's.
    """
    known = {team.id for team in await queries.teams_of(db, mentor.event_id)}
    if not known.issuperset(wanted):
        raise NotFound
    said = select(Wish).where(Wish.mentor_id == mentor.id, Wish.by == WishBy.MENTOR)
    there = {each.team_id: each for each in await db.exec(said)}
    for team_id, weight in wanted.items():
        wish = Wish(mentor_id=mentor.id, team_id=team_id, by=WishBy.MENTOR, weight=0, at=now)
        await _keep(db, there.get(team_id), wish, weight, now)


async def _keep(db: Db, there: Wish | None, wish: Wish, weight: int, now: datetime) -> None:
    if weight == (there.weight if there else 0):
        return
    if not weight:
        await db.delete(there)
        return
    kept = there or wish
    kept.weight, kept.at = weight, now
    db.add(kept)
