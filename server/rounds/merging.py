"""Two teams in one room for a slot: the one whose mentor did not come is with another's."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import select

from server.core.db import Db
from server.events.models import Session
from server.mentoring import queries
from server.mentoring.models import Round, Slot, Team
from server.mentoring.schedule import timetable
from server.rooms import moving
from server.rooms.models import PlacedBy, Placement, Room


async def join(
    db: Db,
    round_: Round,
    session: Session,
    team: Team,
    room: Room,
    *,
    actor: UUID | None,
    now: datetime,
) -> set[UUID]:
    """The people of a team go to another team's room; they come home when the slot is over."""
    people = (await queries.participations_by_team(db, round_.event_id))[team.id]
    places = dict.fromkeys(people, room)
    return await moving.move(db, session, places, cause=PlacedBy.MERGED, now=now, actor=actor)


async def over(db: Db, round_: Round, slots: Collection[Slot], now: datetime) -> list[Placement]:
    """Where people still are who came to another team's room for a slot that is over."""
    found = select(Placement).where(
        Placement.session_id == round_.session_id, Placement.cause == PlacedBy.MERGED
    )
    spans = [timetable.span_of(round_, slot) for slot in slots]
    return [
        row
        for row in await db.exec(found)
        if not any(span.holds(row.at) and span.holds(now) for span in spans)
    ]


async def bring_home(
    db: Db,
    round_: Round,
    session: Session,
    slots: Collection[Slot],
    rooms: dict[UUID, Room],
    now: datetime,
) -> set[UUID]:
    """Those whose slot is over go to their own team's room. `rooms` are by team."""
    people = {row.participation_id for row in await over(db, round_, slots, now)}
    if not people:
        return set()
    by_team = await queries.participations_by_team(db, round_.event_id)
    places = {
        person: rooms[team_id]
        for team_id, members in by_team.items()
        for person in members
        if person in people and team_id in rooms
    }
    return await moving.move(db, session, places, cause=PlacedBy.ROUND, now=now)
