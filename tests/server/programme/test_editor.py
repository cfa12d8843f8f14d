"""The editor through its pages: begin, write, publish, two at once, and who may."""

from uuid import UUID

from sqlmodel import col, select

from server.accounts.models import Account
from server.core.db import Database, Db
from server.events import queries, told
from server.events.draft import SESSION_FACTS, SESSION_TEXTS
from server.events.models import Event, EventVersion, FormerSlug, Session, SessionSpeaker, Topic
from server.live import log
from server.organizations.queries import hosting
from server.programme.desk import MOST_FIELDS
from tests.server.programme.editing import (
    BEGUN,
    EDITOR,
    READY,
    SLUG,
    base,
    colleague,
    hidden,
    host,
    organizer,
    publish,
    save,
)
from tests.support.web import Site

ROW = {"s1-title-ja": "開会", "s1-from": "10:00", "s1-until": "10:45", "s1-kind": "stage"}
MOVED = {"s1-from": "10:05", "s1-until": "10:50"}


async def _event(database: Database) -> Event:
    async with database.reading() as db:
        found = await queries.by_slug(db, SLUG)
    assert found
    return found


async def _sessions(database: Database) -> list[tuple[object, ...]]:
    async with database.reading() as db:
        return [
            (each.number, each.title, each.ical_sequence, each.cancelled_at is not None)
            for each in await queries.sessions_of(db, await _event(database))
        ]


async def _told(database: Database) -> list[str]:
    event = await _event(database)
    async with database.reading() as db:
        return [each.type for each in await log.after(db, told.stream(event.id), 0)]


async def test_a_begun_event_is_seen_by_its_organizer_alone(site: Site) -> None:
    async with site.browser() as browser, site.browser() as other:
        await organizer(site, browser)
        other.hold(await site.login(await site.account("見本 花")))
        assert (await browser.get(EDITOR)).status_code == 200
        assert (await other.get(EDITOR)).status_code == 404
        assert (await other.get(f"/e/{SLUG}")).status_code == 404


async def test_a_published_event_tells_others_that_the_desk_is_not_theirs(site: Site) -> None:
    async with site.browser() as browser, site.browser() as other:
        await organizer(site, browser)
        await save(browser, **READY)
        assert await publish(browser) == 303
        other.hold(await site.login(await site.account("見本 花")))
        assert (await other.get(EDITOR)).status_code == 403
        assert (await other.get(f"/e/{SLUG}")).status_code == 200


async def test_only_managers_of_hosts_begin_events(site: Site) -> None:
    async with site.browser() as browser:
        account = await site.account("見本 花")
        browser.hold(await site.login(account))
        refused = await host(site.database, account, may_host=False)
        answer = await browser.submit(
            "/licences", "/manage/new", organization=str(refused.id), **BEGUN
        )
        assert answer.status_code == 409
    async with site.database.reading() as db:
        assert await queries.by_slug(db, SLUG) is None


async def test_a_slug_that_is_taken_is_refused_and_what_was_written_stays(site: Site) -> None:
    async with site.browser() as browser:
        account = await organizer(site, browser)
        async with site.database.reading() as db:
            [organization] = await _hosts(db, account)
        answer = await browser.submit(
            "/manage/new", "/manage/new", organization=str(organization), **BEGUN
        )
        assert answer.status_code == 409
        assert BEGUN["title"] in answer.text


async def _hosts(db: Db, account: Account) -> list[UUID]:
    return [each.id for each in await hosting(db, account.id)]


async def test_publishing_copies_the_draft_into_event_topics_and_sessions(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(
            browser,
            **READY,
            **ROW,
            **{"t1-title-ja": "食と農", "s1-topic": "1", "s1-speakers-ja": "早瀬 彩｜朝霧台市"},
        )
        assert await publish(browser) == 303
        shown = await browser.get(f"/e/{SLUG}")
    event = await _event(site.database)
    assert (event.version, event.state, event.summary) == (
        1,
        "published",
        {"ja": READY["summary-ja"]},
    )
    async with site.database.reading() as db:
        [session] = await queries.sessions_of(db, event)
        [topic] = (await db.exec(select(Topic))).all()
        [speaker] = (await db.exec(select(SessionSpeaker))).all()
    assert (session.topic_id, speaker.name, speaker.about) == (
        topic.id,
        {"ja": "早瀬 彩"},
        {"ja": "朝霧台市"},
    )
    assert "開会" in shown.text
    assert await _told(site.database) == [told.EVENT_PUBLISHED]


async def test_a_moved_session_keeps_its_entry_and_raises_its_sequence(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY, **ROW)
        await publish(browser)
        await save(browser, **MOVED)
        assert "公開中は 10:00–10:45" in (await browser.get(EDITOR)).text
        assert await publish(browser) == 303
    assert await _sessions(site.database) == [(1, {"ja": "開会"}, 1, False)]
    assert await _told(site.database) == [
        told.EVENT_PUBLISHED,
        told.SESSION_MOVED,
        told.EVENT_PUBLISHED,
    ]


async def test_a_session_taken_out_is_cancelled_and_can_come_back(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY, **ROW)
        await publish(browser)
        await save(browser, do="take-out s1")
        await publish(browser)
        assert await _sessions(site.database) == [(1, {"ja": "開会"}, 1, True)]
        await save(browser, do="put-back s1")
        await publish(browser)
    assert await _sessions(site.database) == [(1, {"ja": "開会"}, 2, False)]
    assert await _told(site.database) == [
        told.EVENT_PUBLISHED,
        told.SESSION_CANCELLED,
        told.EVENT_PUBLISHED,
        told.SESSION_MOVED,
        told.EVENT_PUBLISHED,
    ]


async def test_a_text_alone_changes_no_calendar(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY, **ROW)
        await publish(browser)
        await save(browser, **{"s1-summary-ja": "火を囲んで始めます。"})
        await publish(browser)
    assert await _sessions(site.database) == [(1, {"ja": "開会"}, 0, False)]


async def test_what_cannot_be_published_stays_a_draft_and_is_said(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **{"s1-title-ja": "開会", "s1-from": "夜"})
        v = hidden((await browser.get(EDITOR)).text, "v")
        answer = await browser.submit(EDITOR, f"/manage/{SLUG}/publish", v=v)
        assert answer.status_code == 409
        assert 'href="#summary-ja"' in answer.text
        assert 'href="#s1-from"' in answer.text
        assert 'value="夜"' in answer.text
    assert (await _event(site.database)).version == 0


async def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY)
        v = hidden((await browser.get(EDITOR)).text, "v")
        await save(browser, **ROW)
        answer = await browser.submit(EDITOR, f"/manage/{SLUG}/publish", v=v)
        assert answer.status_code == 409
    assert (await _event(site.database)).version == 0


async def test_two_who_change_the_same_text_see_both(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        before = await base(browser)
        await save(browser, **{"summary-ja": "火を囲みます。", "title-en": "Circle"})
        answer = await browser.submit(
            EDITOR, EDITOR, base=before, **{"summary-ja": "輪になります。", "host-ja": "見本町"}
        )
        assert answer.status_code == 409
        assert "火を囲みます。" in answer.text.replace("<u>", "").replace("</u>", "")
        assert "輪になります。" in answer.text.replace("<u>", "").replace("</u>", "")
        assert "さんが保存" not in answer.text  # it was oneself
        settled = await browser.submit(
            EDITOR, EDITOR, base=hidden(answer.text, "base"), **{"summary-ja": "輪で火を囲みます。"}
        )
        assert settled.status_code == 303
    assert await _draft(site.database) == {
        "summary-ja": "輪で火を囲みます。",
        "title-en": "Circle",
        "host-ja": "見本町",
    }


async def test_who_saved_before_is_named_and_one_s_own_text_can_be_kept(site: Site) -> None:
    async with site.browser() as first, site.browser() as second:
        await organizer(site, first)
        await colleague(site, second)
        before = await base(first)
        theirs, mine = {"summary-ja": "火を囲みます。"}, {"summary-ja": "輪になります。\n火です。"}
        await save(second, **theirs)
        answer = await first.submit(EDITOR, EDITOR, base=before, **mine)
        assert "早瀬 彩さんが保存" in answer.text
        own = answer.text.partition('id="mine"')[2]
        kept = {name: hidden(own, name) for name in ("base", "summary-ja")}
        assert (await first.submit(EDITOR, EDITOR, **kept)).status_code == 303
    async with site.database.reading() as db:
        [version] = (await db.exec(select(EventVersion))).all()
    assert version.content["summary-ja"] == mine["summary-ja"]


async def _draft(database: Database) -> dict[str, str]:
    async with database.reading() as db:
        [version] = (await db.exec(select(EventVersion))).all()
    return {name: version.content[name] for name in ("summary-ja", "title-en", "host-ja")}


async def test_a_new_address_keeps_the_old_one(site: Site) -> None:
    async with site.browser() as browser:
        account = await organizer(site, browser)
        await save(browser, **READY)
        await publish(browser)
        await save(browser, slug="other-address")
        await publish(browser)
        async with site.database.reading() as db:
            event = await queries.by_slug(db, "other-address")
            [former] = (await db.exec(select(FormerSlug))).all()
            assert event
            assert (former.slug, former.event_id) == (SLUG, event.id)
            [organization] = await _hosts(db, account)
        again = await browser.submit(
            "/manage/new", "/manage/new", organization=str(organization), **BEGUN
        )
        assert again.status_code == 409


async def test_discarding_goes_back_to_what_is_public(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY, **ROW)
        await publish(browser)
        await save(browser, **MOVED)
        await browser.submit(EDITOR, f"/manage/{SLUG}/discard")
        assert "公開中のものと同じです" in (await browser.get(EDITOR)).text
        assert 'value="10:00"' in (await browser.get(EDITOR)).text


async def test_a_session_is_added_after_the_last_one(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY, **ROW)
        added = await browser.submit(
            EDITOR, EDITOR, base=await base(browser), do="add-session", **{"new-title": "話し合い"}
        )
        assert added.headers["location"] == f"{EDITOR}#s2"
        assert await publish(browser) == 303
    async with site.database.reading() as db:
        second = (await db.exec(select(Session).where(col(Session.number) == 2))).one()
    assert (second.title, f"{second.starts_at:%H:%M}") == ({"ja": "話し合い"}, "01:45")


async def test_a_preview_shows_the_draft_and_leaves_everything_as_it_is(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY, **ROW)
        await publish(browser)
        await save(browser, **{"s1-title-ja": "はじまり", "slug": "another-address"}, **MOVED)
        told_before = await _told(site.database)
        shown = await browser.get(f"/manage/{SLUG}/preview")
        assert shown.status_code == 200
        assert "はじまり" in shown.text
        assert "10:05" in shown.text
        public = (await browser.get(f"/e/{SLUG}")).text
        assert "開会" in public
        assert "はじまり" not in public
    assert await _told(site.database) == told_before
    assert await _sessions(site.database) == [(1, {"ja": "開会"}, 0, False)]


async def test_a_draft_that_cannot_be_published_has_no_preview_but_reasons(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        answer = await browser.get(f"/manage/{SLUG}/preview")
        assert answer.status_code == 409
        assert 'href="#summary-ja"' in answer.text


async def test_another_event_after_the_model_of_one(site: Site) -> None:
    async with site.browser() as browser:
        await organizer(site, browser)
        await save(browser, **READY, **ROW)
        await publish(browser)
        page = f"/manage/{SLUG}/duplicate"
        answer = await browser.submit(page, page, slug="furusato-2100", day="2099-03-14")
        assert answer.headers["location"] == "/manage/furusato-2100/sessions"
        shown = (await browser.get("/manage/furusato-2100/sessions")).text
        assert 'value="2099-03-14"' in shown
        assert "開会" in shown
        assert (await browser.get("/e/furusato-2100")).status_code == 404


async def test_every_desk_action_is_for_organizers(site: Site) -> None:
    async with site.browser() as browser, site.browser() as other:
        await organizer(site, browser)
        await save(browser, **READY)
        await publish(browser)
        other.hold(await site.login(await site.account("見本 花")))
        for action in ("sessions", "publish", "discard", "duplicate"):
            answer = await other.submit(
                "/licences", f"/manage/{SLUG}/{action}", v="1", slug="abc-def", day="2099-01-01"
            )
            assert (action, answer.status_code) == (action, 403)


def test_the_form_of_the_editor_is_not_too_long_for_sixty_sessions() -> None:
    assert 60 * (len(SESSION_FACTS) + 2 * len(SESSION_TEXTS)) < MOST_FIELDS
