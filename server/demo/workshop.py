"""The teams and mentors of the training that is announced."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Db
from server.demo.planning import both
from server.demo.sample import take_part
from server.demo.workshop_words import GROUPS, GUIDES, QUESTIONS, Group
from server.events import queries as events
from server.events.models import Event, Participation, ParticipationRole, Role
from server.mentoring import queries
from server.mentoring.models import (
    Answer,
    Mentor,
    MentorState,
    Question,
    Team,
    TeamMember,
    TeamState,
    Training,
)
from server.mentoring.wishes.models import Wish, WishBy
from server.registration.models import Registration, RegistrationState

MOST: Final = 5
SEATS: Final = 3  # people of a team
WAITING: Final = (4, 9)  # the teams with a seat whose person has not answered yet
OPEN_MENTORS: Final = 2  # invited, and not answered yet
PHONE: Final = "000-0000-0000"


async def fill(db: Db, event: Event, others: Sequence[UUID], now: datetime) -> None:
    """Let the training work with teams: those who have registered sit in them, three and three.

    Args:
        others: accounts from which mentors are taken; who is a mentor already stays one.
    """
    if await db.get(Training, event.id) is not None:
        return
    db.add(Training(event_id=event.id, team_most=MOST))
    questions = await ask(db, event)
    people = await _registered(db, event)
    for number in range(1, len(people) // SEATS + 1):
        own = people[(number - 1) * SEATS : number * SEATS]
        group = GROUPS[(number - 1) % len(GROUPS)]
        await seat(db, event, number, group, own, questions, waiting=number in WAITING)
    named = await _named(db, event)
    wanted = [*named, *others][: len(GUIDES) + OPEN_MENTORS]
    for number, account_id in enumerate(wanted):
        account = await db.get_one(Account, account_id)
        await guide(db, event, account, number, now - timedelta(days=6, hours=number))
    await wish(db, event, now - timedelta(days=2))


async def wish(db: Db, event: Event, at: datetime) -> None:
    """Every other team says whom it would like, and most mentors name a team."""
    teams, mentors = await queries.teams_of(db, event.id), await queries.mentors_of(db, event.id)
    if not teams or not mentors:
        return
    for n, team in enumerate(teams[::2]):
        turned = [*mentors[n % len(mentors) :], *mentors[: n % len(mentors)]]
        for weight, mentor in zip((2, 1, -2), turned, strict=False):
            db.add(_wish(mentor, team, WishBy.TEAM, weight, at))
    for n, mentor in enumerate(mentors[:-1]):
        weight = (1, 2, -2)[n % 3]
        db.add(_wish(mentor, teams[n * 5 % len(teams)], WishBy.MENTOR, weight, at))


def _wish(mentor: Mentor, team: Team, by: WishBy, weight: int, at: datetime) -> Wish:
    return Wish(mentor_id=mentor.id, team_id=team.id, by=by, weight=weight, at=at)


async def ask(db: Db, event: Event) -> list[Question]:
    """The questions to teams."""
    made = [
        Question(event_id=event.id, number=number, place=number, **asked._asdict())
        for number, asked in enumerate(QUESTIONS, start=1)
    ]
    db.add_all(made)
    await db.flush()
    return made


async def seat(
    db: Db,
    event: Event,
    number: int,
    group: Group,
    people: Sequence[tuple[Account, datetime]],
    questions: Sequence[Question],
    *,
    waiting: bool = False,
) -> Team:
    """A registered team of people, each since a moment; the first is its lead.

    `waiting`: one more has been asked, and has not answered.
    """
    lead, at = people[0]
    topics = {topic.number: topic.id for topic in await events.topics_of(db, event)}
    team = Team(
        event_id=event.id,
        number=number,
        state=TeamState.REGISTERED,
        lead_id=lead.id,
        name=f"{group.region} {group.name}",
        about=group.about,
        region=group.region,
        phone=PHONE,
        topic_id=topics.get(group.topic),
        created_at=at,
        saved_at=at,
        registered_at=at,
    )
    db.add(team)
    await db.flush()
    for place, (account, since) in enumerate(people, start=1):
        db.add(
            TeamMember(
                team_id=team.id,
                number=place,
                name=account.name,
                reading=account.reading,
                account_id=account.id,
                is_lead=place == 1,
                since=at,
                confirmed_at=max(at, since),
            )
        )
    if waiting:
        place = len(people) + 1
        db.add(TeamMember(team_id=team.id, number=place, name="森川 とき子", since=at))
    said = (group.trouble, group.stage, "yes")
    db.add_all(
        Answer(team_id=team.id, question_id=question.id, value=value, at=at, account_id=lead.id)
        for question, value in zip(questions, said, strict=False)
    )
    await db.flush()
    return team


async def guide(db: Db, event: Event, account: Account, number: int, at: datetime) -> Mentor:
    """A mentor; the first ones have said yes, with all that they say of their work."""
    said = GUIDES[number] if number < len(GUIDES) else None
    if said is None:
        part = await _invited(db, event, account, at)
    else:
        part = await take_part(db, event, account, Role.MENTOR, at)
    mentor = Mentor(
        event_id=event.id,
        participation_id=part.id,
        state=MentorState.ACCEPTED if said else MentorState.INVITED,
        title=both(said.ja, said.en) if said else {},
        introduction={"ja": said.words} if said else {},
        fields=list(said.fields) if said else [],
        regions=list(said.regions) if said else [],
        languages=list(said.languages) if said else [],
        invited_at=at,
        answered_at=at + timedelta(hours=5) if said else None,
    )
    db.add(mentor)
    await db.flush()
    return mentor


async def _invited(db: Db, event: Event, account: Account, at: datetime) -> Participation:
    known = await events.participation_of(db, event, account.id)
    part = known or Participation(event_id=event.id, account_id=account.id, created_at=at)
    db.add(part)
    await db.flush()
    return part


async def _registered(db: Db, event: Event) -> list[tuple[Account, datetime]]:
    """Who has a place at the event or asks for one, the first first."""
    found = (
        select(Account, Registration.created_at)
        .join(Participation, col(Participation.account_id) == col(Account.id))
        .join(Registration, col(Registration.participation_id) == col(Participation.id))
        .where(
            Registration.event_id == event.id,
            col(Registration.session_id).is_(None),
            col(Registration.state).in_([RegistrationState.SEATED, RegistrationState.ASKED]),
        )
        .order_by(col(Registration.created_at), col(Account.id))
    )
    return list((await db.exec(found)).all())


async def _named(db: Db, event: Event) -> list[UUID]:
    """Who has the role of a mentor already."""
    found = (
        select(Participation.account_id)
        .join(ParticipationRole, col(ParticipationRole.participation_id) == Participation.id)
        .where(Participation.event_id == event.id, col(ParticipationRole.role) == Role.MENTOR)
    )
    return list((await db.exec(found)).all())
