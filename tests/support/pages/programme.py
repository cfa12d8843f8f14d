"""The public pages: home, events, sessions, registration."""

from typing import Final

from tests.support import steps
from tests.support.fair import SEATED_IN, SLUG, SOON, WAITING_IN, fair
from tests.support.pages.shown import Shown
from tests.support.visits import STRANGER

FAIR: Final = f"/e/{SLUG}"
SESSION: Final = "/e/{slug}/s/{number:int}"
SCHEDULE: Final = "/e/{slug}/schedule"
REGISTER: Final = "/e/{slug}/register"

PAGES: Final = (
    Shown(name="home", route="/", path="/"),
    Shown(name="home-known", route="/", path="/", who="participant"),
    Shown(name="home-empty", route="/", path="/", fresh=True),
    Shown(name="event", route="/e/{slug}", path="{event}"),
    Shown(name="event-known", route="/e/{slug}", path="{event}", who="participant"),
    Shown(name="event-stranger", route="/e/{slug}", path="{event}", who=STRANGER),
    Shown(name="home-fair", route="/", path="/", setting=fair),
    Shown(name="event-fair", route="/e/{slug}", path=FAIR, setting=fair),
    Shown(name="event-fair-known", route="/e/{slug}", path=FAIR, who="participant", setting=fair),
    Shown(name="event-soon", route="/e/{slug}", path=f"/e/{SOON}", setting=fair),
    Shown(name="schedule", route=SCHEDULE, path="{event}/schedule"),
    Shown(
        name="schedule-fair",
        route=SCHEDULE,
        path=f"{FAIR}/schedule",
        who="participant",
        setting=fair,
    ),
    Shown(name="schedule-fair-guest", route=SCHEDULE, path=f"{FAIR}/schedule", setting=fair),
    Shown(
        name="session-fair-seated",
        route=SESSION,
        path=f"{FAIR}/s/{SEATED_IN}",
        who="participant",
        setting=fair,
    ),
    Shown(name="session-fair-full", route=SESSION, path=f"{FAIR}/s/{WAITING_IN}", setting=fair),
    Shown(name="session-known", route=SESSION, path="{event}/s/2", who="participant"),
    Shown(name="register", route=REGISTER, path="{event}/register"),
    Shown(name="register-known", route=REGISTER, path="{event}/register", who=STRANGER),
    Shown(
        name="register-sent",
        route=REGISTER,
        path="{event}/register",
        steps=steps.register_as_newcomer,
    ),
    Shown(
        name="register-seated",
        route=REGISTER,
        path="{event}/register",
        who=STRANGER,
        steps=steps.register,
    ),
)
