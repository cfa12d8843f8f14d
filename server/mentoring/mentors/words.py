"""What is said of mentors: the profile, when they are free, whom they must not meet.

The caller has made sure that the actor may.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Event
from server.mentoring.models import Availability, Conflict, ConflictSource, Mentor, Round, Slot

LANGUAGE: Final = "language-"  # a box is named language-<code>
LANGUAGES: Final = ("ja", "en", "zh", "ko", "vi", "pt", "es", "fr", "sign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a mentor says of the own work. `fields` are numbers of the event's topics."""

    title: dict[str, str]
    introduction: dict[str, str]
    experience: dict[str, str]
    fields: list[int]
    regions: list[str]
    languages: list[str]
    capacity: int
    organization_id: UUID | None


async def write_profile(db: Db, mentor: Mentor, profile: Profile) -> None:
    """Keep what a mentor says of the own work."""
    mentor.title, mentor.introduction = profile.title, profile.introduction
    mentor.experience, mentor.fields = profile.experience, profile.fields
    mentor.regions, mentor.languages = profile.regions, profile.languages
    mentor.capacity, mentor.organization_id = profile.capacity, profile.organization_id
    mentor.v += 1
    db.add(mentor)


async def be_free(db: Db, event: Event, mentor: Mentor, free: Mapping[UUID, bool]) -> None:
    """Keep in which slots of the event a mentor is free; other slots are not touched.

    Raises:
        NotFound: a slot is not the event's.
    """
    found = select(Slot.id).join(Round, col(Round.id) == col(Slot.round_id))
    own = set((await db.exec(found.where(Round.event_id == event.id))).all())
    if not own.issuperset(free):
        raise NotFound
    said = select(Availability).where(Availability.mentor_id == mentor.id)
    known = {each.slot_id: each for each in await db.exec(said)}
    for slot_id, is_free in free.items():
        row = known.get(slot_id) or Availability(mentor_id=mentor.id, slot_id=slot_id, free=is_free)
        row.free = is_free
        db.add(row)


async def keep_apart(
    db: Db,
    mentor: Mentor,
    *,
    source: ConflictSource,
    now: datetime,
    team_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> None:
    """Say that a mentor must not meet a team, or any team of an organization; again adds nothing.

    `source`: who says so.
    """
    assert (team_id is None) != (organization_id is None)
    await db.exec(select(Mentor.id).where(Mentor.id == mentor.id).with_for_update())
    same = select(Conflict.id).where(
        Conflict.mentor_id == mentor.id,
        Conflict.source == source,
        col(Conflict.team_id).is_not_distinct_from(team_id),
        col(Conflict.organization_id).is_not_distinct_from(organization_id),
    )
    if (await db.exec(same)).first() is None:
        db.add(
            Conflict(
                mentor_id=mentor.id,
                team_id=team_id,
                organization_id=organization_id,
                source=source,
                at=now,
            )
        )


async def let_meet(
    db: Db, mentor: Mentor, conflict_id: UUID, *, source: ConflictSource | None = None
) -> None:
    """Take back that a mentor must not meet somebody. `source`: only what was said by these."""
    theirs = () if source is None else (col(Conflict.source) == source,)
    await db.exec(
        delete(Conflict).where(
            col(Conflict.id) == conflict_id, col(Conflict.mentor_id) == mentor.id, *theirs
        )
    )
