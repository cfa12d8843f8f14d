"""The pages of a plan: the sentence, the grid, cells without scripts, and who comes second."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from server.mentoring.models import Conflict, ConflictSource, RoundState
from server.mentoring.plans.look import Look, Undo
from server.mentoring.plans.models import PlanState
from server.mentoring.plans.planning import short_names
from tests.server.mentoring.planned import (
    BEGINS,
    SIZES,
    SLUG,
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


def cells(page: str) -> int:
    return page.count('class="plan-cell')


async def lay(
    desk: Desk, number: int, slot: int, mentor: int, team: int | None, was: int | None
) -> int:
    """Send the form of a cell, by places."""
    at = visit(desk.held, mentor, slot, 0)
    teams = desk.held.teams
    return await desk.send(
        f"plans/{number}/visit",
        mentor=at.mentor_id,
        slot=at.slot_id,
        team="" if team is None else teams[team].id,
        was="" if was is None else teams[was].id,
    )


def undo_fields(page: str) -> dict[str, str]:
    """What the form that takes the last change back would send, but for its token."""
    form = page.split("data-undo")[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    del fields["csrf_token"]
    return fields


@pytest.mark.pure
def test_short_names_are_family_names_and_tell_people_apart() -> None:
    names = ["真鍋 志乃", "ダニエル・オカ", "Mira Sorensen", "森 空", "森 海", "一語"]
    assert short_names(names) == ["真鍋", "ダニエル", "M. Sorensen", "森 空", "森 海", "一語"]


@pytest.mark.pure
def test_the_address_of_a_look_is_read_back() -> None:
    one = UUID(int=1)
    look = Look(mentor=one, slot=one, view="list", undo=Undo(one, one, None, one), filled=3)
    pairs = dict(part.split("=") for part in look.query.removeprefix("?").split("&"))
    assert Look.of(pairs) == look
    assert Look.of({"mentor": "x", "undo": "1.2.3", "filled": "²", "view": "?"}) == Look()


async def test_without_a_plan_the_page_says_what_is_needed(site: Site) -> None:
    async with at_desk(site) as desk:
        async with site.database.writing() as db:
            plan = (await planning(site.database, desk.held, 1)).plan
            plan.state = PlanState.FORMER
            db.add(plan)
        assert "引き受けたメンター 3" in (await desk.look("plans")).text
        assert await desk.send("plans") == 303
        assert desk.last.headers["location"] == f"/manage/{SLUG}/plans/2"
        assert (await desk.look("plans")).headers["location"] == f"/manage/{SLUG}/plans/2"


async def test_the_grid_shows_every_cell_and_the_sentence_counts(site: Site) -> None:
    async with at_desk(site) as desk:
        shown = (await desk.look("plans/1")).text
        assert cells(shown) == SIZES.mentors * SIZES.rounds * SIZES.slots
        assert "<b>12</b>の訪問のうち<b>12</b>が決まりました" in shown
        assert "13:05" in shown  # in the event's zone
        await draft(
            site.database, desk.held, [visit(desk.held, 0, 0, 0), visit(desk.held, 0, 2, 0)]
        )
        shown = (await desk.look("plans/2")).text
        assert "<b>12</b>の訪問のうち<b>2</b>が決まりました" in shown
        assert ">11つ</b>に手が要ります" in shown  # ten without a visit, and one pair twice
        assert "つの訪問がちがう" in shown


async def test_a_cell_is_changed_without_scripts_and_taken_back(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held, [visit(desk.held, 0, 0, 0)])
        assert await lay(desk, number, 0, 0, 1, 0) == 303
        after = (await desk.browser.get(desk.last.headers["location"])).text
        assert await visits_now(site.database, desk.held) == {visit(desk.held, 0, 0, 1)}
        assert await desk.send(f"plans/{number}/visit", **undo_fields(after)) == 303
        assert await visits_now(site.database, desk.held) == {visit(desk.held, 0, 0, 0)}


async def test_a_change_of_places_is_taken_back(site: Site) -> None:
    async with at_desk(site) as desk:
        before = {visit(desk.held, 0, 0, 0), visit(desk.held, 1, 1, 1)}
        number = await draft(site.database, desk.held, list(before))
        assert await lay(desk, number, 0, 0, 1, 0) == 303
        assert await visits_now(site.database, desk.held) == {
            visit(desk.held, 0, 0, 1),
            visit(desk.held, 1, 1, 0),
        }
        after = (await desk.browser.get(desk.last.headers["location"])).text
        assert await desk.send(f"plans/{number}/visit", **undo_fields(after)) == 303
        assert await visits_now(site.database, desk.held) == before


async def test_who_comes_second_is_told_and_sees_what_is_there(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held, [visit(desk.held, 0, 0, 0)])
        assert await lay(desk, number, 0, 0, 1, 0) == 303
        assert await lay(desk, number, 0, 0, 2, 0) == 409
        assert 'role="alert"' in desk.last.text
        assert f"{desk.held.teams[1].name}へ</h2>" in desk.last.text
        assert await visits_now(site.database, desk.held) == {visit(desk.held, 0, 0, 1)}


async def test_teams_that_fit_stand_first_and_others_say_why(site: Site) -> None:
    async with at_desk(site) as desk:
        held = desk.held
        number = await draft(
            site.database,
            held,
            [visit(held, 1, 1, 1), visit(held, 0, 2, 2), visit(held, 0, 3, 3)],
        )
        async with site.database.writing() as db:
            db.add(
                Conflict(
                    mentor_id=held.mentors[0].id,
                    team_id=held.teams[0].id,
                    source=ConflictSource.TEAM,
                    at=BEGINS,
                )
            )
        at = visit(held, 0, 0, 0)
        page = (await desk.look(f"plans/{number}?mentor={at.mentor_id}&slot={at.slot_id}")).text
        options = re.findall(r'<button type="submit" name="team" value="([^"]+)"', page)
        order = [str(held.teams[n].id) for n in (4, 5, 1, 0, 2, 3)]
        assert options == order
        assert "利害の届け出があります" in page
        assert "ほかのラウンドでも同じ組み合わせです" in page


async def test_the_gap_of_a_team_lists_the_cells_for_it(site: Site) -> None:
    async with at_desk(site) as desk:
        held = desk.held
        number = await draft(site.database, held, [visit(held, 0, 0, 1)])
        team, round_ = held.teams[0].id, held.rounds[0].id
        page = (await desk.look(f"plans/{number}?team={team}&round={round_}")).text
        chosen = page.split('id="chosen"')[1]
        assert chosen.count(f'name="team" value="{team}"') == SIZES.mentors * SIZES.slots - 1


async def test_a_pair_that_meets_again_on_purpose_needs_no_hand(site: Site) -> None:
    async with at_desk(site) as desk:
        held = desk.held
        again = visit(held, 0, 2, 0)
        number = await draft(site.database, held, [visit(held, 0, 0, 0), again])
        assert "このまま" in (await desk.look(f"plans/{number}")).text
        status = await desk.send(
            f"plans/{number}/lock",
            mentor=again.mentor_id,
            slot=again.slot_id,
            team=again.team_id,
            on=1,
        )
        assert status == 303
        assert "このまま" not in (await desk.look(f"plans/{number}")).text


async def test_publishing_needs_a_second_yes_for_conflicts(site: Site) -> None:
    async with at_desk(site) as desk:
        held = desk.held
        number = await draft(site.database, held, [visit(held, 0, 0, 0), visit(held, 1, 1, 0)])
        page = (await desk.look(f"plans/{number}/difference")).text
        assert 'name="despite" value="1"' in page
        v = (await planning(site.database, held, number)).plan.v
        assert await desk.send(f"plans/{number}/publish", v=v) == 409
        assert await desk.send(f"plans/{number}/publish", v=v - 1, despite=1) == 409
        assert await desk.send(f"plans/{number}/publish", v=v, despite=1) == 303
        assert "公開しました" in (await desk.browser.get(desk.last.headers["location"])).text
        assert len(await visits_now(site.database, held, PlanState.PUBLISHED)) == 2


async def test_filling_and_discarding(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held, [])
        assert await desk.send(f"plans/{number}/fill", how="open") == 303
        after = (await desk.browser.get(desk.last.headers["location"])).text
        assert "12件の訪問を入れました" in after
        v = (await planning(site.database, desk.held, number)).plan.v
        assert f'action="/manage/{desk.held.event.slug}/plans/{number}/undo"' in after
        assert await desk.send(f"plans/{number}/undo", v=v - 1) == 409
        assert await desk.send(f"plans/{number}/undo", v=v) == 303
        back = (await desk.browser.get(desk.last.headers["location"])).text
        assert "下書きを元に戻しました" in back
        assert "/undo" not in back
        assert await visits_now(site.database, desk.held, PlanState.DRAFT) == set()
        assert await desk.send(f"plans/{number}/discard") == 303
        assert (await desk.look(f"plans/{number}")).status_code == 404


async def test_a_plan_of_another_event_is_not_found(site: Site) -> None:
    async with at_desk(site) as desk:
        assert (await desk.look("plans/9")).status_code == 404


async def test_a_running_round_is_shown_and_cannot_be_changed(site: Site) -> None:
    async with at_desk(site) as desk:
        number = await draft(site.database, desk.held)
        late = BEGINS + timedelta(minutes=2)
        await changed(site.database, desk.held.rounds[0], state=RoundState.OPEN, opened_at=late)
        assert "変えられません" in (await desk.look(f"plans/{number}")).text
        assert await lay(desk, number, 0, 0, 5, 0) == 409


@pytest.mark.parametrize(
    "path", ["plans/1", "plans/1?view=list", "plans/1/difference", "plans/1.csv", "plans/1/sheet"]
)
async def test_pages_cost_the_same_however_many_teams(site: Site, path: str) -> None:
    async def look() -> None:
        assert (await desk.look(path)).status_code == 200

    costs = []
    for n, size in enumerate(
        (Sizes(teams=1, mentors=1), Sizes(teams=60, mentors=20, rounds=3, slots=3))
    ):
        async with at_desk(site, size, slug=f"planned-{n}") as desk:
            costs.append(await cost(site.database, look))
    assert costs[0] == costs[1]


async def test_from_one_plan_a_way_leads_to_the_others_and_to_a_draft(site: Site) -> None:
    async with at_desk(site) as desk:
        published = (await desk.look("plans/1")).text
        assert f'<form method="post" action="/manage/{SLUG}/plans">' in published
        await draft(site.database, desk.held)
        assert f'<a href="/manage/{SLUG}/plans/1">' in (await desk.look("plans/2")).text
