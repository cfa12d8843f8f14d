"""Teams and mentors: registration, seats, profiles, and their desk."""

from typing import Final

from tests.support.pages.shown import Shown
from tests.support.visits import STRANGER
from tests.support.workshop import (
    ASKED,
    BARE,
    PAPER,
    SEAT,
    check_draft,
    first_mentor,
    held,
    mend_and_check,
    open_forms,
    print_seat,
)
from tests.support.workshop import SLUG as WORKSHOP

TRAINING: Final = f"/e/{WORKSHOP}"
TEAM: Final = "/e/{slug}/team"

PAGES: Final = (
    Shown(name="team-begin", route=TEAM, path=f"{TRAINING}/team", setting=held),
    Shown(name="team-new", route=TEAM, path=f"{TRAINING}/team", who=STRANGER, setting=held),
    Shown(name="team-draft", route=TEAM, path=f"{TRAINING}/team", who="participant2", setting=held),
    Shown(
        name="team-wrong",
        route=TEAM,
        path=f"{TRAINING}/team",
        who="participant2",
        setting=held,
        steps=check_draft,
    ),
    Shown(
        name="team-check",
        route="/e/{slug}/team/check",
        path=f"{TRAINING}/team",
        who="participant2",
        setting=held,
        steps=mend_and_check,
    ),
    Shown(
        name="team",
        route="/e/{slug}/team/{number:int}",
        path=f"{TRAINING}/team/1",
        who="participant",
        setting=held,
    ),
    Shown(name="seat", route="/seat/{token}", path=f"/seat/{SEAT}", setting=held),
    Shown(name="seat-printed", route="/seat/{token}", path=f"/seat/{PAPER}", setting=held),
    Shown(
        name="team-paper",  # the link that was printed before ends
        route="/e/{slug}/team/{number:int}",
        path=f"{TRAINING}/team/1",
        who="participant",
        setting=held,
        steps=print_seat,
    ),
    Shown(
        name="mentor-asked", route="/mentoring/{token}", path=f"/mentoring/{ASKED}", setting=held
    ),
    Shown(name="mentors", route="/e/{slug}/mentors", path=f"{TRAINING}/mentors", setting=held),
    Shown(
        name="mentors-none",
        route="/e/{slug}/mentors",
        path=f"/e/{BARE}/mentors",
        setting=held,
    ),
    Shown(
        name="mentor-profile",
        route="/e/{slug}/mentor/profile",
        path=f"{TRAINING}/mentor/profile",
        who="mentor",
        setting=held,
    ),
    Shown(
        name="mentor-free",
        route="/e/{slug}/mentor/availability",
        path=f"{TRAINING}/mentor/availability",
        who="mentor",
        setting=held,
    ),
    Shown(
        name="mentor-wishes",
        route="/e/{slug}/mentor/wishes",
        path=f"{TRAINING}/mentor/wishes",
        who="mentor",
        setting=held,
    ),
    Shown(
        name="team-wishes",
        route="/e/{slug}/team/{number:int}/wishes",
        path=f"{TRAINING}/team/1/wishes",
        who="participant",
        setting=held,
    ),
    Shown(
        name="desk-teams",
        route="/manage/{slug}/teams",
        path=f"/manage/{WORKSHOP}/teams",
        who="organizer",
        setting=held,
    ),
    Shown(
        name="desk-teams-none",
        route="/manage/{slug}/teams",
        path=f"/manage/{BARE}/teams",
        who="organizer",
        setting=held,
    ),
    Shown(
        name="desk-team",
        route="/manage/{slug}/teams/{number:int}",
        path=f"/manage/{WORKSHOP}/teams/1",
        who="organizer",
        setting=held,
        steps=open_forms,
    ),
    Shown(
        name="desk-questions",
        route="/manage/{slug}/questions",
        path=f"/manage/{WORKSHOP}/questions",
        who="organizer",
        setting=held,
        steps=open_forms,
    ),
    Shown(
        name="desk-mentors",
        route="/manage/{slug}/mentors",
        path=f"/manage/{WORKSHOP}/mentors",
        who="organizer",
        setting=held,
    ),
    Shown(
        name="desk-mentor",
        route="/manage/{slug}/mentors/{id:uuid}",
        path=f"/manage/{WORKSHOP}/mentors",
        who="organizer",
        setting=held,
        steps=first_mentor,
    ),
)
