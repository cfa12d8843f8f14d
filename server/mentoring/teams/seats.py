"""How somebody comes to a seat of a team: by a mailed link, or by a printed one that leads to it.

Every deed holds the event's row, so of two deeds with a seat one comes first.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from server.accounts import actions as accounts
from server.accounts import links
from server.accounts import queries as account_queries
from server.accounts.links import LinkKind, LinkSpent
from server.accounts.models import Link
from server.core.db import Db
from server.events import queries as events
from server.events.models import Event
from server.mentoring import mails, queries
from server.mentoring.models import Round, RoundForm, Team, TeamMember
from server.mentoring.schedule import timetable
from server.mentoring.teams import members
from server.mentoring.teams.members import Somebody
from server.mentoring.teams.rules import TeamChanged, waits
from server.registration import actions as registrations
from server.registration import guard
from server.registration.actions import Act
from server.rooms import moving
from server.rooms.models import PlacedBy, Room

PAPER_LASTS: Final = timedelta(hours=72)


class Confirmed(NamedTuple):
    """Somebody has sat down, and is logged in with this token."""

    event: Event
    team: Team
    token: str


async def confirm(
    db: Db, link: Link, *, name: str, reading: str, browser: str, now: datetime
) -> Confirmed:
    """Sit down on the seat of a mailed link: the address is proven, the browser logged in, the
    place at the event taken. Who is new is called as one says; who is known keeps the own name.

    Raises:
        LinkSpent: the link was used, or the seat given to somebody else.
        AlreadyInTeam
    """
    held = await mails.seat_offer(db, link)
    await guard.lock(db, held.event, None)
    member = await db.get_one(TeamMember, held.member.id, populate_existing=True)
    await db.refresh(held.team)
    held = await mails.seat_offer(db, link)
    assert link.account_id
    await members.ensure_in_no_team(db, held.event, link.account_id)
    is_known = await account_queries.is_verified(db, link.account_id)
    token = await accounts.enter_by_link(db, link, browser=browser, now=now)
    account = await account_queries.by_id(db, link.account_id)
    if not is_known:
        account.name, account.reading = name or account.name, reading or account.reading
        db.add(account)
    member.name, member.reading = account.name, account.reading
    member.account_id, member.confirmed_at = account.id, now
    db.add(member)
    await registrations.register(
        db, event=held.event, account=account, act=Act(actor=account.id, now=now), late=True
    )
    await members.note(
        db, held.team, "confirmed", actor=account.id, now=now, seat=member.number, name=member.name
    )
    await _join_round(db, held.event, held.team, account.id, now)
    return Confirmed(held.event, held.team, token)


async def _join_round(db: Db, event: Event, team: Team, account_id: UUID, now: datetime) -> None:
    """Who sits down while a round runs belongs in the team's room at once."""
    running = select(Round.id).where(
        Round.event_id == event.id,
        Round.form == RoundForm.TEAMS,
        col(Round.state).in_(timetable.RUNNING),
    )
    for round_id in (await db.exec(running)).all():
        round_ = await queries.held_round(db, round_id)
        participation = await events.participation_of(db, event, account_id)
        if round_.state not in timetable.RUNNING or team.room_id is None or participation is None:
            continue
        session = await events.session_by_id(db, round_.session_id)
        rooms = {participation.id: await db.get_one(Room, team.room_id)}
        await moving.move(db, session, rooms, cause=PlacedBy.ROUND, now=now)


async def name_address(
    db: Db, link: Link, person: Somebody, *, locale: str, now: datetime
) -> mails.SeatOffer:
    """Spend a printed link: its person has an address now, and is written to there.

    Raises:
        LinkSpent
    """
    held = await mails.seat_offer(db, link)
    await guard.lock(db, held.event, None)
    member = await db.get_one(TeamMember, held.member.id, populate_existing=True)
    if not waits(member):
        raise LinkSpent
    await links.spend(db, link, now=now)
    member.name, member.reading = person.name, person.reading
    member.address = account_queries.canonical(person.address)
    db.add(member)
    await members.offer(db, held.event, held.team, member, locale=locale, now=now)
    return held


async def paper(db: Db, event: Event, team: Team, member: TeamMember, *, now: datetime) -> str:
    """A link to print for a seat that waits; the token. One that was printed before ends.

    Raises:
        TeamChanged: the seat does not wait for anybody.
    """
    if not waits(member):
        raise TeamChanged
    target = mails.seat_target(event, team, member)
    await links.withdraw(db, LinkKind.TEAM_PAPER, target=target)
    return await links.make(db, LinkKind.TEAM_PAPER, now=now, lasts=PAPER_LASTS, target=target)
