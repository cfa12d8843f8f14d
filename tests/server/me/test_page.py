"""One's own page, by what a person has before them."""

import re
from datetime import timedelta

import pytest

from server.accounts.models import Account
from server.core import clock
from server.events.models import Participation
from server.rounds import actions as rounds
from server.rounds.actions import Act
from tests.server.records import given as records
from tests.server.registration import given
from tests.support import training
from tests.support.queries import counting
from tests.support.web import Site


async def test_the_page_is_for_those_who_logged_in(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.get("/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/me")


async def test_who_has_no_event_is_shown_the_way_to_one(site: Site) -> None:
    async with site.browser() as browser:
        browser.hold(await site.login(await site.account()))
        shown = (await browser.get("/me")).text
    assert "つぎの席は、まだありません" in shown
    assert "入室する" not in shown


async def test_an_open_door_is_the_next_thing_to_do(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        who = await given.account(db)
        await given.registered(db, event, who)
        session = await given.session(db, event)
        session.by_seat = False
        session.starts_at = clock.now() - timedelta(minutes=1)
        session.doors_at, session.ends_at = session.starts_at, clock.now() + timedelta(hours=1)
        db.add(session)
    async with site.browser() as browser:
        browser.hold(await site.login(who))
        shown = (await browser.get("/me")).text
    assert f'href="/e/{event.slug}/s/1/room"' in shown


async def test_before_the_door_the_button_says_when(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        who = await given.account(db)
        await given.registered(db, event, who)
        session = await given.session(db, event)
        session.by_seat = False
        db.add(session)
    async with site.browser() as browser:
        browser.hold(await site.login(who))
        shown = (await browser.get("/me")).text
    assert "に開きます" in shown
    assert "/room" not in shown


async def test_who_waits_sees_that_and_no_session(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, capacity=1)
        await given.registered(db, event, await given.account(db, "さき"))
        who = await given.account(db)
        await given.registered(db, event, who)
        session = await given.session(db, event)
        session.by_seat = False
        db.add(session)
    async with site.browser() as browser:
        browser.hold(await site.login(who))
        shown = (await browser.get("/me")).text
    assert "キャンセル待ち" in shown
    assert "つぎの席は、まだありません" in shown


async def test_the_record_of_a_past_event_is_shown_where_there_is_one(site: Site) -> None:
    before = clock.now() - timedelta(days=3)
    async with site.database.writing() as db:
        at = await records.place(db, starts=before)
        who, other = await given.account(db), await given.account(db)
        mine = await records.participation(db, at, who)
        await records.was_there(db, at, mine, before, before + timedelta(minutes=40))
    async with site.browser() as browser:
        browser.hold(await site.login(who))
        shown = (await browser.get("/me")).text
        browser.hold(await site.login(other))
        without = (await browser.get("/me")).text
    assert "40分" in shown
    assert "あなたの記録" in shown
    assert "あなたの記録" not in without


@pytest.mark.parametrize(
    ("number", "paths"),
    [
        (0, ["/e/own-training/team/1"]),
        (-1, ["/e/own-training/mentor", "/e/own-training/mentor/profile"]),
    ],
    ids=["a member", "a mentor"],
)
async def test_who_has_a_part_in_a_training_finds_the_way_to_it(
    site: Site, number: int, paths: list[str]
) -> None:
    async with site.database.writing() as db:
        held = await training.hold(db, now=clock.now(), slug="own-training")
        participation = await db.get_one(Participation, held.everyone[number])
        account = await db.get_one(Account, participation.account_id)
    async with site.browser() as browser:
        browser.hold(await site.login(account))
        shown = (await browser.get("/me")).text
        found = re.findall(r'href="(/e/own-training/[^"]*(?:team|mentor)[^"]*)"', shown)
        statuses = [(await browser.get(path)).status_code for path in found]
    assert found == paths
    assert set(statuses) == {200}


async def test_a_round_that_runs_and_ones_visits_are_shown(site: Site) -> None:
    async with site.database.writing() as db:
        held = await training.hold(db, now=clock.now(), slug="own-training")
        member, mentor = held.everyone[0], held.mentors[0].participation_id
        pages = {}
        for person in (member, mentor):
            account_id = (await db.get_one(Participation, person)).account_id
            pages[person] = await db.get_one(Account, account_id)
    shown = {}
    for when in ("before", "in the round"):
        if when == "in the round":
            async with site.database.writing() as db:
                await rounds.open_round(db, held.rounds[0].id, Act(actor=None, now=clock.now()))
        for person, account in pages.items():
            async with site.browser() as browser:
                browser.hold(await site.login(account))
                shown[when, person] = (await browser.get("/me")).text
    assert "ルーム1　見本1町</h1>" in shown["in the round", member]
    assert "ルーム1　見本1町</h1>" not in shown["before", member]
    assert "第1ラウンド　第1枠" in shown["before", member]
    assert re.search(r"ルーム1　メンター mentor\d さんさん", shown["before", member])
    assert re.search(r"ルーム\d　見本\d町", shown["before", mentor])
    assert "メンター mentor" not in shown["before", mentor]


async def test_fifty_events_cost_as_many_queries_as_one(site: Site) -> None:
    async with site.database.writing() as db:
        one, many = await given.account(db, "一"), await given.account(db, "多")
        for number in range(50):
            event = await given.event(db, slug=f"event-{number}")
            await given.session(db, event)
            await given.registered(db, event, many)
            if not number:
                await given.registered(db, event, one)
    costs = []
    for who in (one, many):
        async with site.browser() as browser:
            browser.hold(await site.login(who))
            with counting(site.database) as count:
                assert (await browser.get("/me")).status_code == 200
        costs.append(count.statements)
    assert costs[0] == costs[1]
