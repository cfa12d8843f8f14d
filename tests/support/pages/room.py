"""The way into a room, the room, and the way out."""

from typing import Final

from tests.support import in_round, steps
from tests.support.pages.shown import Shown
from tests.support.visits import STRANGER

ROOM: Final = "/e/{slug}/s/{number:int}/room"

# Every other entry is looked at on each database: those with company come together on one.
PAGES: Final = (
    Shown(
        name="prejoin",
        route=ROOM,
        path="{room}",
        who="participant",
        setting=steps.company,
        steps=steps.others_inside,
    ),
    Shown(name="prejoin-early", route=ROOM, path="{event}/s/3/room", who="participant"),
    Shown(
        name="room",
        route=ROOM,
        path="{room}",
        who="participant",
        setting=steps.company,
        steps=steps.in_company,
    ),
    Shown(name="prejoin-closed", route=ROOM, path="{event}/s/1/room", who="participant"),
    Shown(name="me-company", route="/me", path="/me", who="participant3", setting=steps.company),
    Shown(name="prejoin-listen", route=ROOM, path="{event}/s/4/room", who="observer"),
    Shown(name="room-alone", route=ROOM, path="{room}", who="participant", steps=steps.inside),
    Shown(name="room-left", route=ROOM, path="{room}", who="participant", steps=steps.left),
    Shown(name="room-refused", route=ROOM, path="{room}", who=STRANGER, status=403),
    Shown(
        name="room-round",
        route=ROOM,
        path=in_round.ROOM,
        who="participant",
        setting=in_round.talking,
        steps=in_round.with_all,
    ),
)
