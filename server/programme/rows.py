"""The sessions and topics of an event as its pages show them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from server.events.models import Session, SessionSpeaker, Topic
from server.events.rules import Door, Phase, door, phase
from server.programme.queries import Programme
from server.programme.rules import Standing, is_mine, may_enter, together
from server.registration.models import RegistrationState
from server.registration.seats import Seats


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """A session, and what it is to the visitor."""

    session: Session
    date: date  # in the event's zone
    phase: Phase
    door: Door
    next: bool  # today's first that has not begun
    topic: Topic | None
    speakers: list[SessionSpeaker]
    seats: Seats
    mine: bool  # a seat there, one's own or as one of the event
    waiting: int  # the visitor's number on its waitlist; 0: not on it
    enter: bool  # the door is open to the visitor


@dataclass(frozen=True)
class SpeakerRow:
    """A person who speaks, known by the name, and the sessions in which they do."""

    speaker: SessionSpeaker
    sessions: list[Session]


@dataclass(frozen=True)
class TopicRow:
    """A topic with the seats of those of its sessions that are to come and have seats."""

    topic: Topic
    sessions: int
    seats: Seats | None


def session_rows(found: Programme, now: datetime) -> list[SessionRow]:
    """The sessions of an event in the order of their times."""
    to_come = (each for each in found.sessions if phase(each, now) is Phase.NEXT)
    zone = ZoneInfo(found.event.zone)
    first = next((each for each in to_come if _same_day(each.starts_at, now, zone)), None)
    topics = {topic.id: topic for topic in found.topics}
    speakers = _by_session(found.speakers)
    return [_row(found, each, first, topics, speakers, now) for each in found.sessions]


def _row(
    found: Programme,
    session: Session,
    first: Session | None,
    topics: dict[UUID, Topic],
    speakers: dict[UUID, list[SessionSpeaker]],
    now: datetime,
) -> SessionRow:
    own = found.own.get(session.id)
    waits = own is not None and own.state is RegistrationState.WAITING
    return SessionRow(
        session=session,
        date=session.starts_at.astimezone(ZoneInfo(found.event.zone)).date(),
        phase=phase(session, now),
        door=door(session, now),
        next=session is first,
        topic=topics.get(session.topic_id) if session.topic_id else None,
        speakers=speakers.get(session.id, []),
        seats=found.session_seats[session.id],
        mine=is_mine(session, found.standing, own),
        waiting=found.turns.get(own.id, 0) if own and waits else 0,
        enter=may_enter(session, found.roles, own, now),
    )


def own_rows(rows: Iterable[SessionRow]) -> list[SessionRow]:
    """What a visitor can walk into now, and what they have a seat or a place in and is not over."""
    ahead = (Phase.NOW, Phase.NEXT)
    return [row for row in rows if row.enter or (row.phase in ahead and (row.mine or row.waiting))]


def speaker_rows(rows: Iterable[SessionRow]) -> list[SpeakerRow]:
    """Who speaks, each person once, in the order in which they first speak."""
    found: dict[frozenset[tuple[str, str]], SpeakerRow] = {}
    for row in rows:
        if row.phase is not Phase.CANCELLED:
            for speaker in row.speakers:
                name = frozenset(speaker.name.items())
                found.setdefault(name, SpeakerRow(speaker, [])).sessions.append(row.session)
    return list(found.values())


def topic_rows(found: Programme, rows: Iterable[SessionRow]) -> Iterator[TopicRow]:
    """The topics of an event in their order."""
    shown = [row for row in rows if row.phase is not Phase.CANCELLED]
    for topic in found.topics:
        of_topic = [row for row in shown if row.topic is topic]
        bookable = [
            row.seats for row in of_topic if row.session.by_seat and row.phase is Phase.NEXT
        ]
        yield TopicRow(topic, len(of_topic), together(bookable) if bookable else None)


def has_seats(found: Programme) -> bool:
    """Whether the visitor has a place at the event, so that "my seats" says something."""
    return found.standing is Standing.SEATED


def running(rows: Iterable[SessionRow]) -> SessionRow | None:
    """What is on now; the visitor's own before the others'."""
    now = [row for row in rows if row.phase is Phase.NOW]
    return next((row for row in now if row.mine), now[0] if now else None)


def coming(rows: Iterable[SessionRow]) -> SessionRow | None:
    """What comes next; for who has a place the next with a seat of theirs."""
    to_come = [row for row in rows if row.phase is Phase.NEXT]
    return next((row for row in to_come if row.mine), to_come[0] if to_come else None)


def _same_day(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return one.astimezone(zone).date() == other.astimezone(zone).date()


def _by_session(speakers: Iterable[SessionSpeaker]) -> dict[UUID, list[SessionSpeaker]]:
    found: dict[UUID, list[SessionSpeaker]] = {}
    for speaker in speakers:
        found.setdefault(speaker.session_id, []).append(speaker)
    return found
