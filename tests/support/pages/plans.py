"""The rounds, set ahead, and the plans of who visits whom."""

from typing import Final

from tests.support import planning
from tests.support.pages.shown import DESK, Shown

PLANS: Final = f"/manage/{planning.SLUG}/plans"
PLAN: Final = "/manage/{slug}/plans/{number:int}"

PAGES: Final = (
    Shown(
        name="rounds",
        route="/manage/{slug}/rounds",
        path=f"/manage/{planning.SLUG}/rounds",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="rounds-wrong",
        route="/manage/{slug}/rounds",
        path=f"/manage/{planning.SLUG}/rounds",
        who="organizer",
        setting=planning.planned,
        steps=planning.wrong_round,
    ),
    Shown(
        name="rounds-none",
        route="/manage/{slug}/rounds",
        path=f"{DESK}/rounds",
        who="organizer",
    ),
    Shown(name="plan-none", route="/manage/{slug}/plans", path=f"{DESK}/plans", who="organizer"),
    Shown(
        name="plan-published",
        route=PLAN,
        path=f"{PLANS}/1",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="plan",
        route=PLAN,
        path=f"{PLANS}/2",
        who="organizer",
        setting=planning.planned,
        steps=planning.choose,
    ),
    Shown(
        name="plan-gap",
        route=PLAN,
        path=f"{PLANS}/2",
        who="organizer",
        setting=planning.planned,
        steps=planning.see_candidates,
    ),
    Shown(
        name="plan-difference",
        route=f"{PLAN}/difference",
        path=f"{PLANS}/2/difference",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="plan-sheet",
        route=f"{PLAN}/sheet",
        path=f"{PLANS}/2/sheet",
        who="organizer",
        setting=planning.planned,
    ),
    Shown(
        name="plan-sheet-wrong",
        route=f"{PLAN}/sheet",
        path=f"{PLANS}/2/sheet",
        who="organizer",
        setting=planning.planned,
        steps=planning.wrong_sheet,
    ),
    Shown(
        name="plan-sheet-seen",
        route=f"{PLAN}/sheet",
        path=f"{PLANS}/2/sheet",
        who="organizer",
        setting=planning.planned,
        steps=planning.good_sheet,
    ),
    Shown(
        name="assignment",
        route=f"{PLAN}/assignment",
        path=f"{PLANS}/2/assignment?round=2&team=12",
        who="organizer",
        setting=planning.planned,
        steps=planning.try_another,
    ),
    Shown(
        name="assignment-gap",
        route=f"{PLAN}/assignment",
        path=f"{PLANS}/2/assignment?round=3",
        who="organizer",
        setting=planning.planned,
        steps=planning.see_open_team,
    ),
    Shown(
        name="fairness",
        route=f"{PLAN}/fairness",
        path=f"{PLANS}/2/fairness",
        who="organizer",
        setting=planning.planned,
    ),
)
