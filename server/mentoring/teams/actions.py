"""What becomes of teams: written down, registered with a number, corrected, cancelled.

Every deed holds the event's row (`registration.guard`), so that numbers are given in the order of
commits and never again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, update
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.events.draft import Draft
from server.events.models import Event
from server.mentoring.models import (
    Answer,
    Conflict,
    ConflictSource,
    Team,
    TeamMember,
    TeamState,
    Training,
)
from server.mentoring.plans import departing
from server.mentoring.teams import draft as team_draft
from server.mentoring.teams import members
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.reading import Outcome, Wanted, read
from server.mentoring.teams.rules import TeamNotReady, TeamsThere, ensure_registered
from server.registration import actions as registrations
from server.registration import guard
from server.registration import rules as registration_rules
from server.registration.actions import Act
from server.rooms.models import Room

CANCELLED: Final = "the team was cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What an organizer writes about a registered team."""

    name: str
    about: str
    region: str
    phone: str
    topic_id: UUID | None
    organization_id: UUID | None
    keep_mentor: bool


async def kept_draft(db: Db, event: Event, lead: Account) -> tuple[Team | None, Draft]:
    """What somebody has typed so far; who has not begun begins with the own name."""
    team = await team_queries.draft_of(db, event, lead.id)
    if team is not None:
        return team, dict(team.draft)
    return None, {"m1-name": lead.name, "m1-reading": lead.reading}


async def save(
    db: Db,
    event: Event,
    mine: Draft,
    *,
    base: dict[str, str],
    lead: Account,
    now: datetime,
) -> Team:
    """Keep what the lead changed since `base`; the first time makes the draft.

    Raises:
        RegistrationNotOpen, RegistrationClosed
        AlreadyInTeam: the lead sits down for a registered team.
    """
    registration_rules.ensure_open(event, now)
    await guard.lock(db, event, None)
    await members.ensure_in_no_team(db, event, lead.id)
    team, kept = await kept_draft(db, event, lead)
    draft = team_draft.put_together(kept, mine, base)
    return await _keep(db, event, team, draft, lead=lead, now=now)


async def add_seat(db: Db, team: Team, *, most: int, now: datetime) -> None:
    """Make room for one more person in a draft."""
    team.draft = team_draft.with_seat(dict(team.draft), most=most)
    team.saved_at = now
    db.add(team)


async def remove_seat(db: Db, team: Team, number: int, *, now: datetime) -> None:
    """Take a person out of a draft."""
    team.draft = team_draft.without_seat(dict(team.draft), number)
    team.saved_at = now
    db.add(team)


async def outcome_of(
    db: Db, event: Event, training: Training, lead: Account, draft: Draft
) -> Outcome:
    """What a draft amounts to."""
    return read(draft, await team_queries.choices_of(db, event, training, lead.id))


async def register(
    db: Db, event: Event, training: Training, *, lead: Account, now: datetime
) -> Team:
    """Register the team that the lead has written down: it gets the next number, the lead a place
    at the event, and everyone with an address a mail. Who sits in a team already gets that one, so
    a form that is sent twice registers one team.

    Raises:
        RegistrationNotOpen, RegistrationClosed
        TeamNotReady: something is missing or wrong in the draft.
    """
    registration_rules.ensure_open(event, now)
    await guard.lock(db, event, None)
    known = await team_queries.team_of(db, event, lead.id)
    if known is not None:
        return known
    team = await team_queries.draft_of(db, event, lead.id)
    if team is None:
        raise TeamNotReady
    wanted = (await outcome_of(db, event, training, lead, dict(team.draft))).wanted
    if wanted is None:
        raise TeamNotReady
    await _write(db, team, wanted, lead=lead, number=await next_number(db, event), now=now)
    seats = await _seats(db, team, wanted, lead=lead, now=now)
    await registrations.register(db, event=event, account=lead, act=Act(actor=lead.id, now=now))
    for member in seats[1:]:
        await members.offer(db, event, team, member, locale=lead.locale, now=now)
    await members.note(db, team, "registered", actor=lead.id, now=now, name=team.name)
    return team


async def next_number(db: Db, event: Event) -> int:
    """The number of the next team, one more than any team ever had. Ask while the event's row is
    held, so that no two get the same.
    """
    last = select(func.max(Team.number)).where(Team.event_id == event.id)
    return ((await db.exec(last)).one() or 0) + 1


async def correct(
    db: Db, event: Event, team: Team, written: Corrected, *, actor: UUID, now: datetime
) -> None:
    """Write over what a registered team said of itself."""
    await guard.lock(db, event, None)
    await db.refresh(team)
    ensure_registered(team)
    names = ("name", "about", "region", "phone", "topic_id", "organization_id", "keep_mentor")
    before = {name: getattr(team, name) for name in names}
    for name in names:
        setattr(team, name, getattr(written, name))
    changed = [name for name in names if before[name] != getattr(team, name)]
    if not changed:
        return
    team.saved_at = now
    team.v += 1
    db.add(team)
    if team.room_id is not None:
        await db.exec(update(Room).where(col(Room.id) == team.room_id).values(name=team.name))
    former = {name: str(before[name] or "") for name in changed}
    await members.note(db, team, "corrected", actor=actor, now=now, before=former)


async def cancel(
    db: Db, event: Event, team: Team, *, reason: str, actor: UUID, now: datetime
) -> None:
    """Let a team take part no more: its people's places are given back. Again changes nothing."""
    await guard.lock(db, event, None)
    await db.refresh(team)
    if team.state is TeamState.CANCELLED:
        return
    ensure_registered(team)
    team.state = TeamState.CANCELLED
    team.saved_at = now
    team.v += 1
    db.add(team)
    found = select(TeamMember.account_id).where(
        TeamMember.team_id == team.id,
        col(TeamMember.until).is_(None),
        col(TeamMember.account_id).is_not(None),
    )
    accounts = [account_id for account_id in (await db.exec(found)).all() if account_id]
    why = reason or CANCELLED
    await departing.of_team(db, team, now=now)
    await members.give_back(db, event, accounts, actor=actor, reason=why, now=now)
    await members.note(db, team, "cancelled", actor=actor, now=now, reason=reason)


async def work_with_teams(db: Db, event: Event, *, most: int) -> None:
    """Let an event work with teams of so many at most."""
    await guard.lock(db, event, None)
    training = await team_queries.training_of(db, event)
    if training is None:
        training = Training(event_id=event.id)
    training.team_most = most
    db.add(training)


async def work_without_teams(db: Db, event: Event) -> None:
    """Let an event work with single registrations again.

    Raises:
        TeamsThere: teams are registered, or were.
    """
    await guard.lock(db, event, None)
    if await next_number(db, event) > 1:
        raise TeamsThere
    training = await team_queries.training_of(db, event)
    if training is not None:
        await db.delete(training)


async def _keep(
    db: Db, event: Event, team: Team | None, draft: Draft, *, lead: Account, now: datetime
) -> Team:
    kept = team or Team(event_id=event.id, lead_id=lead.id, created_at=now, saved_at=now)
    kept.draft, kept.saved_at = draft, now
    db.add(kept)
    await db.flush()
    return kept


async def _write(
    db: Db, team: Team, wanted: Wanted, *, lead: Account, number: int, now: datetime
) -> None:
    """What the team said, out of its draft into its rows."""
    team.state, team.number, team.registered_at = TeamState.REGISTERED, number, now
    team.name, team.about, team.region = wanted.name, wanted.about, wanted.region
    team.phone, team.topic_id = wanted.phone, wanted.topic_id
    team.organization_id = wanted.organization_id
    team.draft, team.saved_at = {}, now
    team.v += 1
    db.add(team)
    for question_id, value in wanted.answers.items():
        db.add(
            Answer(
                team_id=team.id, question_id=question_id, value=value, at=now, account_id=lead.id
            )
        )
    for mentor_id in wanted.avoided:
        db.add(Conflict(mentor_id=mentor_id, team_id=team.id, source=ConflictSource.TEAM, at=now))
    await db.flush()


async def _seats(
    db: Db, team: Team, wanted: Wanted, *, lead: Account, now: datetime
) -> list[TeamMember]:
    """The rows of those who sit down: the lead has confirmed, the others are asked."""
    rows = [
        TeamMember(
            team_id=team.id,
            number=number,
            name=person.name,
            reading=person.reading,
            address=person.address,
            account_id=lead.id if number == 1 else None,
            is_lead=number == 1,
            since=now,
            confirmed_at=now if number == 1 else None,
        )
        for number, person in enumerate(wanted.people, start=1)
    ]
    db.add_all(rows)
    await db.flush()
    return rows
