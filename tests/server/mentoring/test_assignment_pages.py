"""The pages of the assignment: why, why not, what if, and what an organizer does there."""

import re
from collections.abc import AsyncIterator
from html import unescape
from itertools import product

import pytest
from sqlmodel import select

from server.core import clock
from server.events.models import Topic
from server.mentoring.models import Availability, Conflict, ConflictSource, RoundState
from server.mentoring.plans.models import Solving, SolvingState
from server.mentoring.solving.weights import USUAL
from server.mentoring.wishes.models import Wish, WishBy
from tests.server.mentoring.planned import (
    BEGINS,
    Desk,
    at_desk,
    changed,
    draft,
    planning,
    visit,
    visits_now,
)
from tests.support.queries import cost
from tests.support.training import Sizes
from tests.support.web import Site

PAGE = "plans/2/assignment"


@pytest.fixture
async def desk(site: Site) -> AsyncIterator[Desk]:
    async with at_desk(site) as found:
        yield found


def text_of(html: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


async def page(desk: Desk, query: str = "") -> str:
    found = await desk.look(f"{PAGE}{query}")
    assert found.status_code == 200, found.text
    return text_of(found.text)


async def test_a_pair_says_what_it_earns(desk: Desk, site: Site) -> None:
    held, (mentor, *_), team = desk.held, desk.held.mentors, desk.held.teams[0]
    topic = Topic(event_id=held.event.id, number=1, title={"ja": "空き家と住まい"})
    async with site.database.writing() as db:
        db.add(topic)
        db.add(Wish(mentor_id=mentor.id, team_id=team.id, by=WishBy.TEAM, weight=2, at=clock.now()))
    await changed(site.database, team, topic_id=topic.id, region="見本県見本町")
    await changed(site.database, mentor, fields=[1], regions=["見本県"], capacity=4)
    await draft(site.database, held, [visit(held, 0, 0, 0), visit(held, 0, 1, 1)])
    said = await page(desk, "?team=1")
    for words in ("分野が合う 空き家と住まい +34", "地域が合う 見本県見本町 +12"):
        assert words in said
    for words in ("ことばが合う 日本語 +20", "チームの希望 ぜひ +24"):
        assert words in said
    assert "負担 いま2回（上限4） −3" in said
    assert "合い度 87" in said


async def test_others_are_forbidden_by_a_named_rule_or_cost_something(
    desk: Desk, site: Site
) -> None:
    held = desk.held
    at = clock.now()
    async with site.database.writing() as db:
        mentor_id, team_id, source = held.mentors[1].id, held.teams[0].id, ConflictSource.TEAM
        db.add(Conflict(mentor_id=mentor_id, team_id=team_id, source=source, at=at))
        for slot in held.slots[held.rounds[0].id]:
            db.add(Availability(mentor_id=held.mentors[2].id, slot_id=slot.id, free=False))
    await draft(site.database, held, [visit(held, 0, 0, 0)])
    said = await page(desk, "?team=1")
    assert "利害あり チームが、担当を望んでいません。" in said
    assert "このラウンドは都合がつきません。" in said


async def test_an_open_visit_names_what_would_have_to_give_way(desk: Desk, site: Site) -> None:
    held = desk.held
    async with site.database.writing() as db:
        for mentor, slot in product(held.mentors, held.slots[held.rounds[0].id]):
            db.add(Availability(mentor_id=mentor.id, slot_id=slot.id, free=False))
    await draft(site.database, held, [])
    said = await page(desk, "?team=2")
    assert "見本2町に担当がいません" in said
    assert "の枠を空けてもらう" in said
    assert "どう組んでも、ぜんぶには届きません。" in said


async def test_an_exchange_is_tried_and_becomes_the_draft_and_can_be_taken_back(
    desk: Desk, site: Site
) -> None:
    held = desk.held
    before = {visit(held, 0, 0, 0), visit(held, 1, 0, 1)}
    await draft(site.database, held, list(before))
    other = held.mentors[1].id
    said = await page(desk, f"?round=1&team=1&trial={other}")
    assert "もし" in said
    assert "ほかのチームは動きません。" in said
    plan = (await planning(site.database, held, 2)).plan
    sent = {"v": plan.v, "mentor": other, "round": 1, "team": 1}
    assert await desk.send(f"{PAGE}/exchange", **sent) == 303
    after = await visits_now(site.database, held)
    assert {(v.team_id, v.mentor_id) for v in after} == {
        (held.teams[0].id, other),
        (held.teams[1].id, held.mentors[1].id),
    }
    assert await desk.send(f"{PAGE}/exchange", **sent) == 409  # of a draft that is another now
    assert "先に変えました" in desk.last.text
    assert await visits_now(site.database, held) == after
    assert await desk.send(f"{PAGE}/undo", round=1) == 303
    assert await visits_now(site.database, held) == before


async def test_a_locked_visit_is_not_exchanged(desk: Desk, site: Site) -> None:
    held = desk.held
    mine = visit(held, 0, 0, 0)
    await draft(site.database, held, [mine])
    sent = {"mentor": mine.mentor_id, "slot": mine.slot_id, "on": 1, "round": 1, "team": 1}
    assert await desk.send(f"{PAGE}/lock", **sent) == 303
    assert "固定した訪問を、動かすことになります。" in await page(desk, "?round=1&team=1")
    other = held.mentors[1].id
    plan = (await planning(site.database, held, 2)).plan
    assert await desk.send(f"{PAGE}/exchange", v=plan.v, mentor=other, round=1, team=1) == 409
    assert await visits_now(site.database, held) == {mine}
    assert await desk.send(f"{PAGE}/lock", **(sent | {"on": 0})) == 303
    assert "固定をはずす" not in await page(desk, "?round=1&team=1")


async def test_a_search_is_asked_for_once_and_watched_and_stopped(desk: Desk, site: Site) -> None:
    await draft(site.database, desk.held, [])
    assert "いちばん良い案をさがす" in await page(desk)
    assert (await desk.look(f"{PAGE}/search")).status_code == 204
    assert await desk.send(f"{PAGE}/solve", round=1) == 303
    assert "計算を始めます" in await page(desk)
    watched = await desk.look(f"{PAGE}/search?round=1")
    assert "計算を始めます" in watched.text
    assert "<table" not in watched.text
    assert await desk.send(f"{PAGE}/solve", round=1) == 409
    assert "ほかの計算が続いています" in desk.last.text
    assert await desk.send(f"{PAGE}/cancel", round=1) == 303
    assert "計算をやめました。" in await page(desk)
    assert await desk.send(f"{PAGE}/take", round=1) == 303
    assert await visits_now(site.database, desk.held) == set()


async def test_a_search_that_broke_off_says_so(desk: Desk, site: Site) -> None:
    await draft(site.database, desk.held)
    assert await desk.send(f"{PAGE}/solve", round=1, near="true") == 303
    async with site.database.writing() as db:
        solving = (await db.exec(select(Solving))).one()
        assert solving.near
        solving.state, solving.beat_at = SolvingState.RUNNING, BEGINS.replace(year=2020)
        db.add(solving)
    said = await page(desk)
    assert "計算が途中で止まりました。" in said
    assert "下書きは、始める前のままです。" in said


async def test_reasons_are_weighed_and_the_second_to_weigh_is_told(desk: Desk, site: Site) -> None:
    held = desk.held
    await draft(site.database, held, [visit(held, 0, 0, 0)])
    usual = ",".join(["usual"] * len(USUAL))
    levels = dict.fromkeys(USUAL, "usual") | {"language": "much"}
    assert await desk.send(f"{PAGE}/weigh", before=usual, round=1, **levels) == 303
    assert "ことばが合う 日本語 +40" in await page(desk, "?round=1&team=1")
    assert await desk.send(f"{PAGE}/weigh", before=usual, round=1, **levels) == 409
    odd = ",".join(["odd"] * len(USUAL))
    assert await desk.send(f"{PAGE}/weigh", before=odd, round=1, **levels) == 409


async def test_what_is_published_explains_itself_and_does_not_change(
    desk: Desk, site: Site
) -> None:
    found = await desk.look("plans/1/assignment?team=1")
    said = text_of(found.text)
    assert "合い度" in said
    assert "下書きをつくる" in said
    assert "ためしに見る" not in said
    assert await desk.send("plans/1/assignment/solve", round=1) == 409


async def test_a_round_that_has_begun_is_not_asked_about(desk: Desk, site: Site) -> None:
    await draft(site.database, desk.held)
    await changed(site.database, desk.held.rounds[0], state=RoundState.CLOSED)
    said = await page(desk, "?round=1&team=1")
    assert "ラウンドが始まったので、下書きでは変えられません。" in said
    assert "ラウンド2" in said or "第2ラウンド" in said


async def test_an_address_that_makes_no_sense_shows_the_whole(desk: Desk, site: Site) -> None:
    await draft(site.database, desk.held)
    said = await page(desk, "?round=99&team=77&mentor=x&trial=y&view=odd")
    assert "チームを選ぶと" in said


async def test_a_large_plan_costs_as_many_statements_as_a_small_one(site: Site) -> None:
    async with at_desk(site, Sizes(teams=2, members=1, mentors=2)) as small:
        await draft(site.database, small.held)
        few = await cost(site.database, lambda: small.look(PAGE))
    async with at_desk(
        site, Sizes(teams=40, members=1, mentors=12, rounds=3, slots=4), slug="large"
    ) as large:
        await draft(site.database, large.held)
        assert await cost(site.database, lambda: large.look(PAGE)) == few
