"""How a plan treats people, as a page for organizers."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.mentoring.assigning.fairness import fairness
from server.mentoring.assigning.pages import read
from server.web.pages import page


async def show(request: Request) -> Response:
    """GET /manage/{slug}/plans/{number}/fairness"""
    found = await read(request)
    weighed = None
    if found.planning.rounds and found.planning.people and found.planning.teams:
        weighed = await asyncio.to_thread(fairness, found.planning, found.merits, found.task)
    return page(
        request,
        "assigning/fairness.html",
        event=found.event,
        planning=found.planning,
        plan=found.planning.plan,
        fairness=weighed,
    )


routes = [Route("/manage/{slug}/plans/{number:int}/fairness", show, methods=["GET"])]
