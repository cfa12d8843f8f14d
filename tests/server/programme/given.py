"""What the public pages are tested on: events with topics, sessions, speakers and seats."""

from datetime import timedelta
from typing import Any

from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.events.models import (
    Event,
    FormerSlug,
    Session,
    SessionKind,
    SessionSpeaker,
    Topic,
)
from tests.server.registration import given as registration
from tests.support.web import Browser, Site

HOUR = timedelta(hours=1)
SLUG = registration.SLUG
PAGE = f"/e/{SLUG}"

account = registration.account
registered = registration.registered


async def event(db: Db, *, slug: str = SLUG, **facts: Any) -> Event:
    """A published event, three days from now unless said otherwise, that takes registrations."""
    times = {key: facts.pop(key) for key in ("starts_at", "ends_at") if key in facts}
    made = await registration.event(db, slug=slug, **facts)
    for key, at in times.items():
        setattr(made, key, at)
    db.add(made)
    await db.flush()
    return made


async def session(db: Db, at: Event, number: int = 1, **facts: Any) -> Session:
    """A session of an hour at the event's start, for everyone of the event."""
    starts = facts.pop("starts_at", at.starts_at)
    made = Session(
        event_id=at.id,
        number=number,
        starts_at=starts,
        **{
            "kind": SessionKind.DISCUSSION,
            "title": {"ja": f"話し合い {number}"},
            "ends_at": starts + HOUR,
            "doors_at": starts - HOUR / 6,
        }
        | facts,
    )
    db.add(made)
    await db.flush()
    return made


async def topic(db: Db, at: Event, number: int = 1, title: str = "食と農") -> Topic:
    """A topic of an event."""
    made = Topic(event_id=at.id, number=number, title={"ja": title}, summary={"ja": "畑の話"})
    db.add(made)
    await db.flush()
    return made


async def speaker(db: Db, of: Session, name: str = "鵜飼 隆二", number: int = 1) -> None:
    """Somebody who speaks in a session."""
    db.add(SessionSpeaker(session_id=of.id, number=number, name={"ja": name}))
    await db.flush()


async def former(db: Db, at: Event, slug: str) -> None:
    """A slug that the event had before."""
    db.add(FormerSlug(slug=slug, event_id=at.id))
    await db.flush()


async def running(db: Db, **facts: Any) -> Event:
    """An event that began an hour ago and still takes registrations."""
    at = clock.now().replace(microsecond=0) - HOUR
    return await event(db, starts_at=at, ends_at=at + 5 * HOUR, **facts)


async def seen_by(site: Site, browser: Browser, who: Account | None, path: str = PAGE) -> str:
    """A page as somebody sees it."""
    if who:
        browser.hold(await site.login(who))
    answer = await browser.get(path, headers={"accept-language": "ja"})
    assert answer.status_code == 200, answer.text
    return answer.text
