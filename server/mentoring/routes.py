"""The pages of teams, mentors, rounds and plans."""

from typing import Final

from starlette.routing import BaseRoute

from server.mentoring.assigning import acts as assignment_acts
from server.mentoring.assigning import away, fairness_page
from server.mentoring.assigning import pages as assignment_pages
from server.mentoring.mentors import desk as mentor_desk
from server.mentoring.mentors import desk_list as mentors_desk
from server.mentoring.mentors import free_pages
from server.mentoring.mentors import links as mentor_links
from server.mentoring.mentors import pages as mentor_pages
from server.mentoring.plans import acts as plan_acts
from server.mentoring.plans import pages as plan_pages
from server.mentoring.plans import publish_pages, sheet_pages
from server.mentoring.schedule import pages as round_pages
from server.mentoring.teams import desk as team_desk
from server.mentoring.teams import desk_list as teams_desk
from server.mentoring.teams import own, question_desk, seat_links
from server.mentoring.teams import pages as team_pages
from server.mentoring.wishes import pages as wish_pages

routes: Final[list[BaseRoute]] = [
    *team_pages.routes,
    *own.routes,
    *seat_links.routes,
    *teams_desk.routes,
    *team_desk.routes,
    *question_desk.routes,
    *mentor_pages.routes,
    *free_pages.routes,
    *wish_pages.routes,
    *mentor_links.routes,
    *mentors_desk.routes,
    *mentor_desk.routes,
    *plan_pages.routes,
    *plan_acts.routes,
    *publish_pages.routes,
    *round_pages.routes,
    *sheet_pages.routes,
    *assignment_pages.routes,
    *assignment_acts.routes,
    *fairness_page.routes,
    *away.routes,
]
