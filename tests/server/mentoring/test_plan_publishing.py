"""Publishing: in one transaction, from the draft that was looked at; who is concerned is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Database
from server.events import told
from server.live import log
from server.mail.kinds import Letter, Recipient, Surroundings
from server.mail.models import OutgoingMail
from server.mentoring import queries
from server.mentoring.models import (
    Availability,
    Conflict,
    ConflictSource,
    Mentor,
    RoundState,
    Team,
    TeamState,
)
from server.mentoring.plans import actions as plans
from server.mentoring.plans import mails as plan_mails
from server.mentoring.plans import publishing as plan_publishing
from server.mentoring.plans.actions import PlanChanged
from server.mentoring.plans.mails import VISITS
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.publishing import PlanConflicts, PlanSame
from tests.server.mentoring.planned import (
    BEGINS,
    changed,
    draft,
    mailed,
    planning,
    put,
    slots_of,
    training,
    visit,
    visits_now,
)
from tests.support.training import Held


@pytest.fixture
async def held(database: Database) -> Held:
    return await training(database)


async def publish(
    database: Database, held: Held, *, number: int = 2, v: int | None = None, despite: int = 0
) -> None:
    async with database.writing() as db:
        kept = await plans.held(db, held.event, number)
        await plan_publishing.publish(
            db,
            kept,
            v=kept.plan.v if v is None else v,
            despite=despite,
            actor=held.organizer.account_id,
            now=BEGINS,
        )


async def swapped(database: Database, held: Held) -> tuple[Team, Team, Mentor, Mentor]:
    """A draft in which two mentors of a slot have changed their teams."""
    number = await draft(database, held)
    slot = slots_of(held)[0]
    one, other, *_ = sorted(v for v in await visits_now(database, held) if v.slot_id == slot)
    async with database.writing() as db:
        kept = await plans.held(db, held.event, number)
        wanted = put(one._replace(team_id=other.team_id), was=one.team_id)
        await plans.put(db, kept, wanted, actor=held.organizer.account_id, now=BEGINS)
    teams = {team.id: team for team in held.teams}
    mentors = {mentor.id: mentor for mentor in held.mentors}
    return (
        teams[one.team_id],
        teams[other.team_id],
        mentors[one.mentor_id],
        mentors[other.mentor_id],
    )


async def accounts_of(database: Database, held: Held, who: list[Team | Mentor]) -> set[UUID]:
    """The accounts of those who sit in teams, and of mentors."""
    people = set()
    for one in who:
        if isinstance(one, Team):
            people |= {person.account_id for person in held.members[one.id]}
        else:
            async with database.reading() as db:
                participation = await db.get_one(type(held.organizer), one.participation_id)
            people.add(participation.account_id)
    return people


async def test_the_draft_holds_and_the_former_plan_is_kept(database: Database, held: Held) -> None:
    await swapped(database, held)
    wanted = await visits_now(database, held)
    before = await visits_now(database, held, PlanState.PUBLISHED)
    despite = (await planning(database, held, 2)).hard()
    await publish(database, held, despite=despite)
    assert await visits_now(database, held, PlanState.PUBLISHED) == wanted
    async with database.reading() as db:
        assert await queries.plan_in(db, held.event.id, PlanState.DRAFT) is None
        former = await planning(database, held, 1)
        published = await queries.plan_in(db, held.event.id, PlanState.PUBLISHED)
    assert former.plan.state is PlanState.FORMER
    assert set(former.visits) == before
    assert published
    assert (published.number, published.published_at) == (2, BEGINS)


async def test_those_concerned_are_owed_a_mail_and_nobody_else(
    database: Database, held: Held
) -> None:
    concerned = await swapped(database, held)
    await publish(database, held)
    assert await mailed(database, VISITS) == await accounts_of(database, held, list(concerned))


async def test_the_stream_of_the_event_tells_it_once(database: Database, held: Held) -> None:
    await swapped(database, held)
    await publish(database, held)
    async with database.reading() as db:
        events = await log.after(db, told.stream(held.event.id), 0)
    assert [(e.type, e.payload) for e in events] == [("plan.published", {"plan": 2})]


async def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(
    database: Database, held: Held
) -> None:
    await swapped(database, held)
    v = (await planning(database, held, 2)).plan.v
    before = await visits_now(database, held, PlanState.PUBLISHED)
    for wrong in (v - 1, v + 1):
        with pytest.raises(PlanChanged):
            await publish(database, held, v=wrong)
    assert await visits_now(database, held, PlanState.PUBLISHED) == before
    assert await mailed(database, VISITS) == set()
    await publish(database, held, v=v)


async def test_what_says_the_same_is_not_published(database: Database, held: Held) -> None:
    await draft(database, held)
    with pytest.raises(PlanSame):
        await publish(database, held)


async def test_conflicts_must_be_meant_and_gaps_need_not(database: Database, held: Held) -> None:
    bad, away = visit(held, 0, 0, 0), visit(held, 1, 1, 1)
    await draft(database, held, [bad, away, visit(held, 0, 2, 1), visit(held, 0, 3, 2)])
    async with database.writing() as db:
        db.add(
            Conflict(
                mentor_id=bad.mentor_id,
                team_id=bad.team_id,
                source=ConflictSource.MENTOR,
                at=BEGINS,
            )
        )
        db.add(Availability(mentor_id=away.mentor_id, slot_id=away.slot_id, free=False))
    for despite in (0, 1, 3):
        with pytest.raises(PlanConflicts) as refused:
            await publish(database, held, despite=despite)
        assert refused.value.details == {"count": 2}
    await publish(database, held, despite=2)
    assert len(await visits_now(database, held, PlanState.PUBLISHED)) == 4


async def test_a_second_time_is_only_a_hint(database: Database, held: Held) -> None:
    await draft(database, held, [visit(held, 0, 0, 0), visit(held, 0, 2, 0)])
    await publish(database, held)
    assert len(await visits_now(database, held, PlanState.PUBLISHED)) == 2


async def test_a_round_that_has_begun_keeps_what_was_repaired_in_it(
    database: Database, held: Held
) -> None:
    """Somebody replaces a mentor in the running round while another writes the draft."""
    await draft(database, held, [])
    published = await visits_now(database, held, PlanState.PUBLISHED)
    await changed(database, held.rounds[0], state=RoundState.OPEN)
    await publish(database, held)
    first = slots_of(held)[:2]
    assert await visits_now(database, held, PlanState.PUBLISHED) == {
        visit for visit in published if visit.slot_id in first
    }


async def test_a_team_that_left_is_not_in_the_plan_any_more(database: Database, held: Held) -> None:
    await draft(database, held)
    await changed(database, held.teams[0], state=TeamState.CANCELLED)
    with pytest.raises(PlanSame):  # the published plan does not count it either
        await publish(database, held)
    kept = (await planning(database, held, 2)).visits
    await draft(database, held, kept[1:])
    await publish(database, held)
    teams = {v.team_id for v in await visits_now(database, held, PlanState.PUBLISHED)}
    assert held.teams[0].id not in teams


async def letter(database: Database, account_id: UUID, *, at: int = 0) -> Letter | None:
    """The mail that an account is owed, as it would be written now; `at`: which of several."""
    async with database.writing() as db:
        found = select(OutgoingMail).where(OutgoingMail.account_id == account_id)
        mails = (await db.exec(found.order_by(col(OutgoingMail.id)))).all()
        account = await db.get_one(Account, account_id)
        reader = Recipient(account_id, "a@sample.example", account.name, "ja", "Asia/Tokyo")
        around = Surroundings(BEGINS - timedelta(hours=1), "http://localhost", "y@sample.example")
        return await plan_mails.compose(db, mails[at], reader, around)


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
