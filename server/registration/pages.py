"""The registration page: take a place, see where it stands, give it back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.accounts import actions as accounts
from server.accounts import queries as account_queries
from server.accounts.entering import slow_down
from server.accounts.models import Account
from server.core import clock
from server.core.db import Db
from server.core.errors import NotFound
from server.core.ids import new_id
from server.events import queries as events
from server.events.addresses import follows_slugs
from server.events.models import Event, Session
from server.registration import actions, guard, idempotency, queries, rules, seats
from server.registration.actions import Act
from server.registration.forms import CancelForm, NewcomerForm, RegisterForm, chosen_sessions
from server.registration.models import Registration, RegistrationState
from server.web.errors import text_of
from server.web.forms import Bound, bind
from server.web.pages import go, known_visitor, page
from server.web.services import services
from server.web.throttle import TooMany
from server.web.visitor import visitor


@follows_slugs
async def show(request: Request) -> Response:
    """GET /e/{slug}/register: the form, or where one's registration stands."""
    return await _page(request, form=Bound[NewcomerForm](None))


async def register(request: Request) -> Response:
    """POST /e/{slug}/register: take a place at the event and seats in the chosen sessions."""
    if visitor(request).account_id is None:
        return await _newcomer(request)
    form = await bind(request, RegisterForm)
    if form.values is None:
        return await _page(request, form=form, status=422)
    now = clock.now()
    async with services(request).database.writing() as db:
        event = await events.published(db, request.path_params["slug"])
        account = await _account(db, request)
        verified = await account_queries.is_verified(db, account.id)
        await _take(db, event, account, form, verified=verified, now=now)
    return go(f"/e/{event.slug}/register")


async def _newcomer(request: Request) -> Response:
    """The address gets a link; a first-time address also a seat that is held for 24 hours.

    Known and unknown addresses are answered alike: nobody learns who has an account.
    """
    form = await bind(request, NewcomerForm)
    if form.values is None:
        return await _page(request, form=form, status=422)
    who, wanted, now = visitor(request), form.values, clock.now()
    try:
        await slow_down(request, "register", account_queries.canonical(wanted.address))
    except TooMany as error:
        again = Bound[NewcomerForm](None, {"address": text_of(error, who.locale)}, form.raw)
        return await _page(request, form=again, status=429)
    async with services(request).database.writing() as db:
        event = await events.published(db, request.path_params["slug"])
        rules.ensure_open(event, now)
        account, _fresh = await accounts.account_for(
            db,
            address=wanted.address,
            name=wanted.name,
            reading=wanted.reading,
            locale=who.locale,
            zone=event.zone,
            now=now,
        )
        if not await account_queries.is_verified(db, account.id):
            await _take(db, event, account, form, verified=False, now=now)
        await accounts.ask_link(
            db, account_id=account.id, then=f"/e/{event.slug}/register", now=now
        )
    return page(request, "registration/sent.html", event=event, address=wanted.address)


async def _take(
    db: Db,
    event: Event,
    account: Account,
    form: Bound[RegisterForm] | Bound[NewcomerForm],
    *,
    verified: bool,
    now: datetime,
) -> None:
    values = form.values
    assert values is not None
    sessions = await _chosen(db, event, chosen_sessions(form.raw))
    await guard.lock(db, event, None)  # of two copies of a form, one comes first
    if values.key and await idempotency.answered(db, account_id=account.id, key=values.key):
        return
    act = Act(actor=account.id, now=now)
    registration = await actions.register(
        db, event=event, account=account, act=act, verified=verified, words=values.words
    )
    if registration.state is RegistrationState.WAITING:
        sessions = []  # a seat in a session is for those who have one at the event
    quiet = Act(actor=account.id, now=now, quiet=registration.v == 1)  # the event's mail says all
    for session in sessions:
        await actions.register(
            db, event=event, account=account, session=session, act=quiet, verified=verified
        )
    if values.key:
        result = {"registration": str(registration.id)}
        await idempotency.remember(
            db, account_id=account.id, key=values.key, result=result, now=now
        )


async def cancel(request: Request) -> Response:
    """POST /e/{slug}/register/cancel: give the place at the event back."""
    return await _cancel(request, None)


async def cancel_seat(request: Request) -> Response:
    """POST /e/{slug}/s/{n}/seat/cancel: give the seat in one session back."""
    return await _cancel(request, request.path_params["number"])


async def _cancel(request: Request, number: int | None) -> Response:
    who = known_visitor(request)
    form = await bind(request, CancelForm)
    reason = form.values.reason if form.values else ""
    async with services(request).database.writing() as db:
        event = await events.published(db, request.path_params["slug"])
        session = await events.session_of(db, event, number) if number is not None else None
        registration = await _own(db, event, session, who.account_id)
        act = Act(actor=who.account_id, now=clock.now(), reason=reason)
        await actions.cancel(db, registration, event=event, session=session, act=act)
    return go(f"/e/{event.slug}/register")


async def _own(
    db: Db, event: Event, session: Session | None, account_id: UUID | None
) -> Registration:
    assert account_id is not None
    participation = await events.participation_of(db, event, account_id)
    if participation is None:
        raise NotFound
    session_id = session.id if session else None
    registration = await queries.of_participation(db, participation.id, session_id)
    if registration is None:
        raise NotFound
    return registration


async def _page(request: Request, *, form: Bound[Any], status: int = 200) -> Response:
    who, now = visitor(request), clock.now()
    async with services(request).database.reading() as db:
        event = await events.published(db, request.path_params["slug"])
        by_seat = [
            session
            for session in await events.sessions_of(db, event)
            if session.by_seat and session.ends_at > now and session.cancelled_at is None
        ]
        taken = (await seats.of_events(db, [event]))[event.id]
        of_sessions = await seats.of_sessions(db, by_seat)
        own = await seats.own(db, event, who.account_id) if who.account_id else {}
        mine = own.get(None)
        waiting = mine and mine.state is RegistrationState.WAITING
        turn = await queries.position(db, mine) if mine and waiting else 0
    return page(
        request,
        "registration/register.html",
        status=status,
        event=event,
        sessions=by_seat,
        seats=taken,
        session_seats=of_sessions,
        own=own,
        mine=mine,
        own_position=turn,
        opening=rules.opening(event, now),
        form=form,
        key=form.raw.get("key") or str(new_id()),
    )


async def _chosen(db: Db, event: Event, numbers: set[int]) -> list[Session]:
    sessions = [each for each in await events.sessions_of(db, event) if each.number in numbers]
    return sorted((each for each in sessions if each.by_seat), key=lambda each: each.id)


async def _account(db: Db, request: Request) -> Account:
    return await db.get_one(Account, known_visitor(request).account_id)


routes = [
    Route("/e/{slug}/register", show, methods=["GET"]),
    Route("/e/{slug}/register", register, methods=["POST"]),
    Route("/e/{slug}/register/cancel", cancel, methods=["POST"]),
    Route("/e/{slug}/s/{number:int}/seat/cancel", cancel_seat, methods=["POST"]),
]
