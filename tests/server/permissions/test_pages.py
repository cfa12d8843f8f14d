"""Every route times every kind of visitor answers as the one table says."""

import re
from collections.abc import Sequence
from typing import Final

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import logins, queries
from server.app import create_app
from server.core import clock
from server.core.config import Settings
from server.events import access
from server.events.models import EventState, Role
from tests.server.permissions.given import World, address, world
from tests.server.permissions.table import GUEST, ROUTES, VISITORS, Answer, Entry, Who, of_draft
from tests.support.web import Browser, Site

PARTICIPANT: Final = next(who for who in VISITORS if who.role is Role.PARTICIPANT)
ENDING: Final = frozenset({"/logout", "/me/logins/end"})  # who was here has to log in again


def routes_of(app: Starlette) -> set[tuple[str, str]]:
    """The routes that a browser or a program can ask for."""
    return {
        (method, route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(EventState.PUBLISHED, marks=pytest.mark.only_servers),
        pytest.param(EventState.DRAFT, marks=pytest.mark.only_embedded),
    ],
)
async def test_every_visitor_gets_what_the_table_says(site: Site, state: EventState) -> None:
    assert await _differing(site, state) == {}


async def test_the_table_has_every_route(settings: Settings) -> None:
    assert routes_of(create_app(settings)) == ROUTES.keys()


async def test_a_new_route_is_noticed(settings: Settings) -> None:
    app = create_app(settings)
    app.add_route("/new", lambda request: Response(), methods=["GET"])
    assert routes_of(app) - ROUTES.keys() == {("GET", "/new")}


@pytest.mark.only_embedded
async def test_a_policy_taken_away_is_noticed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "can", lambda roles, capability: True)
    differing = await _differing(site, visitors=[PARTICIPANT])
    desk = {name for (_, name) in ROUTES if name.startswith("/manage/{slug}")}
    assert {route for _, route, _ in differing} == desk


async def _differing(
    site: Site,
    state: EventState = EventState.PUBLISHED,
    visitors: Sequence[Who] = VISITORS,
) -> dict[tuple[str, str, str], tuple[Answer, Answer]]:
    """What differs from the table: by method, route and visitor, the answer and the expected."""
    places = await world(site, state=state)
    cookie, token = await _form_of(site)  # every visitor's, for it is bound to nothing else
    found = {}
    for who in visitors:
        for (method, route), entry in sorted(ROUTES.items(), key=_gentle_first):
            async with site.browser() as browser:
                browser.client.cookies.update(cookie)
                if who is not GUEST:
                    browser.hold(places.logins[who])
                answer = await _ask(browser, method, route, entry, places, token)
            expected = entry.policy(who)
            if state is EventState.DRAFT:
                expected = of_draft(route, expected)
            if answer is not expected:
                found[method, route, who.name] = (answer, expected)
            if route in ENDING and who is not GUEST:
                places = await _again(site, places, who)
    return found


def _gentle_first(item: tuple[tuple[str, str], Entry]) -> tuple[int, str, str]:
    """What takes something away from later requests comes last: a draft of a plan; then the
    session's registration, the event's, then register.
    """
    (method, route), _ = item
    changing = ("/plans/{number:int}/discard", "/seat/cancel", "/register/cancel", "/register")
    rank = next((n for n, end in enumerate(changing, 1) if route.endswith(end)), 0)
    return (rank if method == "POST" else 0, route, method)


async def _again(site: Site, places: World, who: Who) -> World:
    """Log the visitor in again after a page that logs out."""
    async with site.database.writing() as db:
        account = await queries.by_address(db, address(who))
        assert account
        token = await logins.start(db, account=account, browser="test", now=clock.now())
    return World(places.logins | {who: token}, places.ids)


async def _form_of(site: Site) -> tuple[httpx2.Cookies, str]:
    """The cookie and the token of a form."""
    async with site.browser() as browser:
        form = await browser.get("/licences")
        found = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
        assert found
        return browser.client.cookies, found[1]


async def _ask(
    browser: Browser, method: str, route: str, entry: Entry, places: World, token: str
) -> Answer:
    path = places.path(route)
    if method == "GET":
        return _answer(await browser.get(path))
    if entry.json is not None:
        headers = {"accept": "application/json"}
        return _answer(await browser.client.post(path, json=entry.json, headers=headers))
    fields = {name: places.ids.get(text, text) for name, text in entry.fields.items()}
    fields["csrf_token"] = token
    return _answer(await browser.client.post(path, data=fields))


def _answer(response: httpx2.Response) -> Answer:
    assert response.status_code < 500, response.url
    if response.headers.get("location", "").startswith("/login"):
        return Answer.LOGIN
    if response.status_code == 401:
        signed = "signed" in response.text
        return Answer.REFUSED if signed else Answer.LOGIN
    return {403: Answer.REFUSED, 404: Answer.HIDDEN}.get(response.status_code, Answer.ALLOWED)
