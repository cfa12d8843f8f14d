"""The mail about visits: who meets whom when, and what is new in it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Database
from server.mail.kinds import Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail
from server.mentoring.plans import mails as plan_mails
from server.mentoring.plans.models import PlanState
from tests.server.mentoring.planned import (
    BEGINS,
    draft,
    visit,
    visits_now,
)
from tests.server.mentoring.publishing import accounts_of, publish, swapped
from tests.support.training import Held


async def letter(database: Database, account_id: UUID, *, at: int = 0) -> Letter | None:
    """The mail that an account is owed, as it would be written now; `at`: which of several."""
    async with database.writing() as db:
        found = select(OutgoingMail).where(OutgoingMail.account_id == account_id)
        mails = (await db.exec(found.order_by(col(OutgoingMail.id)))).all()
        account = await db.get_one(Account, account_id)
        reader = Recipient(account_id, "a@sample.example", account.name, "ja", "Asia/Tokyo")
        around = Surroundings(BEGINS - timedelta(hours=1), "http://localhost", "y@sample.example")
        return await plan_mails.compose(db, mails[at], reader, around)


async def sent(database: Database) -> None:
    """All mails that are owed have gone out."""
    async with database.writing() as db:
        await db.exec(update(OutgoingMail).values(sent_at=BEGINS))


async def test_the_mail_tells_a_team_who_comes_and_a_mentor_where_to_go(
    database: Database, held: Held
) -> None:
    team, _, mentor, _ = await swapped(database, held)
    await publish(database, held)
    now = await visits_now(database, held, PlanState.PUBLISHED)
    (seat, *_) = await accounts_of(database, held, [team])
    (guide,) = await accounts_of(database, held, [mentor])
    for account, mine, own in (
        (seat, False, {v for v in now if v.team_id == team.id}),
        (guide, True, {v for v in now if v.mentor_id == mentor.id}),
    ):
        written = await letter(database, account)
        assert written
        meetings = written.context["meetings"]
        assert [m.mine for m in meetings] == [mine] * len(own)
        assert {m.team.id for m in meetings} == {v.team_id for v in own}
        assert [m.span.starts_at for m in meetings] == sorted(m.span.starts_at for m in meetings)
        assert written.subject == "訪問の予定：実践研修"


async def test_who_is_owed_a_newer_mail_gets_that_alone(database: Database, held: Held) -> None:
    team, *_ = await swapped(database, held)
    await publish(database, held)
    await draft(database, held, [])
    await publish(database, held, number=3)
    (seat, *_) = await accounts_of(database, held, [team])
    assert await letter(database, seat, at=0) is None
    newest = await letter(database, seat, at=1)
    assert newest
    assert newest.context["meetings"] == []


async def test_the_mail_says_what_is_new_and_what_is_gone(database: Database, held: Held) -> None:
    first, second = visit(held, 0, 0, 0), visit(held, 1, 2, 0)
    await draft(database, held, [first, second])
    await publish(database, held)
    (seat, *_) = await accounts_of(database, held, [held.teams[0]])
    (guide,) = await accounts_of(database, held, [held.mentors[0]])
    early = await letter(database, seat)
    assert early
    assert (early.context["fresh"], early.context["gone"]) == ([], [])  # nothing was told before
    await sent(database)
    await draft(database, held, [first._replace(mentor_id=held.mentors[1].id)])
    await publish(database, held, number=3)
    team, mentor = await letter(database, seat, at=1), await letter(database, guide, at=1)
    assert team
    assert mentor
    kept = team.context["meetings"]
    assert [m.round.number for m in kept] == [1]
    assert team.context["fresh"] == kept
    assert [m.round.number for m in team.context["gone"]] == [2]
    assert [m.round.number for m in mentor.context["gone"]] == [1]


async def test_when_the_mail_before_was_not_sent_nothing_is_called_new(
    database: Database, held: Held
) -> None:
    await draft(database, held, [visit(held, 0, 0, 0)])
    await publish(database, held)
    await draft(database, held, [visit(held, 0, 0, 1)])
    await publish(database, held, number=3)
    (seat, *_) = await accounts_of(database, held, [held.teams[0]])
    newest = await letter(database, seat, at=1)
    assert newest
    assert (newest.context["fresh"], newest.context["gone"]) == ([], [])
