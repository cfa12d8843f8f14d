"""Mentors: invited by mail, in or not, with a profile, free slots, and whom not to meet."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import select

from server import worker
from server.accounts import queries as accounts
from server.accounts.links import LinkKind
from server.core import clock
from server.core.db import Db
from server.demo.writing import insert_all
from server.events import queries as events
from server.events.models import Event, Participation, Role
from server.mail import jobs
from server.mentoring import queries
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.models import Conflict, ConflictSource, Mentor, MentorState, Round, Slot
from server.mentoring.plans.models import Assignment, Plan, PlanState
from server.organizations.models import Organization
from server.web.templates import Templates
from tests.server.mentoring import given
from tests.server.mentoring.given import DESK, SLUG
from tests.support.mailbox import mailbox, text_of
from tests.support.queries import cost
from tests.support.web import Browser, Site

MENTORS, OWN = f"{DESK}/mentors", f"/e/{SLUG}/mentor"
MANABE = "manabe@mihon.example"


async def invited(site: Site, browser: Browser, address: str = MANABE) -> Mentor:
    done = await browser.submit(
        MENTORS, MENTORS, name="真鍋 志乃", reading="まなべ しの", address=address, capacity="6"
    )
    assert done.status_code == 303, done.text
    async with site.database.reading() as db:
        return (await db.exec(select(Mentor))).one()


async def state(site: Site, mentor: Mentor) -> tuple[MentorState, frozenset[Role]]:
    async with site.database.reading() as db:
        kept = await db.get_one(Mentor, mentor.id)
        return kept.state, await events.roles_of(db, kept.participation_id)


async def rounds(site: Site, event: Event) -> list[Slot]:
    """A round of two slots."""
    async with site.database.writing() as db:
        session = await events.session_of(db, event, 1)
        made = Round(
            event_id=event.id,
            session_id=session.id,
            number=1,
            starts_at=event.starts_at,
            ends_at=event.starts_at + timedelta(minutes=30),
        )
        db.add(made)
        await db.flush()
        slots = [Slot(round_id=made.id, number=n, offset=n * 900, length=780) for n in (1, 2)]
        db.add_all(slots)
    return slots


async def test_an_invitation_is_accepted_once_and_gives_the_role(site: Site) -> None:
    event = await given.training(site)
    async with given.browser(site, await given.organizer(site, event)) as desk:
        mentor = await invited(site, desk)
        page = (await desk.get(MENTORS)).text
        assert "返事待ち" in page
        assert f'action="{MENTORS}"' in page
        assert f'href="{MENTORS}/{mentor.id}"' in page
        assert (
            f'action="{MENTORS}/{mentor.id}/again"'
            in (await desk.get(f"{MENTORS}/{mentor.id}")).text
        )
    assert await state(site, mentor) == (MentorState.INVITED, frozenset())
    path = await given.path_of(site, MANABE, LinkKind.MENTOR)
    async with site.browser() as browser:
        for _ in range(2):
            assert "引き受ける" in (await browser.get(path)).text
        assert (await browser.get(f"{OWN}/profile")).headers["location"].startswith("/login")
        done = await browser.submit(path, path, answer="yes", name="真鍋 しの")
        assert done.headers["location"] == f"{OWN}/profile?welcome=1"
        assert (await browser.get(done.headers["location"])).status_code == 200
        assert (await browser.get(path)).status_code == 410
    assert await state(site, mentor) == (MentorState.ACCEPTED, frozenset({Role.MENTOR}))
    async with site.database.reading() as db:
        account = await accounts.by_address(db, MANABE)
        assert account is not None
        assert account.name == "真鍋 しの"
        assert [each.id for each in await queries.mentors_of(db, event.id)] == [mentor.id]


async def test_a_no_is_heard_and_one_can_be_asked_again(site: Site) -> None:
    event = await given.training(site)
    async with given.browser(site, await given.organizer(site, event)) as desk:
        mentor = await invited(site, desk)
        path = await given.path_of(site, MANABE, LinkKind.MENTOR)
        async with site.browser() as browser:
            assert (await browser.submit(path, path, answer="no")).status_code == 200
            assert (await browser.get(path)).status_code == 410
        assert await state(site, mentor) == (MentorState.DECLINED, frozenset())
        assert (await invited(site, desk)).id == mentor.id
        assert (await state(site, mentor))[0] is MentorState.INVITED
        path = await given.path_of(site, MANABE, LinkKind.MENTOR)
        async with site.browser() as browser:
            await browser.submit(path, path, answer="yes")
        twice = await desk.submit(MENTORS, MENTORS, name="x", address=MANABE)
        assert twice.status_code == 409


async def test_the_mail_asks_and_leads_to_the_answer(site: Site) -> None:
    event = await given.training(site)
    async with given.browser(site, await given.organizer(site, event)) as desk:
        await invited(site, desk)
    with mailbox() as box:
        names = {name.lower(): value for name, value in box.settings.items()}
        context: dict[str, Any] = {
            "settings": site.settings.model_copy(update=names | {"smtp_port": box.port}),
            "database": site.database,
            "templates": Templates(static_base="/static", development=True),
            "mail_kinds": worker.MAIL_KINDS,
        }
        await jobs.send_due(context)
        (mail,) = box.to(MANABE)
    assert str(mail["Subject"]) == "メンターのお願い：見本のつどい"
    (path,) = set(re.findall(r"http://localhost:8000(/mentoring/\S+)", text_of(mail)))
    async with site.browser() as browser:
        assert (await browser.get(path)).status_code == 200


async def test_an_invitation_taken_back_lets_nobody_in(site: Site) -> None:
    event = await given.training(site)
    async with given.browser(site, await given.organizer(site, event)) as desk:
        mentor = await invited(site, desk)
        path = await given.path_of(site, MANABE, LinkKind.MENTOR)
        async with site.browser() as browser:
            assert (await browser.get(path)).status_code == 200  # control
            await desk.submit(f"{MENTORS}/{mentor.id}", f"{MENTORS}/{mentor.id}/out")
            assert (await browser.get(path)).status_code == 410
            assert (await browser.submit("/login", path, answer="yes")).status_code == 410
    assert await state(site, mentor) == (MentorState.DECLINED, frozenset())


async def test_a_mentor_with_visits_is_not_let_go(site: Site) -> None:
    """Control: without the visit one is."""
    event = await given.training(site)
    _, mentor = await given.mentor(site, event)
    team = await given.team(site, event, await given.person(site))
    slot = (await rounds(site, event))[0]
    now = clock.now()
    async with site.database.writing() as db:
        plan = Plan(
            event_id=event.id, number=1, state=PlanState.PUBLISHED, created_at=now, saved_at=now
        )
        db.add(plan)
        await db.flush()
        visit = Assignment(plan_id=plan.id, slot_id=slot.id, team_id=team.id, mentor_id=mentor.id)
        db.add(visit)
    place = f"{MENTORS}/{mentor.id}"
    async with given.browser(site, await given.organizer(site, event)) as desk:
        assert "担当 1／9" in (await desk.get(MENTORS)).text
        assert (await desk.submit(place, f"{place}/out")).status_code == 409
        assert (await state(site, mentor))[0] is MentorState.ACCEPTED
        async with site.database.writing() as db:
            await db.delete(await db.get_one(Assignment, visit.id))
        assert (await desk.submit(place, f"{place}/out")).status_code == 303
    assert await state(site, mentor) == (MentorState.DECLINED, frozenset())


async def test_what_a_mentor_says_is_what_everybody_reads(site: Site) -> None:
    event = await given.training(site)
    await given.topics(site, event, "食と農", "空き家")
    who, mentor = await given.mentor(site, event)
    async with site.database.writing() as db:
        db.add(Organization(name="見本町 大工組合", created_at=clock.now()))
    said = {
        "title_ja": "大工・宿主",
        "introduction_ja": "古い家の直し方を話します。",
        "introduction_en": "I talk about mending old houses.",
        "experience_ja": "三十年",
        "topic-2": "on",
        "language-ja": "on",
        "language-sign": "on",
        "regions": "見本町、朝霧台,見本町",
        "organization": "見本町 大工組合",
        "capacity": "4",
    }
    async with given.browser(site, who) as browser:
        wrong = await browser.submit(f"{OWN}/profile", f"{OWN}/profile", **said | {"capacity": "0"})
        assert wrong.status_code == 422
        assert "古い家の直し方を話します。" in wrong.text
        unknown = {"organization": "知らない会"}
        wrong = await browser.submit(f"{OWN}/profile", f"{OWN}/profile", **said | unknown)
        assert wrong.status_code == 422
        await browser.submit(f"{OWN}/profile", f"{OWN}/profile", **said)
        assert "大工・宿主" in (await browser.get(f"{OWN}/profile")).text
    async with site.database.reading() as db:
        kept = await db.get_one(Mentor, mentor.id)
        board = await queries.board_of(db, event.id)
    assert (kept.fields, kept.regions, kept.languages) == (
        [2],
        ["見本町", "朝霧台"],
        ["ja", "sign"],
    )
    assert board.capacity == {mentor.id: 4}
    async with given.browser(site, await given.organizer(site, event)) as desk:
        at_desk = await desk.get(f"{MENTORS}/{mentor.id}")
        assert at_desk.status_code == 200
        assert "古い家の直し方" in at_desk.text
    async with site.browser() as guest:
        page = (await guest.get(f"/e/{SLUG}/mentors")).text
    for part in (
        "真鍋 志乃",
        "大工・宿主",
        "古い家の直し方",
        "空き家",
        "朝霧台",
        "手話",
        "大工組合",
    ):
        assert part in page
    assert "食と農" not in page


async def test_only_those_who_said_yes_are_public(site: Site) -> None:
    event = await given.training(site)
    await given.mentor(site, event, "承諾 人子")
    await given.mentor(site, event, "招待 人子", state=MentorState.INVITED)
    await given.mentor(site, event, "辞退 人子", state=MentorState.DECLINED)
    async with site.browser() as guest:
        page = (await guest.get(f"/e/{SLUG}/mentors")).text
    assert [name in page for name in ("承諾 人子", "招待 人子", "辞退 人子")] == [
        True,
        False,
        False,
    ]


async def test_free_slots_are_switches_without_a_script(site: Site) -> None:
    event = await given.training(site)
    who, mentor = await given.mentor(site, event)
    place = f"{OWN}/availability"
    async with given.browser(site, who) as browser:
        assert "いまは、することがありません" in (await browser.get(place)).text
        first, second = await rounds(site, event)
        page = (await browser.get(place)).text
        assert page.count('type="checkbox"') == page.count(" checked>") == 2  # unsaid is free
        boxes = given.hidden(page, "boxes")
        await browser.submit(place, place, boxes=boxes, **{f"slot-{second.id}": "on"})
        assert (await browser.get(place)).text.count(" checked>") == 1
        foreign = await browser.submit(place, place, boxes=f"slot-{mentor.id}")
        assert foreign.status_code == 404
    async with site.database.reading() as db:
        board = await queries.board_of(db, event.id)
    assert board.busy == {(mentor.id, first.id)}


async def test_conflicts_reach_the_plan_and_not_the_mentor(site: Site) -> None:
    event = await given.training(site)
    who, mentor = await given.mentor(site, event)
    first = await given.team(site, event, await given.person(site, "一"), avoid1=who.name)
    second = await given.team(site, event, await given.person(site, "二"), name="第二 組合")
    async with given.browser(site, who) as browser:
        place = f"{OWN}/profile"
        page = (await browser.get(place)).text
        assert 'name="conflict"' not in page  # what the team wished stays with the organizers
        wrong = await browser.submit(place, f"{OWN}/apart", team="99 ない組")
        assert wrong.status_code == 422
        await browser.submit(place, f"{OWN}/apart", team="2 第二 組合")
        assert 'name="conflict"' in (await browser.get(place)).text
        async with site.database.reading() as db:
            assert (await queries.board_of(db, event.id)).apart == {
                (mentor.id, first.id),
                (mentor.id, second.id),
            }
            by_team = (
                await db.exec(select(Conflict).where(Conflict.source == ConflictSource.TEAM))
            ).one()
        await browser.submit(place, f"{OWN}/meet", conflict=str(by_team.id))  # not one's own
        own = given.hidden((await browser.get(place)).text, "conflict")
        await browser.submit(place, f"{OWN}/meet", conflict=own)
    async with site.database.reading() as db:
        assert (await queries.board_of(db, event.id)).apart == {(mentor.id, first.id)}


async def test_a_whole_organization_can_be_kept_apart(site: Site) -> None:
    event = await given.training(site)
    who, mentor = await given.mentor(site, event)
    team = await given.team(site, event, await given.person(site))
    async with site.database.writing() as db:
        office = Organization(name="雪待村役場", created_at=clock.now())
        db.add(office)
    place = f"{DESK}/teams/1"
    async with given.browser(site, await given.organizer(site, event)) as desk:
        await desk.submit(place, place, name=team.name, organization="雪待村役場")
        at = f"{MENTORS}/{mentor.id}"
        await desk.submit(at, f"{at}/apart", organization="雪待村役場")
        assert "雪待村役場" in (await desk.get(at)).text
        assert "団体のすべて" in (await desk.get(place)).text
    async with site.database.reading() as db:
        assert (await queries.board_of(db, event.id)).apart == {(mentor.id, team.id)}
    assert who.id


async def many_mentors(db: Db, event: Event, *, of: int) -> None:
    from server.accounts.models import Account, MailAddress

    now = clock.now()
    people = [Account(name=f"人 {n}", reading=f"ひと{n}", created_at=now) for n in range(of)]
    await insert_all(db, people)
    mails = [
        MailAddress(account_id=each.id, address=f"{n}@many.example", verified_at=now)
        for n, each in enumerate(people)
    ]
    await insert_all(db, mails)
    parts = [
        Participation(event_id=event.id, account_id=each.id, created_at=now) for each in people
    ]
    await insert_all(db, parts)
    made = [
        Mentor(
            event_id=event.id,
            participation_id=each.id,
            state=MentorState.ACCEPTED,
            invited_at=now,
        )
        for each in parts
    ]
    await insert_all(db, made)


async def test_one_and_five_hundred_cost_the_same(site: Site) -> None:
    event = await given.training(site)
    await given.mentor(site, event)
    async with given.browser(site, await given.organizer(site, event)) as desk:
        one = await cost(site.database, lambda: desk.get(MENTORS))
        public = await cost(site.database, lambda: desk.get(f"/e/{SLUG}/mentors"))
        async with site.database.writing() as db:
            await many_mentors(db, event, of=500)
        assert await cost(site.database, lambda: desk.get(MENTORS)) == one
        assert await cost(site.database, lambda: desk.get(f"/e/{SLUG}/mentors")) == public
        found = await desk.get(f"{MENTORS}?q=ヒト499")
        assert "人 499" in found.text
        assert "人 498" not in found.text
    async with site.database.reading() as db:
        assert len(await mentor_queries.guides_of(db, event)) == 501
