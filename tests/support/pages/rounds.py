"""The board, the mentor's day, and what was held."""

from typing import Final

from tests.support.boarded import BOARD, DAY, boarded, first_note
from tests.support.pages.shown import DESK, Shown

BOARD_ROUTE: Final = "/manage/{slug}/board/{number:int}"
DAY_ROUTE: Final = "/e/{slug}/mentor"

PAGES: Final = (
    Shown(
        name="board",  # it leads to the board of the round that runs
        route="/manage/{slug}/board",
        path=BOARD.rpartition("/")[0],
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="board-list",
        route=BOARD_ROUTE,
        path=f"{BOARD}?view=list",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="board-replace",
        route=BOARD_ROUTE,
        path=f"{BOARD}?room=38&do=replace",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="board-planned",
        route=BOARD_ROUTE,
        path=f"{BOARD.rpartition('/')[0]}/3",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="visits",
        route="/manage/{slug}/visits",
        path=f"{BOARD.rpartition('/board/')[0]}/visits",
        who="organizer",
        setting=boarded,
    ),
    Shown(
        name="visits-none", route="/manage/{slug}/visits", path=f"{DESK}/visits", who="organizer"
    ),
    Shown(
        name="notes",
        route="/manage/{slug}/notes",
        path=f"{BOARD.rpartition('/board/')[0]}/notes",
        who="organizer",
        setting=boarded,
    ),
    Shown(name="mentor-day", route=DAY_ROUTE, path=DAY, who="mentor", setting=boarded),
    Shown(
        name="mentor-note",
        route=f"{DAY_ROUTE}/notes/{{assignment:uuid}}",
        path=DAY,
        who="mentor",
        setting=boarded,
        steps=first_note,
    ),
)
