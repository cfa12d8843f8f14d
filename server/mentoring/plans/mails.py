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
from server.mentoring.plans.meetings import meetings_of
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
    """The visits of the reader by the plan that holds now."""
    plan = await db.get(Plan, UUID(mail.subject))
    if plan is None or await _newer_owed(db, mail, plan):
        return None
    event = await db.get_one(Event, plan.event_id)
    meetings = await meetings_of(db, event, recipient.account_id)
    title = i18n.pick(event.title, recipient.locale).body
    return Letter(
        subject=i18n.catalog(recipient.locale).gettext(SUBJECT).format(title=title),
        reply_to=address_in(i18n.pick(event.contact, recipient.locale).body),
        template="visits",
        context={
            "event": event,
            "meetings": [meeting for meeting in meetings if meeting.span.ends_at > around.now],
            "link": f"{around.public_url}/me",
        },
    )


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


async def _newer_owed(db: Db, mail: OutgoingMail, plan: Plan) -> bool:
    """Whether a later mail about a plan of the same event is owed to the reader, or was sent."""
    later = select(OutgoingMail.subject).where(
        OutgoingMail.kind == VISITS,
        OutgoingMail.account_id == mail.account_id,
        col(OutgoingMail.id) > mail.id,  # ids follow their time
        col(OutgoingMail.dropped_at).is_(None),
    )
    ids = [UUID(subject) for subject in (await db.exec(later)).all()]
    same = select(Plan.id).where(col(Plan.id).in_(ids), Plan.event_id == plan.event_id)
    return (await db.exec(same)).first() is not None


KINDS: Final[Mapping[str, Compose]] = {VISITS: compose}
