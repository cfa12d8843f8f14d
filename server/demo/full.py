"""The full demo: a forum and a training to come, a forum that is over, and their people."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import select

from server.accounts import queries as accounts
from server.accounts.models import Account
from server.core.db import Db
from server.demo import forum, past, plays, programme, rounds, training, workshop, writing
from server.demo.crowd import Member
from server.demo.ledger import Ledger
from server.demo.people import Somebody, people
from server.demo.planning import Days, day_of
from server.demo.plays import Cast, Play
from server.demo.sample import take_part
from server.events import queries as events
from server.events.models import Event, Role
from server.events.plan import Plan
from server.organizations.models import (
    Membership,
    MembershipRole,
    MembershipState,
    Organization,
)

IN_FORUM: Final = 900
IN_TRAINING: Final = 42
IN_PAST: Final = 672
RETURNING: Final = 380  # of the past forum's people come to the next one
MENTORS: Final = 13  # people of the past forum who are asked to be mentors of the training

ORGANIZER: Final = "organizer@sample.example"
PARTICIPANTS: Final = (
    *("participant@sample.example", "participant2@sample.example", "participant3@sample.example"),
)
SPEAKING: Final = "speaker@sample.example", "mentor@sample.example", "observer@sample.example"
EARLY: Final = 12, 400, 700  # the places of the sample's participants in the forum's crowd


class Part(NamedTuple):
    """One of the events: its address, when it is, what was planned, what its people did, and
    which accounts of the sample have a role in it beside the organizer."""

    slug: str
    days: Callable[[datetime], Days]
    plan: Callable[[Days], Plan]
    play: Play
    roles: dict[str, Role]


PARTS: Final = (
    Part(forum.SLUG, forum.days, forum.plan, plays.forum, dict.fromkeys(SPEAKING, Role.SPEAKER)),
    Part(
        training.SLUG,
        training.days,
        training.plan,
        plays.training,
        {"mentor@sample.example": Role.MENTOR},
    ),
    Part(past.SLUG, past.days, past.plan, plays.past, {}),
)


async def fill(db: Db, now: datetime) -> list[str]:
    """Write the events and their people, or move those that are there; the events' slugs."""
    invented = people(IN_FORUM - len(PARTICIPANTS) + IN_TRAINING + IN_PAST - RETURNING)
    known = list(zip(await writing.accounts_of(db, invented), invented, strict=True))
    cast = await _cast(db, known)
    organization = await _organization(db, cast.organizer, now)
    made = [await _event(db, part, cast, organization, now) for part in PARTS]
    ledgers = [ledger for ledger in made if ledger is not None]
    await writing.open_accounts(db, known, _since(ledgers))
    for ledger in ledgers:
        await writing.insert_ledger(db, ledger)
    others = [member.account for member in cast.past[-MENTORS:]]
    event = await events.published(db, training.SLUG)
    await workshop.fill(db, event, others, now)
    await rounds.fill(db, event, now)
    return [part.slug for part in PARTS]


async def _cast(db: Db, known: Sequence[tuple[UUID, Somebody]]) -> Cast:
    """Who is in which event: those of the training and new ones of the past follow the forum's."""
    organizer = await _account(db, ORGANIZER)
    members = [Member(id_, each.locale) for id_, each in known]
    own = [await _account(db, address) for address in PARTICIPANTS]
    in_forum = members[: IN_FORUM - len(own)]
    in_training = members[len(in_forum) :][:IN_TRAINING]
    in_past = in_forum[-RETURNING:] + members[len(in_forum) + IN_TRAINING :]
    for place, account in zip(EARLY, own, strict=True):
        in_forum.insert(place, Member(account.id, account.locale))
    return Cast(organizer, in_forum[EARLY[0]], in_forum, in_training, in_past)


async def _organization(db: Db, manager: Account, now: datetime) -> Organization:
    name = forum.HOST["ja"]
    found = select(Organization).where(Organization.name == name)
    if known := (await db.exec(found)).one_or_none():
        return known
    organization = Organization(name=name, region="見本町", may_host=True, created_at=now)
    db.add(organization)
    await db.flush()
    db.add(
        Membership(
            account_id=manager.id,
            organization_id=organization.id,
            role=MembershipRole.MANAGER,
            state=MembershipState.ACTIVE,
            asked_at=now,
            decided_at=now,
        )
    )
    await db.flush()
    return organization


async def _event(
    db: Db, part: Part, cast: Cast, organization: Organization, now: datetime
) -> Ledger | None:
    """Write an event and say what its people did; or move the one that is there."""
    plan = part.plan(part.days(now))
    known = await events.owner_of_slug(db, part.slug)
    if known is not None:
        await _move(db, await db.get_one(Event, known), plan, now)
        return None
    roles = [(await _account(db, address), role) for address, role in part.roles.items()]
    event = await programme.publish(
        db,
        plan,
        organization_id=organization.id,
        organizer_id=cast.organizer.id,
        accounts={account.name: account.id for account, _role in roles},
    )
    assert event.published_at is not None
    for account, role in [(cast.organizer, Role.ORGANIZER), *roles]:
        await take_part(db, event, account, role, event.published_at)
    await db.flush()
    return part.play(event, await events.sessions_of(db, event), cast, now)


async def _move(db: Db, event: Event, plan: Plan, now: datetime) -> None:
    """Move an event to its days; what was done with it follows, and never into the future."""
    is_over = plan.ends_at < now
    later = day_of(plan.starts_at) - day_of(event.starts_at)
    history = later if is_over else await writing.since_last(db, event, now)
    await programme.move(db, event, later=later, opened_later=history)
    await writing.move_history(db, event, history)


async def _account(db: Db, address: str) -> Account:
    account = await accounts.by_address(db, address)
    assert account is not None, address  # the sample has opened it
    return account


def _since(ledgers: Sequence[Ledger]) -> dict[UUID, datetime]:
    """When each first took part somewhere."""
    since: dict[UUID, datetime] = {}
    for ledger in ledgers:
        for account_id, participation in ledger.participations.items():
            first = participation.created_at
            since[account_id] = min(first, since.get(account_id, first))
    return since
