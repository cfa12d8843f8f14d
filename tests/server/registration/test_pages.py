"""The registration page over HTTP."""

from uuid import uuid4

from sqlmodel import select

from server.accounts.models import Account
from server.registration import seats
from server.registration.models import Registration, RegistrationState
from tests.server.registration import given
from tests.support.web import Browser, Site

PAGE = f"/e/{given.SLUG}/register"


async def states(site: Site) -> list[RegistrationState]:
    async with site.database.reading() as db:
        found = select(Registration).order_by(Registration.created_at)  # type: ignore[arg-type]
        return [registration.state for registration in await db.exec(found)]


async def enter(site: Site, browser: Browser) -> Account:
    account = await site.account(address=f"{uuid4().hex}@sample.example")
    browser.hold(await site.login(account))
    return account


async def test_a_form_that_comes_twice_is_done_once_even_after_a_cancel(site: Site) -> None:
    async with site.database.writing() as db:
        await given.event(db)
    key = str(uuid4())
    async with site.browser() as browser:
        await enter(site, browser)
        assert (await browser.submit(PAGE, PAGE, key=key)).status_code == 303
        assert await states(site) == [RegistrationState.SEATED]
        await browser.submit(PAGE, f"{PAGE}/cancel", reason="都合がつかない")
        assert (await browser.submit(PAGE, PAGE, key=key)).status_code == 303
        assert await states(site) == [RegistrationState.CANCELLED]
        await browser.submit(PAGE, PAGE, key=str(uuid4()))
        assert await states(site) == [RegistrationState.SEATED]


async def test_a_newcomer_holds_a_seat_and_a_known_address_is_answered_alike(site: Site) -> None:
    async with site.database.writing() as db:
        await given.event(db)
    await site.account(address="known@sample.example")
    async with site.browser() as browser:
        for address in ("known@sample.example", "new@sample.example"):
            sent = await browser.submit(PAGE, PAGE, name="見本 花", address=address)
            assert sent.status_code == 200
            assert address in sent.text
    async with site.database.reading() as db:
        (held,) = (await db.exec(select(Registration))).all()
    assert held.unverified_until is not None


async def test_seats_are_counted_per_event_and_session(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, capacity=1)
        session = await given.session(db, event, capacity=5)
        people = [await given.account(db) for _ in range(2)]
        for who in people:
            await given.registered(db, event, who)
        await given.registered(db, event, people[0], session=session)
    async with site.database.reading() as db:
        assert await seats.of_events(db, [event]) == {event.id: seats.Seats(1, 1, 1, 0)}
        assert await seats.of_sessions(db, [session]) == {session.id: seats.Seats(5, 1, 0, 0)}
        own = await seats.own(db, event, people[0].id)
        assert set(own) == {None, session.id}
