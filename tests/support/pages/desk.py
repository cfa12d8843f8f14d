"""The organizer's desk: editor, people, attendance."""

from typing import Final

from tests.support import steps
from tests.support.pages.shown import DESK, Shown
from tests.support.registered import approve_two, open_person, registered

EDITOR: Final = "/manage/{slug}/sessions"
PEOPLE: Final = "/manage/{slug}/people"
ATTENDANCE: Final = "/manage/{slug}/attendance"

PAGES: Final = (
    Shown(name="manage", route="/manage", path="/manage", who="organizer"),
    Shown(name="manage-new", route="/manage/new", path="/manage/new", who="organizer"),
    Shown(
        name="editor",
        route=EDITOR,
        path="{desk}/sessions",
        who="organizer",
        steps=steps.add_session,
    ),
    Shown(
        name="preview",
        route="/manage/{slug}/preview",
        path="{desk}/preview",
        who="organizer",
    ),
    Shown(
        name="duplicate",
        route="/manage/{slug}/duplicate",
        path="{desk}/duplicate",
        who="organizer",
    ),
    Shown(
        name="attendance",
        route=ATTENDANCE,
        path="{desk}/attendance?session=1",
        who="organizer",
    ),
    Shown(
        name="attendance-running",
        route=ATTENDANCE,
        path="{desk}/attendance?show=absent",
        who="organizer",
    ),
    Shown(
        name="attendance-early",
        route=ATTENDANCE,
        path="{desk}/attendance?session=3",
        who="organizer",
    ),
    Shown(name="console-empty", route="/manage/{slug}/", path=f"{DESK}/", who="organizer"),
    Shown(name="people-empty", route=PEOPLE, path=f"{DESK}/people", who="organizer"),
    Shown(
        name="console",
        route="/manage/{slug}/",
        path=f"{DESK}/",
        who="organizer",
        setting=registered,
    ),
    Shown(
        name="people",
        route=PEOPLE,
        path=f"{DESK}/people",
        who="organizer",
        setting=registered,
    ),
    Shown(
        name="people-person",
        route=PEOPLE,
        path=f"{DESK}/people",
        who="organizer",
        setting=registered,
        steps=open_person,
    ),
    Shown(
        name="people-told",
        route=PEOPLE,
        path=f"{DESK}/people",
        who="organizer",
        setting=registered,
        steps=approve_two,
    ),
)
