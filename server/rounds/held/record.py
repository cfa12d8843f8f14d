"""What the record says of rounds: visits that were held, and everybody's minutes by slot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.events.models import Participation
from server.mentoring import queries as mentoring
from server.mentoring.models import Round, RoundState, Slot, Team
from server.mentoring.schedule import timetable
from server.records import rules
from server.records.listing import stay_end
from server.records.models import Attendance
from server.records.rules import Span
from server.rounds import visits
from server.rounds.models import Note
from server.rounds.visits import Visit


class HeldVisit(NamedTuple):
    """A visit as it was held: how long the mentor was in the room, how long beside a member,
    how many of the team were there meanwhile, and how much was noted (characters)."""

    round_number: int
    visit: Visit
    mentor: timedelta
    together: timedelta
    members: int
    note: int

    @property
    def held(self) -> bool:
        """Whether mentor and team met at all."""
        return self.together > timedelta()


class Minutes(NamedTuple):
    """Somebody's time in the room where the plan sent the person, in a slot."""

    round_number: int
    slot_number: int
    span: Span
    name: str
    reading: str
    team: str
    is_mentor: bool
    present: timedelta


class _Person(NamedTuple):
    name: str
    reading: str


# Characters by round, number of the slot, team and author.
Notes = Mapping[tuple[UUID, int, UUID, UUID], int]
Spans = Mapping[tuple[UUID, UUID], Sequence[Span]]  # by participation and room


async def visits_held(db: Db, event_id: UUID, *, now: datetime) -> list[HeldVisit]:
    """All visits of the rounds that have opened, in order. Costs the same for any number."""
    rounds = await _begun(db, event_id)
    spans = await _spans(db, rounds, now)
    people = await mentoring.participations_by_team(db, event_id)
    notes = await _notes(db, event_id)
    found: list[HeldVisit] = []
    for round_ in rounds:
        made = await visits.all_of(db, round_)
        found += [_held(round_, v, people[v.team_id], spans, notes, now) for v in made]
    return found


async def minutes(db: Db, event_id: UUID, *, now: datetime) -> list[Minutes]:
    """Everybody's time in every slot of the rounds that have opened."""
    rounds = await _begun(db, event_id)
    slots = await mentoring.slots_of(db, [round_.id for round_ in rounds])
    spans = await _spans(db, rounds, now)
    teams = await mentoring.teams_of(db, event_id)
    people = await mentoring.participations_by_team(db, event_id)
    names = await _names(db, event_id)
    found: list[Minutes] = []
    for round_ in rounds:
        for slot in slots[round_.id]:
            found += _of_teams(round_, slot, teams, people, names, spans, now)
        found += await _of_mentors(db, round_, names, spans, now)
    return found


def _held(
    round_: Round,
    visit: Visit,
    members: Sequence[UUID],
    spans: Spans,
    notes: Notes,
    now: datetime,
) -> HeldVisit:
    window = _window(visit.starts_at, visit.ends_at, now)
    room = visit.room_id
    if room is None:
        return HeldVisit(round_.number, visit, timedelta(), timedelta(), 0, 0)
    mentor = rules.within(spans.get((visit.mentor_person, room), ()), window)
    each = [rules.within(spans.get((member, room), ()), window) for member in members]
    team = rules.union((span for own in each for span in own), bridge=timedelta())
    together = rules.total([part for span in mentor for part in rules.within(team, span)])
    note = notes.get((round_.id, visit.number, visit.team_id, visit.mentor_person), 0)
    return HeldVisit(
        round_.number, visit, rules.total(mentor), together, sum(map(bool, each)), note
    )


def _of_teams(
    round_: Round,
    slot: Slot,
    teams: Iterable[Team],
    people: Mapping[UUID, Sequence[UUID]],
    names: Mapping[UUID, _Person],
    spans: Spans,
    now: datetime,
) -> list[Minutes]:
    span = Span(*timetable.span_of(round_, slot))
    window = _window(*span, now)
    return [
        Minutes(
            round_.number,
            slot.number,
            span,
            *names[person],
            f"{team.number} {team.name}",
            False,
            rules.total(rules.within(spans.get((person, team.room_id), ()), window))
            if team.room_id
            else timedelta(),
        )
        for team in teams
        for person in people[team.id]
    ]


async def _of_mentors(
    db: Db, round_: Round, names: Mapping[UUID, _Person], spans: Spans, now: datetime
) -> list[Minutes]:
    return [
        Minutes(
            round_.number,
            visit.number,
            Span(visit.starts_at, visit.ends_at),
            *names[visit.mentor_person],
            f"{visit.team_number} {visit.team_name}",
            True,
            rules.total(
                rules.within(
                    spans.get((visit.mentor_person, visit.room_id), ()) if visit.room_id else (),
                    _window(visit.starts_at, visit.ends_at, now),
                )
            ),
        )
        for visit in await visits.all_of(db, round_)
    ]


def _window(starts_at: datetime, ends_at: datetime, now: datetime) -> Span:
    """The part of a slot that counts by now."""
    return rules.counted(starts_at, ends_at, now)


async def _begun(db: Db, event_id: UUID) -> list[Round]:
    rounds = await mentoring.rounds_of(db, event_id)
    return [round_ for round_ in rounds if round_.state is not RoundState.PLANNED]


async def _spans(db: Db, rounds: Sequence[Round], now: datetime) -> Spans:
    """Where everybody was in the sessions of the rounds, both sources together."""
    found = select(Attendance).where(
        col(Attendance.session_id).in_({round_.session_id for round_ in rounds})
    )
    stays: dict[tuple[UUID, UUID], list[Span]] = defaultdict(list)
    for stay in await db.exec(found):
        key = stay.participation_id, stay.room_id
        stays[key].append(Span(stay.joined_at, stay_end(stay, now)))
    return {key: rules.union(spans) for key, spans in stays.items()}


async def _notes(db: Db, event_id: UUID) -> Notes:
    """How much was noted; never the text."""
    found = (
        select(Slot, Note.team_id, Note.author_id, func.length(Note.body))
        .join(Slot, col(Slot.id) == col(Note.slot_id))
        .where(Note.event_id == event_id)
    )
    rows = (await db.exec(found)).all()
    return {(s.round_id, s.number, team, author): size for s, team, author, size in rows}


async def _names(db: Db, event_id: UUID) -> dict[UUID, _Person]:
    found = (
        select(Participation.id, Account.name, Account.reading)
        .join(Account, col(Account.id) == col(Participation.account_id))
        .where(Participation.event_id == event_id)
    )
    return {id_: _Person(name, reading) for id_, name, reading in (await db.exec(found)).all()}


def by_mentor(held: Iterable[HeldVisit]) -> dict[str, list[HeldVisit]]:
    """The visits of each mentor, by name."""
    found: dict[str, list[HeldVisit]] = defaultdict(list)
    for each in held:
        found[each.visit.mentor_name].append(each)
    return dict(found)
