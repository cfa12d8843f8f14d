"""The mail about visits, to mentors and to those who sit in teams: who meets whom when.

It is written when it is sent, from the plan that holds then; who is owed a newer one gets that.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from server.core import i18n
from server.core.db import Db
from server.core.i18n import N_
from server.events.models import Event, Participation
from server.mail import outbox
from server.mail.kinds import Compose, Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail
from server.mail.rules import address_in
from server.mentoring import queries
from server.mentoring.models import Mentor, Round, TeamMember
from server.mentoring.plans.meetings import Meeting, meetings_of
from server.mentoring.plans.models import Plan, PlanState

VISITS: Final = "visits"
SUBJECT: Final = N_("訪問の予定：{title}")


async def owe(
    db: Db, plan: Plan, teams: Collection[UUID], mentors: Collection[UUID], *, now: datetime
) -> None:
    """Owe a mail to those who sit in teams, and to mentors. The plan's `v` is the state told of."""
    for account_id in sorted(await readers(db, teams, mentors)):
        await outbox.order(
            db, kind=VISITS, subject=plan.id, revision=plan.v, account_id=account_id, now=now
        )


async def owe_of_round(db: Db, event: Event, round_: Round, *, now: datetime) -> None:
    """Owe a mail to all who have a visit in a round by the published plan: its times changed."""
    published = await queries.plan_in(db, event.id, PlanState.PUBLISHED)
    if published is None:
        return
    ids = {slot.id for slot in (await queries.slots_of(db, [round_.id]))[round_.id]}
    visits = [v for v in await queries.assignments_of(db, published) if v.slot_id in ids]
    published.v += 1
    db.add(published)
    await owe(db, published, {v.team_id for v in visits}, {v.mentor_id for v in visits}, now=now)


async def compose(
    db: Db, mail: OutgoingMail, recipient: Recipient, around: Surroundings
) -> Letter | None:
    """The reader's visits by the plan that holds now, and what the mail before did not tell."""
    plan = await db.get(Plan, UUID(mail.subject))
    if plan is None:
        return None
    others = await _others(db, mail, plan.event_id)
    if any(each.id > mail.id and each.dropped_at is None for each in others):
        return None  # a newer one is owed, or was sent
    event = await db.get_one(Event, plan.event_id)
    meetings = await _to_come(db, event, recipient.account_id, around.now)
    told = await _told_before(db, mail, others)
    was = await _to_come(db, event, recipient.account_id, around.now, told) if told else meetings
    title = i18n.pick(event.title, recipient.locale).body
    return Letter(
        subject=i18n.catalog(recipient.locale).gettext(SUBJECT).format(title=title),
        reply_to=address_in(i18n.pick(event.contact, recipient.locale).body),
        template="visits",
        context={
            "event": event,
            "meetings": meetings,
            "fresh": [meeting for meeting in meetings if meeting not in was],
            "gone": _without_another(was, meetings),
            "link": f"{around.public_url}/me",
        },
    )


async def _to_come(
    db: Db, event: Event, account_id: UUID, now: datetime, plan: Plan | None = None
) -> list[Meeting]:
    meetings = await meetings_of(db, event, account_id, plan=plan)
    return [meeting for meeting in meetings if meeting.span.ends_at > now]


def _without_another(was: list[Meeting], meetings: list[Meeting]) -> list[Meeting]:
    """Those of before, in whose slot there is none now."""
    taken = {(meeting.round.id, meeting.slot) for meeting in meetings}
    return [meeting for meeting in was if (meeting.round.id, meeting.slot) not in taken]


async def readers(db: Db, teams: Collection[UUID], mentors: Collection[UUID]) -> set[UUID]:
    """The accounts of those who sit in teams now, and of mentors."""
    seated = select(TeamMember.account_id).where(
        col(TeamMember.team_id).in_(teams),
        col(TeamMember.until).is_(None),
        col(TeamMember.account_id).is_not(None),
    )
    visiting = (
        select(Participation.account_id)
        .join(Mentor, col(Mentor.participation_id) == col(Participation.id))
        .where(col(Mentor.id).in_(mentors))
    )
    people = [*(await db.exec(seated)).all(), *(await db.exec(visiting)).all()]
    return {account_id for account_id in people if account_id is not None}


async def _others(db: Db, mail: OutgoingMail, event_id: UUID) -> list[OutgoingMail]:
    """The other mails about an event's visits, owed to the reader or sent, as they came."""
    found = select(OutgoingMail).where(
        OutgoingMail.kind == VISITS,
        OutgoingMail.account_id == mail.account_id,
        OutgoingMail.id != mail.id,
    )
    plans = {str(id_) for id_ in await db.exec(select(Plan.id).where(Plan.event_id == event_id))}
    mails = (await db.exec(found.order_by(col(OutgoingMail.id)))).all()  # ids follow their time
    return [each for each in mails if each.subject in plans]


async def _told_before(db: Db, mail: OutgoingMail, others: list[OutgoingMail]) -> Plan | None:
    """The plan that the mail before told the reader of; None when it was not sent, so that nobody
    knows what the reader has read.
    """
    earlier = [each for each in others if each.id < mail.id]
    if not earlier or earlier[-1].sent_at is None:
        return None
    return await db.get(Plan, UUID(earlier[-1].subject))


KINDS: Final[Mapping[str, Compose]] = {VISITS: compose}
