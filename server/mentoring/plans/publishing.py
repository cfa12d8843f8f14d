"""A draft becomes the plan that holds, in one transaction, and those concerned are told."""

from datetime import datetime
from typing import Final
from uuid import UUID

from server.accounts import audit
from server.core.db import Db
from server.core.errors import DomainError
from server.events import told
from server.live import log
from server.mentoring.plans import mails
from server.mentoring.plans import rows as plan_rows
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.comparing import Difference, difference
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.planning import Planning

PUBLISHED: Final = "plan.published"  # {plan: its number}


class PlanSame(DomainError):
    """The draft says what is published already."""

    code = "plan_same"


class PlanConflicts(DomainError):
    """Visits stand against a rule, and nobody has said to publish them all the same."""

    code = "plan_conflicts"


async def publish(
    db: Db, draft: Planning, *, v: int, despite: int, actor: UUID, now: datetime
) -> Difference:
    """Let the draft hold. Those whose visits change are owed a mail.

    Args:
        despite: how many visits that stand against a rule the organizer has seen and means.

    Raises:
        PlanChanged: the draft is not the one that was looked at.
        PlanConflicts: there are more or fewer of those.
        PlanSame: nothing differs from what is published.
    """
    plan, published = draft.plan, draft.published
    if plan.v != v:
        raise PlanChanged
    if draft.hard() != despite:
        raise PlanConflicts(count=draft.hard())
    found = difference(draft.before, draft.visits, draft.board.slots)
    if published is not None and not found.count:
        raise PlanSame
    await plan_rows.replace(db, draft.plan, draft.held)
    if published is not None:
        published.state = PlanState.FORMER
        db.add(published)
        await db.flush()  # one at a time is published
    plan.state, plan.published_at = PlanState.PUBLISHED, now
    await plan_rows.saved(db, plan, actor=actor, now=now)
    await mails.owe(db, plan, found.teams, found.mentors, now=now)
    stream, news = told.stream(draft.event.id), {"plan": plan.number}
    await log.append(db, stream=stream, type=PUBLISHED, payload=news, now=now)
    await audit.note(
        db,
        actor=actor,
        verb=PUBLISHED,
        object=audit.about("event", draft.event.id),
        now=now,
        plan=plan.number,
        changed=found.count,
        despite=despite,
    )
    return found
