"""The pages of rounds: the board, the mentor's day, the room in a round, what was held."""

from typing import Final

from starlette.routing import BaseRoute

from server.rounds import pages, room_help
from server.rounds.board import acts as board_acts
from server.rounds.board import page as board_page
from server.rounds.day import notes as day_notes
from server.rounds.day import pages as day_pages
from server.rounds.held import pages as held_pages

routes: Final[list[BaseRoute]] = [
    *board_page.routes,
    *board_acts.routes,
    *day_pages.routes,
    *day_notes.routes,
    *pages.routes,
    *room_help.routes,
    *held_pages.routes,
]
