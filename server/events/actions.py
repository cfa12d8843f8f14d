"""What organizers do with events, one verb each. The draft is what they write; publishing makes it
what people see.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from server.core.db import Db
from server.core.errors import DomainError
from server.events import drafts, publishing, queries
from server.events.clocks import clock_of
from server.events.draft import ON, Draft, Merge, merge, numbers, shifted
from server.events.models import (
    Event,
    EventKind,
    EventState,
    EventVersion,
    Participation,
    ParticipationRole,
    Role,
    VersionState,
)
from server.events.plan import Texts
from server.events.reading import read

FIRST_LENGTH: Final = timedelta(hours=1)  # of a session that is added


class SlugTaken(DomainError):
    """Another event has, or had, this address."""

    code = "slug_taken"


class NotReady(DomainError):
    """The draft cannot be published as it is."""

    code = "not_ready"


class DraftChanged(DomainError):
    """The draft is not the one that the person looked at any more."""

    code = "draft_changed"


class NothingToPublish(DomainError):
    """There is no draft: what people see is the newest."""

    code = "nothing_to_publish"


async def create(
    db: Db,
    *,
    organization_id: UUID | None,
    creator_id: UUID,
    slug: str,
    kind: EventKind,
    title: Texts,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    zone: str = "Asia/Tokyo",
    draft: Draft | None = None,
) -> Event:
    """Begin an event: a draft that only its organizers see. Who begins it is its first organizer.

    Raises:
        SlugTaken: the address belongs to another event.
    """
    await ensure_slug_free(db, slug, event_id=None)
    event = Event(
        slug=slug,
        organization_id=organization_id,
        kind=kind,
        title=title,
        zone=zone,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    db.add(event)
    await db.flush()
    content = draft or drafts.of_facts(event)
    db.add(_version(event, 1, content, actor=creator_id, now=now))
    participation = Participation(event_id=event.id, account_id=creator_id, created_at=now)
    db.add(participation)
    await db.flush()
    db.add(ParticipationRole(participation_id=participation.id, role=Role.ORGANIZER))
    await db.flush()
    return event


async def save(
    db: Db, event: Event, mine: Draft, *, base: dict[str, str], actor: UUID, now: datetime
) -> Merge:
    """Write into the draft what I changed since `base`; what others changed meanwhile stays, and
    comes back as a conflict where I changed it too.
    """
    await hold(db, event)
    merged = merge(await drafts.current(db, event), mine, base)
    await _keep(db, event, merged.draft, actor=actor, now=now)
    return merged


async def add_session(
    db: Db, event: Event, *, title: str, begins: str, ends: str, actor: UUID, now: datetime
) -> int:
    """Add a session after the last one; its number. Empty times: it takes the end of the last."""
    await hold(db, event)
    draft = dict(await drafts.current(db, event))
    known = numbers(draft, "s")
    number = max(known, default=0) + 1
    after = max((draft.get(f"s{n}-day", ""), draft.get(f"s{n}-until", "")) for n in known or [0])
    row = f"s{number}-"
    begins = begins or after[1] or draft.get("from", "")
    draft |= {
        row + "day": after[0] or draft.get("day", ""),
        row + "from": begins,
        row + "until": ends or _later(begins),
        row + "title-ja": title,
        row + "kind": "discussion",
        row + "capacity": "9",
        row + "doors": "10",
    }
    await _keep(db, event, draft, actor=actor, now=now)
    return number


async def add_topic(db: Db, event: Event, *, actor: UUID, now: datetime) -> int:
    """Add a topic without a name yet; its number."""
    await hold(db, event)
    draft = dict(await drafts.current(db, event))
    number = max(numbers(draft, "t"), default=0) + 1
    draft[f"t{number}-title-ja"] = ""
    await _keep(db, event, draft, actor=actor, now=now)
    return number


async def take_out(
    db: Db, event: Event, row: str, *, out: bool, actor: UUID, now: datetime
) -> None:
    """Take a session (`s3`) or topic (`t1`) out of the draft, or put it back."""
    await hold(db, event)
    draft = dict(await drafts.current(db, event))
    if row[:1] in ("s", "t") and row[1:].isdecimal() and int(row[1:]) in numbers(draft, row[0]):
        draft[f"{row}-removed"] = ON if out else ""
        await _keep(db, event, draft, actor=actor, now=now)


async def discard(db: Db, event: Event) -> None:
    """Throw the draft away; what is published stays. A first draft is all there is, and stays."""
    await hold(db, event)
    version = await queries.draft_of(db, event)
    if version is not None and event.version:
        await db.delete(version)


async def publish(db: Db, event: Event, *, v: int, actor: UUID, now: datetime) -> None:
    """Make the draft what people see. Who has a seat in a session that moved is told by mail.

    Args:
        v: the draft's version that the person has looked at.

    Raises:
        NothingToPublish: there is no draft.
        DraftChanged: somebody changed it meanwhile.
        NotReady: something in it cannot be published.
        SlugTaken: its new address belongs to another event.
    """
    await hold(db, event)
    version = await queries.draft_of(db, event)
    if version is None:
        raise NothingToPublish
    if version.v != v:
        raise DraftChanged
    plan = read(version.content).plan
    if plan is None:
        raise NotReady
    await ensure_slug_free(db, plan.slug, event_id=event.id)
    await _retire(db, event)
    version.state, version.saved_at, version.saved_by = VersionState.PUBLISHED, now, actor
    db.add(version)
    event.state, event.version, event.published_at = EventState.PUBLISHED, version.number, now
    await publishing.apply(db, event, plan, now=now)


async def duplicate(
    db: Db, event: Event, *, slug: str, to: date, actor: UUID, now: datetime
) -> Event:
    """Begin a new event with the same texts and programme, whose first day is `to`.

    Raises:
        SlugTaken: the address belongs to another event.
    """
    first_day = event.starts_at.astimezone(ZoneInfo(event.zone)).date()
    later = to - first_day
    draft = shifted(await drafts.current(db, event), later.days) | {"slug": slug}
    return await create(
        db,
        organization_id=event.organization_id,
        creator_id=actor,
        slug=slug,
        kind=event.kind,
        title=event.title,
        starts_at=event.starts_at + later,
        ends_at=event.ends_at + later,
        zone=event.zone,
        draft=draft,
        now=now,
    )


async def hold(db: Db, event: Event) -> None:
    """Hold the event's row, so that two people save one after the other."""
    await db.exec(select(Event.id).where(Event.id == event.id).with_for_update(key_share=True))
    await db.refresh(event)


async def ensure_slug_free(db: Db, slug: str, *, event_id: UUID | None) -> None:
    """Raise when the address is, or once was, another event's.

    Raises:
        SlugTaken
    """
    owner = await queries.owner_of_slug(db, slug)
    if owner is not None and owner != event_id:
        raise SlugTaken


async def _keep(db: Db, event: Event, draft: Draft, *, actor: UUID, now: datetime) -> None:
    """Write the draft, where it differs from what is there; the first change makes one."""
    version = await queries.draft_of(db, event)
    if draft == (version.content if version else await drafts.published(db, event)):
        return
    if version is None:
        version = _version(event, event.version + 1, draft, actor=actor, now=now)
        version.v = 0
    version.content, version.saved_at, version.saved_by = draft, now, actor
    version.v += 1
    db.add(version)
    await db.flush()


async def _retire(db: Db, event: Event) -> None:
    found = select(EventVersion).where(
        EventVersion.event_id == event.id, col(EventVersion.state) == VersionState.PUBLISHED
    )
    for former in await db.exec(found):
        former.state = VersionState.FORMER
        db.add(former)


def _version(
    event: Event, number: int, content: Draft, *, actor: UUID, now: datetime
) -> EventVersion:
    return EventVersion(
        event_id=event.id,
        number=number,
        state=VersionState.DRAFT,
        content=content,
        saved_at=now,
        saved_by=actor,
    )


def _later(begins: str) -> str:
    at = clock_of(begins)
    if at is None or at.hour >= 23:
        return ""
    return f"{at.hour + FIRST_LENGTH // timedelta(hours=1):02}:{at.minute:02}"
