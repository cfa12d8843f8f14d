"""Writes a planned event as if it had been published, or moves the one that is there."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from server.core.db import Db
from server.events import drafts, queries
from server.events.draft import shifted
from server.events.models import (
    Event,
    EventState,
    EventVersion,
    Session,
    SessionSpeaker,
    Topic,
    VersionState,
)
from server.events.plan import Plan, PlannedSession

FACTS = (
    *("slug", "kind", "title", "summary", "description", "host", "contact", "zone"),
    *("starts_at", "ends_at", "doors_at", "opens_at", "closes_at", "capacity", "approval"),
)
SESSION_FACTS = (
    *("number", "kind", "title", "summary", "description", "starts_at", "ends_at", "doors_at"),
    *("by_seat", "capacity"),
)


async def publish(
    db: Db, plan: Plan, *, organization_id: UUID, organizer_id: UUID, accounts: dict[str, UUID]
) -> Event:
    """The event of a plan, published a day before its registration opens.

    Args:
        accounts: of speakers who can log in, by their names.
    """
    assert plan.opens_at is not None
    published_at = plan.opens_at - timedelta(days=1)
    event = Event(
        organization_id=organization_id,
        state=EventState.PUBLISHED,
        version=1,
        published_at=published_at,
        v=2,  # begun, then published
        **{name: getattr(plan, name) for name in FACTS},
    )
    db.add(event)
    await db.flush()
    topics = {
        each.number: Topic(
            event_id=event.id, number=each.number, title=each.title, summary=each.summary
        )
        for each in plan.topics
    }
    db.add_all(topics.values())
    await db.flush()
    for planned in plan.sessions:
        topic = topics[planned.topic] if planned.topic else None
        await _session(db, event, planned, topic, accounts)
    db.add(
        EventVersion(
            event_id=event.id,
            number=event.version,
            state=VersionState.PUBLISHED,
            content=await drafts.published(db, event),
            saved_at=published_at,
            saved_by=organizer_id,
        )
    )
    await db.flush()
    return event


async def _session(
    db: Db, event: Event, planned: PlannedSession, topic: Topic | None, accounts: dict[str, UUID]
) -> None:
    facts = {name: getattr(planned, name) for name in SESSION_FACTS}
    session = Session(event_id=event.id, topic_id=topic.id if topic else None, **facts)
    db.add(session)
    await db.flush()
    db.add_all(
        SessionSpeaker(
            session_id=session.id,
            number=number,
            name=each.name,
            about=each.about,
            account_id=accounts.get(each.name["ja"]),
        )
        for number, each in enumerate(planned.speakers, start=1)
    )
    await db.flush()


async def move(db: Db, event: Event, *, later: timedelta, opened_later: timedelta) -> None:
    """Move an event, with whatever was changed in it, and when its registration opened.

    Nobody is told: they are the days of a demo.
    """
    rows: list[Event | Session] = [event, *await queries.sessions_of(db, event)]
    for row in rows:
        for name in ("starts_at", "ends_at", "doors_at", "closes_at"):
            _add(row, name, later)
        db.add(row)
    _add(event, "opens_at", opened_later)
    _add(event, "published_at", opened_later)
    await db.flush()
    content = await drafts.published(db, event)
    opens = {name: text for name, text in content.items() if name == "opens"}
    found = select(EventVersion).where(
        EventVersion.event_id == event.id,
        col(EventVersion.state).in_([VersionState.PUBLISHED, VersionState.DRAFT]),
    )
    for version in await db.exec(found):
        if version.state is VersionState.DRAFT:
            version.content = shifted(version.content, later.days) | opens
        else:
            version.content = content
        db.add(version)
    await db.flush()


def _add(row: Event | Session, name: str, later: timedelta) -> None:
    moment: datetime | None = getattr(row, name, None)
    if moment is not None:
        setattr(row, name, moment + later)
