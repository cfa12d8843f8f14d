"""The calendar of an event, read as a calendar program reads it."""

from datetime import timedelta

import icalendar

from server.core import clock
from tests.server.programme import given
from tests.support.web import Site

FEED = f"{given.PAGE}/calendar.ics"


async def entries(site: Site, path: str = FEED) -> list[icalendar.Event]:
    """What the feed holds."""
    async with site.browser() as browser:
        answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    made = icalendar.Calendar.from_ical(answer.content)
    assert made["METHOD"] == "PUBLISH"
    return [each for each in made.walk("VEVENT") if isinstance(each, icalendar.Event)]


async def test_feed_has_all_sessions_with_the_uids_of_the_mails(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        sessions = [await given.session(db, event, number) for number in (1, 2)]
        sessions[1].ical_sequence = 4
        db.add(sessions[1])
    first, second = await entries(site)
    assert first["UID"] == f"session-{sessions[0].id}@localhost"
    assert first["SUMMARY"] == "話し合い 1｜見本のつどい"
    assert first.decoded("DTSTART") == sessions[0].starts_at
    assert first.decoded("DTEND") == sessions[0].ends_at
    assert first["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert first["URL"] == f"http://localhost:8000{given.PAGE}/s/1"
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 4)
    assert first["STATUS"] == second["STATUS"] == "CONFIRMED"


async def test_feed_says_that_a_session_is_cancelled(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        await given.session(db, event, cancelled_at=clock.now(), ical_sequence=1)
    (entry,) = await entries(site)
    assert (entry["STATUS"], entry["SEQUENCE"]) == ("CANCELLED", 1)


async def test_feed_without_sessions_holds_the_event_itself(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
    (entry,) = await entries(site)
    assert entry["UID"] == f"event-{event.id}@localhost"


async def test_feed_speaks_the_language_of_its_address(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db, title={"ja": "見本のつどい", "en": "A sample"})
        await given.session(db, event, title={"ja": "話し合い", "en": "Talk"})
    (english,) = await entries(site, f"{FEED}?lang=en")
    (japanese,) = await entries(site, f"{FEED}?lang=ja")
    assert english["SUMMARY"] == "Talk｜A sample"
    assert japanese["SUMMARY"] == "話し合い｜見本のつどい"


async def test_feed_is_sent_again_only_when_it_says_something_else(site: Site) -> None:
    async with site.database.writing() as db:
        event = await given.event(db)
        session = await given.session(db, event)
    async with site.browser() as browser:
        first = await browser.get(FEED)
        assert first.headers["cache-control"] == "public, max-age=300"
        known = {"if-none-match": first.headers["etag"]}
        assert (await browser.get(FEED, headers=known)).status_code == 304
        async with site.database.writing() as db:
            session.starts_at += timedelta(minutes=5)
            session.ical_sequence += 1
            db.add(session)
        moved = await browser.get(FEED, headers=known)
    assert moved.status_code == 200
    assert moved.headers["etag"] != first.headers["etag"]
