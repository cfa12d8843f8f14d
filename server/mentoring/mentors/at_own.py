"""Who is at a mentor's own pages, and of which event."""

from starlette.requests import Request

from server.core.db import Db
from server.core.errors import NotFound
from server.events.models import Event
from server.mentoring.mentors import queries as mentor_queries
from server.mentoring.models import Mentor, MentorState
from server.mentoring.teams import queries as team_queries
from server.web.pages import known_visitor


async def own_mentor(db: Db, request: Request) -> tuple[Event, Mentor]:
    """The event, and what the visitor is as a mentor there.

    Raises:
        NotFound: the visitor has not said yes to be one.
    """
    account_id = known_visitor(request).account_id
    assert account_id is not None
    event, _ = await team_queries.training_at(db, request.path_params["slug"])
    mentor = await mentor_queries.own(db, event, account_id)
    if mentor is None or mentor.state is not MentorState.ACCEPTED:
        raise NotFound
    return event, mentor
