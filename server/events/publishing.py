"""A plan becomes what people see: the event, its topics and sessions, and what the log tells."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select

from server.core.db import Db
from server.events import queries, told
from server.events.models import Event, FormerSlug, Session, SessionSpeaker, Topic
from server.events.plan import Plan, PlannedSession
from server.live import log

_FACTS = (
    *("kind", "title", "summary", "description", "host", "contact", "zone"),
    *("starts_at", "ends_at", "doors_at", "opens_at", "closes_at", "capacity", "approval"),
)
_SESSION_FACTS = (
    *("kind", "title", "summary", "description", "starts_at", "ends_at", "doors_at"),
    *("by_seat", "capacity"),
)
_IN_CALENDARS = ("title", "starts_at", "ends_at")


async def apply(db: Db, event: Event, plan: Plan, *, now: datetime) -> None:
    """Copy the plan into the event's rows, within the caller's transaction that holds the event.

    A session that the plan no longer has is cancelled, not deleted: people have it in their
    calendars. The event's stream tells what moved and what was called off.
    """
    await _rename(db, event, plan.slug)
    for name in _FACTS:
        setattr(event, name, getattr(plan, name))
    event.v += 1
    db.add(event)
    topics = await _topics(db, event, plan)
    known = {session.number: session for session in await queries.sessions_of(db, event)}
    for planned in plan.sessions:
        topic_id = topics[planned.topic] if planned.topic else None
        await _session(db, event, known.pop(planned.number, None), planned, topic_id, now)
    for session in known.values():
        await _cancel(db, event, session, now)
    await _forget_topics(db, event, set(topics))
    published = {"event": str(event.id), "version": event.version}
    await _tell(db, event, told.EVENT_PUBLISHED, published, now)


async def _rename(db: Db, event: Event, slug: str) -> None:
    if slug == event.slug:
        return
    await db.exec(delete(FormerSlug).where(col(FormerSlug.slug) == slug))  # its own, come back to
    db.add(FormerSlug(slug=event.slug, event_id=event.id))
    event.slug = slug
    await db.flush()


async def _topics(db: Db, event: Event, plan: Plan) -> dict[int, UUID]:
    known = {topic.number: topic for topic in await queries.topics_of(db, event)}
    ids = {}
    for planned in plan.topics:
        topic = known.get(planned.number) or Topic(
            event_id=event.id, number=planned.number, title=planned.title
        )
        topic.title, topic.summary = planned.title, planned.summary
        db.add(topic)
        ids[planned.number] = topic.id
    await db.flush()
    return ids


async def _forget_topics(db: Db, event: Event, kept: set[int]) -> None:
    await db.flush()  # no session names one of them any more
    for topic in await queries.topics_of(db, event):
        if topic.number not in kept:
            for session in await db.exec(select(Session).where(Session.topic_id == topic.id)):
                session.topic_id = None
                db.add(session)
            await db.flush()
            await db.delete(topic)
    await db.flush()


async def _session(
    db: Db,
    event: Event,
    known: Session | None,
    planned: PlannedSession,
    topic_id: UUID | None,
    now: datetime,
) -> None:
    facts = {name: getattr(planned, name) for name in _SESSION_FACTS} | {"topic_id": topic_id}
    if known is None:
        session = Session(event_id=event.id, number=planned.number, **facts)
        db.add(session)
        await db.flush()
        await _speakers(db, session, planned)
        return
    was = known.starts_at, known.ends_at
    in_calendars = [getattr(known, name) for name in _IN_CALENDARS]
    restored, known.cancelled_at = known.cancelled_at is not None, None
    for name, value in facts.items():
        setattr(known, name, value)
    moved = restored or was != (known.starts_at, known.ends_at)
    if moved or in_calendars != [getattr(known, name) for name in _IN_CALENDARS]:
        known.ical_sequence += 1
    known.v += 1
    db.add(known)
    await db.flush()
    await _speakers(db, known, planned)
    if moved:
        await _tell_session(db, event, told.SESSION_MOVED, known, now)


async def _cancel(db: Db, event: Event, session: Session, now: datetime) -> None:
    if session.cancelled_at is not None:
        return
    session.cancelled_at = now
    session.ical_sequence += 1
    session.v += 1
    db.add(session)
    await db.flush()
    await _tell_session(db, event, told.SESSION_CANCELLED, session, now)


async def _speakers(db: Db, session: Session, planned: PlannedSession) -> None:
    await db.exec(delete(SessionSpeaker).where(col(SessionSpeaker.session_id) == session.id))
    for number, speaker in enumerate(planned.speakers, start=1):
        db.add(
            SessionSpeaker(
                session_id=session.id, number=number, name=speaker.name, about=speaker.about
            )
        )
    await db.flush()


async def _tell_session(db: Db, event: Event, type_: str, session: Session, now: datetime) -> None:
    changed = {"session": str(session.id), "sequence": session.ical_sequence}
    await _tell(db, event, type_, changed, now)


async def _tell(db: Db, event: Event, type_: str, payload: dict[str, Any], now: datetime) -> None:
    await log.append(db, stream=told.stream(event.id), type=type_, payload=payload, now=now)
