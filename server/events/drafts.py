"""The draft of an event as it is kept, and the one that its published state amounts to."""

from sqlmodel import col, select

from server.core.db import Db
from server.events import queries
from server.events.draft import Draft, of_event
from server.events.models import Event, EventState, SessionSpeaker


async def current(db: Db, event: Event) -> Draft:
    """The draft as it is: the kept one, or (nothing was changed) what is published."""
    version = await queries.draft_of(db, event)
    return dict(version.content) if version else await published(db, event)


async def published(db: Db, event: Event) -> Draft:
    """What is published, as a draft; nothing before the first time."""
    if event.state is not EventState.PUBLISHED:
        return {}
    sessions = await queries.sessions_of(db, event)
    found = select(SessionSpeaker).where(
        col(SessionSpeaker.session_id).in_([session.id for session in sessions])
    )
    speakers = (await db.exec(found)).all()
    return of_event(event, await queries.topics_of(db, event), sessions, speakers)


def of_facts(event: Event) -> Draft:
    """The first draft of an event that has no programme yet."""
    return of_event(event, [], [], [])
