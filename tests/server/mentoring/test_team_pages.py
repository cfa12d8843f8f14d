"""A lead writes a team down, reads it once more, and registers it."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.core import clock
from server.events import queries as events
from server.events.models import Role
from server.mail.models import OutgoingMail
from server.mentoring import mails
from server.mentoring.models import Answer, Conflict, ConflictSource, QuestionKind, Team, TeamState
from server.mentoring.teams import queries as team_queries
from server.registration import queries as registrations
from server.registration.models import RegistrationState
from tests.server.mentoring import given
from tests.server.mentoring.given import DESK, FILLED, SLUG, TEAM
from tests.server.registration import given as registration
from tests.support.web import Site

BOXES = {"boxes": ""}


async def all_teams(site: Site) -> list[Team]:
    async with site.database.reading() as db:
        return list((await db.exec(select(Team).order_by(col(Team.number)))).all())


async def test_who_is_not_known_is_told_how_to_begin(site: Site) -> None:
    await given.training(site)
    async with site.browser() as browser:
        shown = await browser.get(TEAM)
        assert shown.status_code == 200
        assert "アカウントのない方" in shown.text
        sent = await browser.submit(
            TEAM, f"{TEAM}/begin", name="早瀬 彩", address="hayase@yukimachi.example"
        )
        assert "hayase@yukimachi.example" in sent.text
        wrong = await browser.submit(TEAM, f"{TEAM}/begin", name="早瀬 彩", address="hayase")
        assert wrong.status_code == 422
    async with site.database.reading() as db:
        (mail,) = (await db.exec(select(OutgoingMail))).all()
    assert mail.kind == "login_link"


async def test_a_draft_is_kept_as_typed_and_said_when(site: Site) -> None:
    event = await given.training(site)
    lead = await given.person(site)
    async with given.browser(site, lead) as browser:
        shown = await browser.get(TEAM)
        assert 'value="早瀬 彩"' in shown.text
        assert await all_teams(site) == []  # looking writes nothing
        base = given.hidden(shown.text, "base")
        kept = await browser.submit(TEAM, TEAM, base=base, phone="0120-000-00", region="雪待村")
        assert (kept.status_code, kept.headers["location"]) == (303, TEAM)
        again = await browser.get(TEAM)
    assert 'value="0120-000-00"' in again.text
    assert "10けたか11けたで書いてください（いま9けた）。" in again.text
    assert "に下書きを保存しました" in again.text
    assert "ここを記入してください" not in again.text  # not yet: nobody wants to register
    (team,) = await all_teams(site)
    assert (team.state, team.number, team.lead_id) == (TeamState.DRAFT, None, lead.id)
    assert team.draft["phone"] == "0120-000-00"
    assert team.event_id == event.id


async def test_what_is_wrong_is_named_and_nothing_is_lost(site: Site) -> None:
    event = await given.training(site)
    await given.question(site, event)
    lead = await given.person(site)
    written = FILLED | {"phone": "0120-000-00", "m2-name": "森川 とき子"}
    async with given.browser(site, lead) as browser:
        refused = await browser.submit(TEAM, TEAM, **written, do="check")
        assert refused.status_code == 422
        assert "直すところが2つあります" in refused.text
        for part in ('href="#phone"', 'href="#q1"', "森川 とき子", 'value="0120-000-00"'):
            assert part in refused.text
        assert (await browser.get(f"{TEAM}/check")).headers["location"] == TEAM
        assert (await browser.submit(TEAM, f"{TEAM}/register")).headers["location"] == TEAM
    (team,) = await all_teams(site)
    assert team.state is TeamState.DRAFT


async def test_seats_are_added_and_taken_out_without_a_script(site: Site) -> None:
    await given.training(site, most=2)
    async with given.browser(site, await given.person(site)) as browser:
        await browser.submit(TEAM, TEAM, do="add-seat")
        page = (await browser.get(TEAM)).text
        assert 'name="m2-name"' in page
        assert 'value="add-seat"' not in page  # two are all
        await browser.submit(TEAM, TEAM, **{"m2-name": "森川 とき子"})
        assert "席は、これでいっぱいです" in (await browser.get(TEAM)).text
        await browser.submit(TEAM, TEAM, do="remove-seat 2")
        assert 'name="m2-name"' not in (await browser.get(TEAM)).text


async def test_a_team_is_registered_with_all_that_hangs_on_it(site: Site) -> None:
    event = await given.training(site, capacity=10)
    text = await given.question(site, event)
    choice = await given.question(
        site, event, QuestionKind.CHOICE, text="季節", options=("夏｜山", "冬")
    )
    consent = await given.question(site, event, QuestionKind.CONSENT, text="録画", required=False)
    _, topic = await given.topics(site, event, "食と農", "空き家")
    who, guide = await given.mentor(site, event)
    lead = await given.person(site)
    written = FILLED | {
        "m2-name": "小田切 誠",
        "m2-address": "odagiri@yukimachi.example",
        "m3-name": "森川 とき子",
        f"q{text.number}": "雪を下ろす人が足りない。",
        f"q{choice.number}": "o2",
        f"q{consent.number}": "on",
        "topic": "2",
        "avoid1": who.name,
    }
    async with given.browser(site, lead) as browser:
        checked = await browser.submit(TEAM, TEAM, **written, do="check")
        assert checked.headers["location"] == f"{TEAM}/check"
        review = (await browser.get(f"{TEAM}/check")).text
        for part in ("雪待村 除雪組合", "小田切 誠", "冬", "空き家", "同意します", who.name):
            assert part in review
        done = await browser.submit(f"{TEAM}/check", f"{TEAM}/register")
        assert done.headers["location"] == f"{TEAM}/1?registered=1"
        page = (await browser.get(f"{TEAM}/1?registered=1")).text
        assert "チームの番号は1です" in page
        assert (await browser.get(TEAM)).headers["location"] == f"{TEAM}/1"
        assert (await browser.submit(f"{TEAM}/1", f"{TEAM}/register")).headers[
            "location"
        ] == f"{TEAM}/1?registered=1"  # sent twice, done once
    (team,) = await all_teams(site)
    assert (team.number, team.state, team.topic_id, team.draft) == (
        1,
        TeamState.REGISTERED,
        topic.id,
        {},
    )
    async with site.database.reading() as db:
        members = await given.members_of(db, team.id)
        assert [(each.number, each.name, each.account_id) for each in members] == [
            (1, "早瀬 彩", lead.id),
            (2, "小田切 誠", None),
            (3, "森川 とき子", None),
        ]
        answers = {each.question_id: each.value for each in await db.exec(select(Answer))}
        assert answers == {
            text.id: "雪を下ろす人が足りない。",
            choice.id: "o2",
            consent.id: "yes",
        }
        (conflict,) = (await db.exec(select(Conflict))).all()
        assert (conflict.mentor_id, conflict.team_id, conflict.source) == (
            guide.id,
            team.id,
            ConflictSource.TEAM,
        )
        own = await events.participation_of(db, event, lead.id)
        assert own is not None
        assert Role.PARTICIPANT in await events.roles_of(db, own.id)
        at_event = await registrations.of_participation(db, own.id, None)
        assert at_event is not None
        assert at_event.state is RegistrationState.SEATED
        kinds = (await db.exec(select(OutgoingMail.kind).order_by(OutgoingMail.kind))).all()
        assert sorted(kinds) == ["registration", mails.SEAT]


async def test_approval_and_waitlist_work_as_everywhere(site: Site) -> None:
    event = await given.training(site, approval=True)
    lead = await given.person(site)
    await given.team(site, event, lead)
    async with site.database.reading() as db:
        standing = await team_queries.standing(db, event, [lead.id])
    assert standing[lead.id].state is RegistrationState.ASKED


async def test_when_all_seats_are_taken_a_lead_waits(site: Site) -> None:
    event = await given.training(site, capacity=1)
    first, second = await given.person(site, "一"), await given.person(site, "二")
    await given.team(site, event, first)
    assert (await given.team(site, event, second)).number == 2
    async with site.database.reading() as db:
        standing = await team_queries.standing(db, event, [first.id, second.id])
    assert standing[first.id].state is RegistrationState.SEATED
    assert standing[second.id].state is RegistrationState.WAITING


@pytest.mark.parametrize(("opens", "closes"), [(1, 2), (-2, -1)])
async def test_outside_the_period_nothing_is_written(site: Site, opens: int, closes: int) -> None:
    """Control: within it, see above."""
    now = clock.now()
    await given.training(
        site, opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes)
    )
    async with given.browser(site, await given.person(site)) as browser:
        assert 'id="team"' not in (await browser.get(TEAM)).text
        refused = await browser.submit(TEAM, TEAM, **FILLED)
        assert refused.status_code == 409
    assert await all_teams(site) == []


async def test_the_way_in_leads_over_the_team(site: Site) -> None:
    event = await given.training(site)
    async with site.database.writing() as db:
        other = await registration.event(db, slug="single")
    lead = await given.person(site)
    async with given.browser(site, lead) as browser:
        assert (await browser.get(f"/e/{SLUG}/register")).headers["location"] == TEAM
        sent = await browser.submit(TEAM, f"/e/{SLUG}/register")
        assert sent.headers["location"] == TEAM
        assert (await browser.get(f"/e/{other.slug}/register")).status_code == 200
        assert (await browser.get(f"/e/{other.slug}/team")).status_code == 404
        await given.team(site, event, lead)
        assert "あなたの席があります" in (await browser.get(f"/e/{SLUG}/register")).text
    async with site.browser() as guest:
        assert (await guest.get(f"/e/{SLUG}/register")).headers["location"] == TEAM


async def test_the_switch_makes_a_training_of_teams_and_back(site: Site) -> None:
    async with site.database.writing() as db:
        event = await registration.event(db, slug=SLUG)
    host = await given.organizer(site, event)
    async with given.browser(site, host) as browser:
        assert (await browser.get(TEAM)).status_code == 404
        await browser.submit(f"{DESK}/teams", f"{DESK}/teams", teams="true", team_most="3")
        assert "この研修には" not in (await browser.get(TEAM)).text
        assert "3人まで" in (await browser.get(TEAM)).text
        wrong = await browser.submit(f"{DESK}/teams", f"{DESK}/teams", teams="true", team_most="99")
        assert wrong.status_code == 422
        await browser.submit(f"{DESK}/teams", f"{DESK}/teams", teams="false")
        assert (await browser.get(TEAM)).status_code == 404
        await browser.submit(f"{DESK}/teams", f"{DESK}/teams", teams="true")
        await given.team(site, event, await given.person(site))
        stays = await browser.submit(f"{DESK}/teams", f"{DESK}/teams", teams="false")
        assert stays.status_code == 409
        assert (await browser.get(TEAM)).status_code == 200
