"""Rounds set ahead: what is stored, what is refused and where it is said, who is told new times."""

from datetime import timedelta

import pytest
from sqlmodel import select

from server.core.db import Database
from server.events.models import Session
from server.mentoring import queries
from server.mentoring.models import Availability, Round, RoundForm, RoundState
from server.mentoring.plans.mails import VISITS
from server.mentoring.plans.models import PlanState
from tests.server.mentoring.planned import (
    BEGINS,
    SLUG,
    Desk,
    at_desk,
    changed,
    draft,
    mailed,
    planning,
    slots_of,
    visit,
)
from tests.support.training import Held
from tests.support.web import Site

MINUTE = timedelta(minutes=1)


def texts(desk: Desk, **changes: object) -> dict[str, str]:
    """What the form of a third round sends: 16:00, three slots of 13 minutes, two to travel."""
    return {
        "session": str(desk.held.session.id),
        "form": "teams",
        "group_size": "4",
        "day": "2099-02-20",
        "begins": "16:00",
        "slots": "3",
        "minutes": "13",
        "travel": "2",
        "warn": "5:00, 1:00, 0:10",
        "missing_after": "60",
        "silent_after": "5",
        "return_seconds": "60",
        "v": "0",
    } | {name: str(text) for name, text in changes.items()}


async def rounds(database: Database, held: Held) -> list[Round]:
    async with database.reading() as db:
        return await queries.rounds_of(db, held.event.id)


async def parts(database: Database, round_: Round) -> list[tuple[int, int]]:
    async with database.reading() as db:
        slots = (await queries.slots_of(db, [round_.id]))[round_.id]
    return [(slot.offset, slot.length) for slot in slots]


def first(desk: Desk, **changes: object) -> dict[str, str]:
    """What the form of the first round sends when nothing is changed."""
    same: dict[str, object] = {"begins": "13:05", "slots": "2", "v": desk.held.rounds[0].v}
    return texts(desk, **(same | changes))


async def test_a_round_is_added_with_its_slots(site: Site) -> None:
    async with at_desk(site) as desk:
        assert await desk.send("rounds", **texts(desk, begins="１６：００", slots="３")) == 303
        round_ = (await rounds(site.database, desk.held))[-1]
        begins = BEGINS.replace(hour=7, minute=0)  # 16:00 in Japan
        assert (round_.number, round_.form, round_.starts_at) == (3, RoundForm.TEAMS, begins)
        assert round_.ends_at == begins + 43 * MINUTE
        assert (round_.warn_at, round_.missing_after) == ([300, 60, 10], 60)
        assert (round_.silent_after, round_.return_seconds) == (300, 60)
        assert await parts(site.database, round_) == [(0, 780), (900, 780), (1800, 780)]
        page = (await desk.browser.get(desk.last.headers["location"])).text
        assert "16:00–16:43" in page
        assert "保存しました" in page


@pytest.mark.parametrize("form", ["groups", "choice"])
async def test_a_round_without_teams_has_no_slots(site: Site, form: str) -> None:
    async with at_desk(site) as desk:
        sent = texts(desk, form=form, group_size="5", minutes="40", slots="7")
        assert await desk.send("rounds", **sent) == 303
        round_ = (await rounds(site.database, desk.held))[-1]
        assert (round_.form, round_.group_size) == (form, 5)
        assert round_.ends_at - round_.starts_at == 40 * MINUTE
        assert await parts(site.database, round_) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("begins", "25:00"),
        ("day", "いつか"),
        ("slots", "0"),
        ("slots", "13"),
        ("slots", "三つ"),
        ("minutes", "0"),
        ("minutes", "241"),
        ("travel", "61"),
        ("warn", "5"),
        ("warn", "61:00"),
        ("warn", "1:00,2:00,3:00,4:00,5:00,6:00"),
        ("missing_after", "9"),
        ("silent_after", "0"),
        ("return_seconds", "9"),
        ("return_seconds", "301"),
        ("group_size", "1"),
    ],
)
async def test_what_makes_no_round_is_said_beside_its_field(
    site: Site, name: str, text: str
) -> None:
    async with at_desk(site) as desk:
        assert await desk.send("rounds", **texts(desk, **{name: text})) == 422
        assert f'id="{name}-0-error"' in desk.last.text
        assert f'value="{text}"' in desk.last.text
        assert len(await rounds(site.database, desk.held)) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"begins": "18:50"}, "13:05–19:05"),  # runs over the session's end
        ({"begins": "12:00"}, "13:05–19:05"),
        ({"begins": "13:40"}, "第2ラウンド"),
    ],
)
async def test_a_round_lies_in_its_session_after_the_others(
    site: Site, changes: dict[str, object], said: str
) -> None:
    async with at_desk(site) as desk:
        assert await desk.send("rounds", **texts(desk, **changes)) == 422
        assert 'id="begins-0-error"' in desk.last.text
        assert said in desk.last.text.split('id="begins-0-error"')[1].split("</span>")[0]
        assert len(await rounds(site.database, desk.held)) == 2


async def test_a_round_is_changed_and_keeps_its_visits(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held)
        before = set((await planning(site.database, desk.held, number)).visits)
        sent = first(desk, begins="13:10", minutes="10", travel="3")
        assert await desk.send("rounds/1", **sent) == 303
        now = await planning(site.database, desk.held, number)
        assert set(now.visits) == before
        assert now.span(slots_of(desk.held)[1]).starts_at == BEGINS + 18 * MINUTE


async def test_new_times_are_told_to_those_who_are_visited_then(site: Site) -> None:
    async with at_desk(site) as desk:
        assert await desk.send("rounds/1", **first(desk, begins="13:06")) == 303
        assert len(await mailed(site.database, VISITS)) == 15  # all twelve, and three mentors


async def test_the_same_times_are_no_news(site: Site) -> None:
    async with at_desk(site) as desk:
        others = {"missing_after": "90", "silent_after": "8", "return_seconds": "30"}
        assert await desk.send("rounds/1", **first(desk, warn="3:00", **others)) == 303
        round_ = (await rounds(site.database, desk.held))[0]
        assert (round_.warn_at, round_.missing_after) == ([180], 90)
        assert (round_.silent_after, round_.return_seconds) == (480, 30)
        assert await mailed(site.database, VISITS) == set()


async def test_who_comes_second_is_told(site: Site) -> None:
    async with at_desk(site) as desk:
        assert await desk.send("rounds/1", **first(desk, begins="13:06")) == 303
        assert await desk.send("rounds/1", **first(desk, begins="13:07")) == 422
        assert 'role="alert"' in desk.last.text
        assert (await rounds(site.database, desk.held))[0].starts_at == BEGINS + MINUTE


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.RETURNING, RoundState.CLOSED])
async def test_what_has_begun_cannot_be_changed(site: Site, state: RoundState) -> None:
    async with at_desk(site) as desk:
        await changed(site.database, *desk.held.rounds, state=state)
        assert await desk.send("rounds/1", **first(desk, begins="13:06")) == 422
        assert await desk.send("rounds/2/remove", v=1) == 422
        found = await rounds(site.database, desk.held)
        assert [each.starts_at for each in found] == [each.starts_at for each in desk.held.rounds]


async def test_slots_with_visits_stay(site: Site) -> None:
    async with at_desk(site) as desk:
        assert await desk.send("rounds/1", **first(desk, slots="1")) == 422
        assert 'id="slots-1-error"' in desk.last.text
        assert await desk.send("rounds/2/remove", v=1) == 422
        assert len(await rounds(site.database, desk.held)) == 2
        assert len(await parts(site.database, desk.held.rounds[0])) == 2


async def test_slots_without_visits_go_with_what_hangs_on_them(site: Site) -> None:
    async with at_desk(site) as desk:
        gone = slots_of(desk.held)[3]
        async with site.database.writing() as db:
            plan = (await planning(site.database, desk.held, 1)).plan
            plan.state = PlanState.FORMER
            db.add(plan)
            db.add(Availability(mentor_id=desk.held.mentors[0].id, slot_id=gone, free=False))
        await draft(site.database, desk.held, [visit(desk.held, 0, 0, 0)])
        assert await desk.send("rounds/1/remove", v=1) == 422  # not the last
        assert await desk.send("rounds/2/remove", v=1) == 303
        assert [each.number for each in await rounds(site.database, desk.held)] == [1]
        async with site.database.reading() as db:
            assert (await db.exec(select(Availability))).all() == []


async def test_without_a_session_for_rounds_the_page_says_what_to_do(site: Site) -> None:
    async with at_desk(site) as desk:
        async with site.database.writing() as db:
            session = await db.get_one(Session, desk.held.session.id)
            session.cancelled_at = BEGINS
            db.add(session)
        page = (await desk.look("rounds")).text
        assert 'action="/manage/planned/rounds"' not in page
        assert await desk.send("rounds", **texts(desk)) == 404


async def test_a_round_that_is_not_there_is_not_found(site: Site) -> None:
    async with at_desk(site) as desk:
        assert await desk.send("rounds/9", **texts(desk)) == 404
        assert SLUG in str(desk.last.url)
