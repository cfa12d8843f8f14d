"""What becomes of the seats of a team: offered, given to a substitute, left empty.

Every deed holds the event's row, so of two deeds with a seat one comes first. The caller has made
sure that the actor may.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.accounts import actions as accounts
from server.accounts import audit, links
from server.accounts import queries as account_queries
from server.accounts.links import LinkKind
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event
from server.mentoring import mails
from server.mentoring.models import Team, TeamMember
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.rules import (
    AlreadyInTeam,
    TeamChanged,
    TeamFull,
    ensure_can_lead,
    ensure_leaves,
    ensure_registered,
    waits,
)
from server.registration import actions as registrations
from server.registration import guard
from server.registration import queries as registration_queries
from server.registration.actions import Act

LEFT_TEAM: Final = "somebody else has the seat in the team"


class Somebody(NamedTuple):
    """Who is to sit down; without an address one is invited on paper."""

    name: str
    reading: str = ""
    address: str = ""


async def offer(
    db: Db, event: Event, team: Team, member: TeamMember, *, locale: str, now: datetime
) -> None:
    """Owe the person of a seat the mail with its link; nothing where there is no address.

    Raises:
        TeamChanged: the seat does not wait for anybody.
    """
    if not waits(member):
        raise TeamChanged
    if not member.address:
        return
    account, _fresh = await accounts.account_for(
        db,
        address=member.address,
        name=member.name,
        reading=member.reading,
        locale=locale,
        zone=event.zone,
        now=now,
    )
    await mails.order_seat(db, event, team, member, account_id=account.id, now=now)


async def seat(
    db: Db,
    event: Event,
    team: Team,
    number: int,
    person: Somebody,
    *,
    most: int,
    locale: str,
    actor: UUID,
    now: datetime,
) -> TeamMember:
    """Let somebody have a seat: a free one, or as the substitute of who has it now.

    The row of the one before stays, with the moment; that place at the event is given back.

    Raises:
        TeamChanged, LeadStays
        TeamFull: the team has no such seat.
        AlreadyInTeam: another seat of the team waits for this address.
    """
    await guard.lock(db, event, None)
    await db.refresh(team)
    ensure_registered(team)
    if not 1 <= number <= most:
        raise TeamFull
    members = await _now(db, team)
    before = next((each for each in members if each.number == number), None)
    address = account_queries.canonical(person.address)
    if address and any(each.address == address for each in members if each is not before):
        raise AlreadyInTeam
    fresh = TeamMember(
        team_id=team.id,
        number=number,
        name=person.name,
        reading=person.reading,
        address=address,
        since=now,
    )
    if before is not None:
        await _leaves(db, event, team, before, actor=actor, now=now)
    db.add(fresh)
    await db.flush()
    if before is not None:
        before.replaced_by = fresh.id
        db.add(before)
    await offer(db, event, team, fresh, locale=locale, now=now)
    names = {"seat": number, "name": fresh.name, "before": before.name if before else ""}
    await note(db, team, "substituted" if before else "seated", actor=actor, now=now, **names)
    return fresh


async def vacate(
    db: Db, event: Event, team: Team, number: int, *, actor: UUID, now: datetime
) -> None:
    """Let nobody have a seat for now; the place at the event is given back.

    Raises:
        TeamChanged, LeadStays
    """
    await guard.lock(db, event, None)
    await db.refresh(team)
    ensure_registered(team)
    before = next((each for each in await _now(db, team) if each.number == number), None)
    if before is None:
        raise TeamChanged
    await _leaves(db, event, team, before, actor=actor, now=now)
    await note(db, team, "vacated", actor=actor, now=now, seat=number, before=before.name)


async def hand_over(
    db: Db, event: Event, team: Team, number: int, *, actor: UUID, now: datetime
) -> None:
    """Let another member speak for the team.

    Raises:
        TeamChanged: nobody who has confirmed sits there.
    """
    await guard.lock(db, event, None)
    await db.refresh(team)
    ensure_registered(team)
    members = await _now(db, team)
    next_lead = next((each for each in members if each.number == number), None)
    if next_lead is None:
        raise TeamChanged
    ensure_can_lead(next_lead)
    assert next_lead.account_id
    for member in members:
        member.is_lead = member.id == next_lead.id
        db.add(member)
    team.lead_id = next_lead.account_id
    db.add(team)
    await note(db, team, "led_by", actor=actor, now=now, name=next_lead.name)


async def ensure_in_no_team(db: Db, event: Event, account_id: UUID) -> None:
    """Raise unless an account may sit down for a team of the event.

    Raises:
        AlreadyInTeam
    """
    if await team_queries.team_of(db, event, account_id) is not None:
        raise AlreadyInTeam


async def give_back(
    db: Db, event: Event, account_ids: Collection[UUID], *, actor: UUID, reason: str, now: datetime
) -> None:
    """Give the places of accounts at the event back."""
    for account_id in sorted(account_ids):
        participation = await events.participation_of(db, event, account_id)
        held = participation and await registration_queries.of_participation(
            db, participation.id, None
        )
        if held:
            act = Act(actor=actor, now=now, reason=reason)
            await registrations.cancel(db, held, event=event, session=None, act=act)


async def note(
    db: Db, team: Team, verb: str, *, actor: UUID, now: datetime, **data: object
) -> None:
    """Keep what was done with a team."""
    about = audit.about("team", team.id)
    await audit.note(db, actor=actor, verb=f"team.{verb}", object=about, now=now, **data)


async def _leaves(
    db: Db, event: Event, team: Team, member: TeamMember, *, actor: UUID, now: datetime
) -> None:
    """A member's time on the seat is over; the links to it end."""
    ensure_leaves(member)
    member.until = now
    db.add(member)
    await db.flush()
    target = mails.seat_target(event, team, member)
    for kind in (LinkKind.TEAM_SEAT, LinkKind.TEAM_PAPER):
        await links.withdraw(db, kind, target=target)
    if member.account_id is not None:
        await give_back(db, event, [member.account_id], actor=actor, reason=LEFT_TEAM, now=now)


async def _now(db: Db, team: Team) -> list[TeamMember]:
    """Who sits on the team's seats, as it is now that the event's row is held."""
    found = select(TeamMember).where(TeamMember.team_id == team.id, col(TeamMember.until).is_(None))
    fresh = found.order_by(col(TeamMember.number)).execution_options(populate_existing=True)
    return list((await db.exec(fresh)).all())
