"""From an owed mail to the mail server: once each, with what is true when it is sent."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import icalendar
import pytest
from aiosmtplib import SMTP
from sqlalchemy import text
from sqlmodel import select

from server import worker
from server.accounts import actions as accounts
from server.accounts import links
from server.accounts.models import Account
from server.accounts.queries import address_of
from server.core import clock
from server.core.config import Settings
from server.core.db import Database, Db
from server.events import told
from server.events.models import Event, Session
from server.live import log
from server.mail import jobs, outbox, rules, smtp
from server.mail.models import OutgoingMail
from server.registration import actions
from server.registration import jobs as registration_jobs
from server.registration.actions import Act
from server.web.templates import Templates
from tests.server.registration import given
from tests.support.mailbox import Mailbox, calendar_of, mailbox, text_of
from tests.support.web import Site

HOUR = timedelta(hours=1)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """The mail server."""
    with mailbox() as box:
        yield box


@pytest.fixture
def context(settings: Settings, database: Database, box: Mailbox) -> dict[str, Any]:
    """What the worker hands to its jobs."""
    names = {name.lower(): value for name, value in box.settings.items()}
    return {
        "settings": settings.model_copy(update=names | {"smtp_port": box.port}),
        "database": database,
        "templates": Templates(static_base="/static", development=True),
        "mail_kinds": worker.MAIL_KINDS,
    }


async def seat(database: Database, **facts: Any) -> tuple[Event, Session, Account, str]:
    """Somebody with a seat at an event with one session; and their address."""
    async with database.writing() as db:
        event = await given.event(db, **facts)
        session = await given.session(db, event)
        session.by_seat = False
        who = await given.account(db, "戸田 みのり")
        await given.registered(db, event, who)
        return event, session, who, await address_of(db, who.id)


def entries_of(mail: EmailMessage) -> list[Any]:
    """The entries of a mail's calendar object."""
    return list(icalendar.Calendar.from_ical(calendar_of(mail)).walk("VEVENT"))


async def test_a_confirmation_arrives_once_with_its_calendar_entry(
    context: dict[str, Any], box: Mailbox
) -> None:
    event, session, _, address = await seat(context["database"])
    await jobs.send_due(context)
    await jobs.send_due(context)
    (mail,) = box.mails
    assert str(mail["To"]) == f"戸田 みのり <{address}>"
    assert mail["Subject"] == "席が決まりました：見本のつどい"
    assert "戸田 みのりさんの席をご用意しました" in text_of(mail)
    assert f"http://localhost:8000/e/{event.slug}/register" in text_of(mail)
    (entry,) = entries_of(mail)
    assert str(entry["UID"]) == f"session-{session.id}@localhost"
    assert (int(entry["SEQUENCE"]), entry["DTSTART"].dt) == (0, session.starts_at)


@pytest.mark.parametrize(
    ("contact", "answered_at"),
    [
        ({"ja": "係　desk@town.example"}, "desk@town.example"),
        ({"ja": "電話 000"}, None),
        ({}, None),
    ],
)
async def test_answers_go_to_the_contact_of_the_event(
    context: dict[str, Any], box: Mailbox, contact: dict[str, str], answered_at: str | None
) -> None:
    await seat(context["database"], contact=contact)
    await jobs.send_due(context)
    (mail,) = box.mails
    assert mail["Reply-To"] == answered_at
    assert ("このメールには返信できます" in text_of(mail)) is (answered_at is not None)


async def test_a_confirmation_names_the_sessions_one_has_or_waits_for(
    context: dict[str, Any], box: Mailbox
) -> None:
    async with context["database"].writing() as db:
        event = await given.event(db)
        seated, full, other = [
            await given.session(db, event, number=number, capacity=1) for number in (1, 2, 3)
        ]
        quick, who = await given.account(db, "早い 人"), await given.account(db, "戸田 みのり")
        for each in (quick, who):
            await given.registered(db, event, each)
            await given.registered(db, event, each, session=full)
        await given.registered(db, event, who, session=seated)
        address = await address_of(db, who.id)
    await jobs.send_due(context)
    (mail,) = [each for each in box.to(address) if "席をご用意" in text_of(each)]
    assert f"{seated.title['ja']}\n" in text_of(mail)
    assert f"{full.title['ja']} （キャンセル待ち 1番目）" in text_of(mail)
    assert other.title["ja"] not in text_of(mail)
    assert [str(entry["SUMMARY"]) for entry in entries_of(mail)] == ["話し合い 1｜見本のつどい"]


async def test_a_refused_mail_is_sent_later_and_once(context: dict[str, Any], box: Mailbox) -> None:
    await seat(context["database"])
    box.refusing = True
    await jobs.send_due(context)
    assert (box.refused, box.mails) == (1, [])
    async with context["database"].writing() as db:
        mail = (await db.exec(select(OutgoingMail))).one()
        assert "come again later" in mail.error
        assert mail.due_at > clock.now() + rules.FIRST_PAUSE - timedelta(seconds=2)
        mail.due_at = clock.now()
        db.add(mail)
    box.refusing = False
    await jobs.send_due(context)
    await jobs.send_due(context)
    assert len(box.mails) == 1


async def test_two_workers_do_not_send_the_same_mail(context: dict[str, Any], box: Mailbox) -> None:
    await seat(context["database"])
    async with context["database"].reading() as db:
        (mail_id,) = await outbox.due(db, now=clock.now(), limit=9)
    async with context["database"].writing() as db:
        assert await outbox.claim(db, mail_id, now=clock.now())
    await jobs.send_due(context)
    async with context["database"].writing() as db:
        assert await outbox.claim(db, mail_id, now=clock.now()) is None
        later = clock.now() + rules.CLAIM_LASTS + timedelta(seconds=1)
        assert await outbox.claim(db, mail_id, now=later)  # its worker is dead
    assert box.mails == []


async def test_ordering_again_owes_nothing_more_and_the_key_is_what_sees_to_it(
    database: Database,
) -> None:
    async with database.writing() as db:
        who = await given.account(db)
        for _ in range(3):
            await outbox.order(
                db, kind="registration", subject="one", account_id=who.id, now=clock.now()
            )
        assert len((await db.exec(select(OutgoingMail))).all()) == 1
        kept = (await db.exec(select(OutgoingMail))).one()
    if not database.is_sqlite:  # control: without the key the same order owes twice
        async with database.writing() as db:
            await (await db.connection()).execute(
                text(
                    "ALTER TABLE outgoing_mail DROP CONSTRAINT"
                    " uq_outgoing_mail_kind_subject_revision_account_id"
                )
            )
            await outbox.order(
                db, kind="registration", subject="one", account_id=who.id, now=clock.now()
            )
            assert len((await db.exec(select(OutgoingMail))).all()) == 2
    assert kept.sent_at is None


async def test_stale_news_are_not_sent(context: dict[str, Any], box: Mailbox) -> None:
    event, _, who, _ = await seat(context["database"])
    async with context["database"].writing() as db:
        registration = await given.registered(db, event, who)
        act = Act(actor=who.id, now=clock.now())
        await actions.cancel(db, registration, event=event, session=None, act=act)
    await jobs.send_due(context)
    assert [str(mail["Subject"]) for mail in box.mails] == ["参加を取り消しました：見本のつどい"]
    assert b"METHOD:CANCEL" in calendar_of(box.mails[0])


async def test_a_moved_session_replaces_the_entry_and_no_mail_shows_the_old_time(
    context: dict[str, Any], box: Mailbox
) -> None:
    event, session, _, address = await seat(context["database"])
    await jobs.send_due(context)
    old = session.starts_at
    for hours in (1, 2):  # moved twice before the worker looks: people hear of it once
        async with context["database"].writing() as db:
            moved = await db.get_one(Session, session.id)
            moved.starts_at, moved.ends_at = old + hours * HOUR, old + 4 * HOUR
            moved.ical_sequence += 1
            db.add(moved)
            payload = {"session": str(session.id), "sequence": moved.ical_sequence}
            await log.append(
                db,
                stream=told.stream(event.id),
                type=told.SESSION_MOVED,
                payload=payload,
                now=clock.now(),
            )
    await registration_jobs.tell_moves(context)
    await registration_jobs.tell_moves(context)
    await jobs.send_due(context)
    first, second = box.to(address)
    (before,), (after,) = entries_of(first), entries_of(second)
    assert str(before["UID"]) == str(after["UID"])
    assert (int(before["SEQUENCE"]), int(after["SEQUENCE"])) == (0, 2)
    assert after["DTSTART"].dt == old + 2 * HOUR
    assert b"METHOD:REQUEST" in calendar_of(second)
    times = re.findall(r"\d{1,2}:\d{2}", text_of(second))
    shown = (old + 2 * HOUR).astimezone(given.ZONE)
    assert times[0] == f"{shown.hour}:{shown.minute:02d}"


async def test_names_cannot_write_headers(context: dict[str, Any], box: Mailbox) -> None:
    async with context["database"].writing() as db:
        event = await given.event(db, title={"ja": "題\r\nBcc: thief@sample.example"})
        who = await given.account(db, "悪い\r\nBcc: thief@sample.example")
        await given.registered(db, event, who)
    await jobs.send_due(context)
    (mail,) = box.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "席が決まりました：題 Bcc: thief@sample.example"


async def test_the_link_of_a_mail_works_once(context: dict[str, Any], box: Mailbox) -> None:
    async with context["database"].writing() as db:
        who = await given.account(db)
        await accounts.ask_link(db, account_id=who.id, then="/licences", now=clock.now())
    await jobs.send_due(context)
    (mail,) = box.mails
    (token,) = set(re.findall(r"/link/(\S+)", text_of(mail)))
    async with context["database"].writing() as db:
        link = await links.look(db, token, kinds=links.MAILED, now=clock.now())
        assert link.target == "/licences"
        await accounts.enter_by_link(db, link, browser="test", now=clock.now())
        with pytest.raises(links.LinkSpent):
            await links.look(db, token, kinds=links.MAILED, now=clock.now())


async def test_staff_read_the_outbox_and_others_find_no_such_page(site: Site) -> None:
    await seat(site.database)
    staff = await site.account("係", is_staff=True)
    other = await site.account("見本")
    async with site.browser() as browser:
        browser.hold(await site.login(other))
        assert (await browser.get("/staff/mails")).status_code == 404
    async with site.browser() as browser:
        browser.hold(await site.login(staff))
        listed = await browser.get("/staff/mails")
        assert "戸田 みのり" in listed.text
        (path,) = set(re.findall(r"/staff/mails/[0-9a-f-]{36}", listed.text))
        shown = await browser.submit("/staff/mails", path)
        assert "戸田 みのりさんの席をご用意しました" in shown.text
        async with site.browser() as thief:
            thief.hold(await site.login(other))
            assert (await thief.submit("/", path)).status_code == 404


async def test_a_mark_that_fails_does_not_send_again(
    context: dict[str, Any], box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seat(context["database"])

    async def away(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(outbox, "sent", away)
        await jobs.send_due(context)
    await jobs.send_due(context)
    assert len(box.mails) == 1


async def test_a_mail_is_marked_before_the_goodbye_and_whatever_comes_of_it(
    context: dict[str, Any], box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that never says goodbye: the mail is sent, once, and not called refused."""
    await seat(context["database"])
    marked_at_goodbye = []

    async def never(_: SMTP, *__: object) -> None:
        async with context["database"].reading() as db:
            marked_at_goodbye.append((await db.exec(select(OutgoingMail))).one().sent_at)
        await asyncio.sleep(60)

    monkeypatch.setattr(SMTP, "quit", never)
    monkeypatch.setattr(smtp, "GOODBYE_SECONDS", 0.1)
    await jobs.send_due(context)
    await jobs.send_due(context)
    assert len(box.mails) == 1
    assert marked_at_goodbye != [None]


async def test_what_a_mail_server_will_never_take_is_not_tried_again(
    context: dict[str, Any], box: Mailbox
) -> None:
    await seat(context["database"])
    box.refusing, box.refusal = True, "554 no such reader"
    await jobs.send_due(context)
    async with context["database"].reading() as db:
        mail = (await db.exec(select(OutgoingMail))).one()
    assert mail.dropped_at is not None
    assert "no such reader" in mail.error


@pytest.mark.parametrize("claiming", [True, False])
async def test_two_workers_at_once_send_once_because_they_claim(
    context: dict[str, Any], box: Mailbox, monkeypatch: pytest.MonkeyPatch, claiming: bool
) -> None:
    """The second case is the control: without the claim both send."""
    await seat(context["database"])
    if not claiming:

        async def unclaimed(db: Db, mail_id: UUID, *, now: object) -> OutgoingMail | None:
            return await db.get_one(OutgoingMail, mail_id)

        monkeypatch.setattr(outbox, "claim", unclaimed)
    async with context["database"].reading() as db:
        (mail_id,) = await outbox.due(db, now=clock.now(), limit=9)
    await asyncio.gather(*(jobs._send(context, mail_id) for _ in range(2)))
    assert len(box.mails) == (1 if claiming else 2)
