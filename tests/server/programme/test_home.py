"""The front page: which events are offered, and how."""

from datetime import timedelta

from server.accounts.models import Account
from server.core import clock
from tests.server.programme import given
from tests.support.queries import counting
from tests.support.web import Site

DAY = timedelta(days=1)


async def shown(site: Site, who: Account | None = None) -> str:
    """The front page as somebody in a fresh browser sees it."""
    async with site.browser() as browser:
        return await given.seen_by(site, browser, who, "/")


async def test_home_without_events_says_so_and_has_no_past(site: Site) -> None:
    text = await shown(site)
    assert "決まると、ここに出ます。" in text
    assert "これまで" not in text


async def test_home_with_one_event_offers_its_seats(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, capacity=10)
        await given.registered(db, event, await given.account(db))
    text = await shown(site)
    assert "<b>9</b> 席あいています" in text
    assert "参加登録を受付中" in text
    assert text.count("button-primary") == 1


async def test_home_gives_the_primary_button_to_the_next_open_event_alone(site: Site) -> None:
    now = clock.now()
    async with site.database.writing() as db:
        await given.event(db, slug="later", title={"ja": "まだの会"}, opens_at=now + DAY)
        full = await given.event(db, slug="full", title={"ja": "満席の会"}, capacity=0)
        await given.registered(db, full, await given.account(db))
        await given.event(db, slug="free", starts_at=now + 9 * DAY, ends_at=now + 10 * DAY)
        await given.event(db, slug="closed", closes_at=now - DAY)
    text = await shown(site)
    assert text.count("button-primary") == 1
    assert "から登録できます" in text
    assert "キャンセル待ち <b>1</b> 人" in text
    assert text.count("くわしく見る") == 2  # not yet, and closed
    for slug in ("full", "free"):
        assert f'href="/e/{slug}/register"' in text
    for slug in ("later", "closed"):
        assert f'href="/e/{slug}/register"' not in text


async def test_home_does_not_offer_a_seat_to_who_has_one(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        who = await given.account(db)
        await given.registered(db, event, who)
    text = await shown(site, who)
    assert "あなたの席" in text
    assert "/register" not in text


async def test_home_says_how_many_had_seats_in_what_is_past(site: Site) -> None:
    now = clock.now()
    async with site.database.writing() as db:
        event = await given.event(db)
        for _ in range(3):
            await given.registered(db, event, await given.account(db))
        event.starts_at, event.ends_at = now - 2 * DAY, now - DAY
        db.add(event)
    text = await shown(site)
    assert "これまで" in text
    assert "3人の席" in text


async def test_home_costs_the_same_queries_with_1_and_50_events(site: Site) -> None:
    async with site.database.writing() as db:
        who = await given.account(db)
        await given.event(db, slug="event-0", capacity=3)
    counts = []
    async with site.browser() as browser:
        await given.seen_by(site, browser, who, "/")
        for more in (49, 0):
            with counting(site.database) as count:
                await given.seen_by(site, browser, None, "/")
            counts.append(count.statements)
            async with site.database.writing() as db:
                for number in range(more):
                    event = await given.event(db, slug=f"event-{number + 1}", capacity=3)
                    await given.registered(db, event, who)
    assert counts[0] == counts[1]
