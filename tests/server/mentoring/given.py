"""What a test of teams and mentors starts from: a training with teams, people, their browsers."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID, uuid4

from sqlmodel import col, select

from server.accounts import links
from server.accounts.links import LinkKind
from server.accounts.models import Account, Link
from server.core import clock
from server.core.db import Db
from server.events.models import (
    Event,
    EventKind,
    Participation,
    ParticipationRole,
    Role,
    Topic,
)
from server.mentoring.models import (
    Mentor,
    MentorState,
    Question,
    QuestionKind,
    Team,
    TeamMember,
    Training,
)
from server.mentoring.teams import actions as teams
from server.mentoring.teams import questions
from server.mentoring.teams.questions import Written
from tests.server.registration import given as registration
from tests.support.web import Browser, Site

SLUG: Final = "workshop"
TEAM: Final = f"/e/{SLUG}/team"
DESK: Final = f"/manage/{SLUG}"
FILLED: Final = {
    "name": "雪待村 除雪組合",
    "about": "住民の団体",
    "region": "雪待村",
    "m1-name": "早瀬 彩",
    "m1-reading": "はやせ あや",
    "phone": "0120-000-000",
}


async def training(site: Site, *, most: int = 5, **facts: object) -> Event:
    """A published training that works with teams."""
    async with site.database.writing() as db:
        made = await registration.event(db, slug=SLUG, **facts)
        made.kind = EventKind.TRAINING
        await registration.session(db, made)
        db.add(Training(event_id=made.id, team_most=most))
    return made


async def topics(site: Site, event: Event, *names: str) -> list[Topic]:
    """Topics of an event."""
    made = [
        Topic(event_id=event.id, number=number, title={"ja": name})
        for number, name in enumerate(names, start=1)
    ]
    async with site.database.writing() as db:
        db.add_all(made)
    return made


async def question(
    site: Site,
    event: Event,
    kind: QuestionKind = QuestionKind.TEXT,
    *,
    text: str = "いま困っていること",
    required: bool = True,
    options: tuple[str, ...] = (),
) -> Question:
    """A question to teams."""
    written = Written(text={"ja": text}, hint={}, options={"ja": list(options)}, required=required)
    actor = await site.account("設問 係", address=f"{uuid4().hex}@sample.example")
    async with site.database.writing() as db:
        return await questions.add(db, event, kind, written, actor=actor.id, now=clock.now())


async def person(site: Site, name: str = "早瀬 彩", **facts: object) -> Account:
    """Somebody with an account."""
    return await site.account(name, **{"address": f"{uuid4().hex}@sample.example"} | facts)


async def organizer(site: Site, event: Event, name: str = "主催 佑") -> Account:
    """Somebody who organizes the event."""
    who = await person(site, name)
    await with_role(site, event, who, Role.ORGANIZER)
    return who


async def with_role(site: Site, event: Event, who: Account, role: Role) -> Participation:
    """A part in the event for somebody."""
    async with site.database.writing() as db:
        made = Participation(event_id=event.id, account_id=who.id, created_at=clock.now())
        db.add(made)
        await db.flush()
        db.add(ParticipationRole(participation_id=made.id, role=role))
    return made


async def mentor(
    site: Site, event: Event, name: str = "真鍋 志乃", *, state: MentorState = MentorState.ACCEPTED
) -> tuple[Account, Mentor]:
    """A mentor of the event."""
    who = await person(site, name)
    part = await with_role(site, event, who, Role.MENTOR)
    async with site.database.writing() as db:
        made = Mentor(
            event_id=event.id, participation_id=part.id, state=state, invited_at=clock.now()
        )
        db.add(made)
    return who, made


async def team(
    site: Site, event: Event, lead: Account, *members: tuple[str, str], **facts: str
) -> Team:
    """A registered team of a lead and others, (name, address) each."""
    draft = FILLED | {"m1-name": lead.name, "m1-reading": lead.reading} | facts
    for number, (name, address) in enumerate(members, start=2):
        draft |= {f"m{number}-name": name, f"m{number}-address": address}
    now = clock.now()
    async with site.database.writing() as db:
        held = await db.get_one(Event, event.id)
        known = await db.get_one(Training, event.id)
        await teams.save(db, held, draft, base={}, lead=lead, now=now)
        return await teams.register(db, held, known, lead=lead, now=now)


async def members_of(db: Db, team_id: UUID) -> list[TeamMember]:
    """Everyone who sits or sat in a team, by seat and time."""
    found = select(TeamMember).where(TeamMember.team_id == team_id)
    return list(
        (await db.exec(found.order_by(col(TeamMember.number), col(TeamMember.since)))).all()
    )


async def path_of(site: Site, address: str, kind: LinkKind = LinkKind.TEAM_SEAT) -> str:
    """The path of the newest link that was owed to an address, with a token as its mail has."""
    place = {LinkKind.TEAM_SEAT: "seat", LinkKind.MENTOR: "mentoring"}[kind]
    async with site.database.writing() as db:
        found = select(Link).where(
            Link.kind == kind, Link.address == address, col(Link.used_at).is_(None)
        )
        link = (await db.exec(found.order_by(col(Link.id).desc()).limit(1))).one()
        return f"/{place}/{await links.issue(db, link, now=clock.now())}"


@asynccontextmanager
async def browser(site: Site, who: Account | None) -> AsyncIterator[Browser]:
    """The browser of somebody who has logged in, or of a guest."""
    async with site.browser() as opened:
        if who is not None:
            opened.hold(await site.login(who))
        yield opened


def hidden(page: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" (?:id="{name}" )?value="([^"]*)"', page)
    assert found, name
    return found[1].replace("&#34;", '"')
