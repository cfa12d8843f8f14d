"""What organizers do with registrations over HTTP: once, never a seat too many, and undone."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from server.accounts import queries as account_queries
from server.accounts.models import Audit
from server.core import clock
from server.core.db import Db
from server.events import queries as events
from server.events.models import ParticipationRole, Role
from server.events.queries import roles_of
from server.mail.models import OutgoingMail
from server.registration import grants, jobs
from server.registration.actions import Act
from server.registration.models import Registration, RegistrationChange, RegistrationState
from server.registration.rules import UNDO_WITHIN
from tests.server.registration import desk, given
from tests.server.registration.desk import PEOPLE, Organizer
from tests.support.web import Site

SEATED, WAITING = RegistrationState.SEATED, RegistrationState.WAITING
ASKED, CANCELLED = RegistrationState.ASKED, RegistrationState.CANCELLED


async def some(site: Site, organizer: Organizer, *names: str) -> list[Registration]:
    async with site.database.writing() as db:
        accounts = [await given.account(db, name) for name in names]
        return [await given.registered(db, organizer.event, who) for who in accounts]


async def states(site: Site, registrations: list[Registration]) -> list[RegistrationState]:
    async with site.database.reading() as db:
        return [(await db.get_one(Registration, each.id)).state for each in registrations]


async def owed(db: Db, registration: Registration) -> list[OutgoingMail]:
    found = select(OutgoingMail).where(
        OutgoingMail.subject == str(registration.id), col(OutgoingMail.dropped_at).is_(None)
    )
    return list((await db.exec(found.order_by(col(OutgoingMail.revision)))).all())


async def test_several_are_approved_while_seats_last_and_the_rest_wait(site: Site) -> None:
    async with desk.organizer(site, approval=True, capacity=2) as organizer:
        asked = await some(site, organizer, "一", "二", "三")
        assert await organizer.act("approve", *[each.id for each in asked]) == 303
        assert await states(site, asked) == [SEATED, SEATED, WAITING]
        told = await organizer.followed()
        assert "3人を承認しました。" in told
        assert "席がうまっているので、1人はキャンセル待ちです。" in told
        assert "元に戻す" in told
        async with site.database.reading() as db:
            *_, letter = await owed(db, asked[0])
            assert letter.due_at - letter.created_at == UNDO_WITHIN


async def test_a_form_that_comes_twice_is_done_once_and_told_alike(site: Site) -> None:
    async with desk.organizer(site, approval=True) as organizer:
        (asked,) = await some(site, organizer, "戸田 みのり")
        key = str(uuid4())
        for _ in range(2):
            assert await organizer.act("approve", asked.id, key=key) == 303
            assert "1人を承認しました。" in await organizer.followed()
        async with site.database.reading() as db:
            kept = select(RegistrationChange).order_by(col(RegistrationChange.id))
            changes = (await db.exec(kept)).all()
        assert [change.after for change in changes] == [ASKED, SEATED]
        assert await organizer.act("approve", asked.id, key=str(uuid4())) == 303  # the control
        told = await organizer.followed()
        assert ("1人を承認しました。" in told, "戸田 みのり" in told) == (False, True)


async def test_never_a_seat_too_many_and_the_page_says_who_was_left(site: Site) -> None:
    async with desk.organizer(site, capacity=1) as organizer:
        people = await some(site, organizer, "一", "二", "三")
        assert await organizer.act("promote", people[1].id, people[2].id) == 303
        assert await states(site, people) == [SEATED, WAITING, WAITING]
        assert 'class="told-refused"' in await organizer.followed()
        async with site.database.writing() as db:
            organizer.event.capacity = 2
            db.add(await db.merge(organizer.event))
        assert await organizer.act("promote", people[2].id, people[1].id) == 303
        assert await states(site, people) == [SEATED, WAITING, SEATED]
        told = await organizer.followed()
        assert "1人を繰り上げました。" in told
        assert 'class="told-refused"' in told


async def test_a_cancel_asks_why_and_can_be_undone_without_a_mail(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        people = await some(site, organizer, "一", "二")
        assert await organizer.act("cancel", people[0].id, view=f"who={people[0].id}") == 422
        assert "取り消す理由を書いてください" in organizer.last.text
        assert await states(site, people) == [SEATED, SEATED]
        assert await organizer.act("cancel", people[0].id, reason="電話で辞退") == 303
        assert await states(site, people) == [CANCELLED, SEATED]
        shown = (await organizer.browser.get(f"{PEOPLE}?who={people[0].id}")).text
        assert "「電話で辞退」" in shown
        assert "遠山 佑" in shown
        async with site.database.writing() as db:
            first, *rest = await owed(db, people[0])
            first.sent_at = first.created_at  # the letter of the seat has gone out
            db.add(first)
        assert await organizer.act("restore", people[0].id) == 303
        assert await states(site, people) == [SEATED, SEATED]
        async with site.database.reading() as db:
            assert [mail.revision for mail in await owed(db, people[0])] == [1]
        assert len(rest) == 1  # the control: the cancel had owed one


async def test_a_yes_is_taken_back_from_the_summary(site: Site) -> None:
    async with desk.organizer(site, approval=True) as organizer:
        asked = await some(site, organizer, "一", "二")
        ids = [each.id for each in asked]
        await organizer.act("approve", *ids)
        assert await organizer.act("unapprove", *ids) == 303
        assert "2人を承認待ちに戻しました。" in await organizer.followed()
        assert await states(site, asked) == [ASKED, ASKED]


async def test_nobody_chosen_is_a_sentence(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        await some(site, organizer, "一")
        assert await organizer.act("approve") == 422
        assert "だれも選ばれていません" in organizer.last.text


async def test_a_new_person_is_registered_and_gets_the_link_a_minute_later(site: Site) -> None:
    async with desk.organizer(site, approval=True) as organizer:
        form = {"name": "戸田 みのり", "reading": "とだ みのり", "reason": "電話で"}
        assert await organizer.act("add", **form, address="wrong") == 422
        assert "とだ みのり" in organizer.last.text  # nothing is lost
        key = str(uuid4())
        for _ in range(2):
            assert await organizer.act("add", **form, address="Toda@sample.example", key=key) == 303
            assert "戸田 みのりさんを登録しました" in await organizer.followed()
        async with site.database.reading() as db:
            (held,) = (await db.exec(select(Registration))).all()
            mails = (await db.exec(select(OutgoingMail))).all()
            account = await account_queries.by_address(db, "toda@sample.example")
        assert account is not None
        assert held.state is SEATED  # the organizer's word is the yes
        assert held.unverified_until is not None
        assert [mail.kind for mail in mails] == ["login_link"]
        assert mails[0].due_at - mails[0].created_at == UNDO_WITHIN
        await organizer.act("add", **form, address="toda@sample.example")
        assert 'class="told-refused"' in await organizer.followed()


async def test_somebody_known_is_registered_with_one_mail(site: Site) -> None:
    await site.account("よく知る人", address="known@sample.example")
    async with desk.organizer(site) as organizer:
        assert await organizer.act("add", name="別の名", address="known@sample.example") == 303
        assert "よく知る人さんを登録しました" in await organizer.followed()
        async with site.database.reading() as db:
            mails = (await db.exec(select(OutgoingMail))).all()
        assert [mail.kind for mail in mails] == ["registration"]


async def test_roles_are_given_and_taken_with_an_audit_row(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        (person,) = await some(site, organizer, "真鍋 志乃")
        assert await organizer.act("roles", person.id, role=("mentor", "observer")) == 303
        assert await organizer.act("roles", person.id, role=("mentor", "participant")) == 303
        async with site.database.reading() as db:
            held = await roles_of(db, person.participation_id)
            rows = (await db.exec(select(Audit).order_by(col(Audit.id)))).all()
        assert held == {Role.PARTICIPANT, Role.MENTOR}
        assert [(row.verb, row.data["role"]) for row in rows] == [
            ("role.given", "mentor"),
            ("role.given", "observer"),
            ("role.taken", "observer"),
        ]
        assert {row.actor_id for row in rows} == {organizer.account.id}
        assert {row.object for row in rows} == {f"participation:{person.participation_id}"}


async def test_the_last_organizer_stays_and_another_may_go(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        async with site.database.writing() as db:
            mine = await given.registered(db, organizer.event, organizer.account)
        (other,) = await some(site, organizer, "二人目")
        assert await organizer.act("roles", mine.id, role=()) == 409
        assert await _organizers(site) == 1
        assert await organizer.act("roles", other.id, role=("organizer",)) == 303
        assert await organizer.act("roles", mine.id, role=()) == 303
        assert organizer.last.headers["location"] == f"/e/{given.SLUG}"
        assert await _organizers(site) == 1


async def _organizers(site: Site) -> int:
    async with site.database.reading() as db:
        found = select(ParticipationRole).where(ParticipationRole.role == Role.ORGANIZER)
        return len((await db.exec(found)).all())


ACTS = ("approve", "unapprove", "promote", "cancel", "restore", "add", "roles")


@pytest.mark.parametrize("verb", ACTS)
async def test_a_foreign_organizer_changes_nothing(site: Site, verb: str) -> None:
    async with desk.organizer(site, approval=True) as organizer:
        (asked,) = await some(site, organizer, "一")
        foreign = await site.account("よその主催", address="foreign@sample.example")
        async with site.database.writing() as db:
            other = await given.event(db, slug="other")
            await desk.give(db, other, foreign, Role.ORGANIZER)
            theirs = await given.registered(db, other, await given.account(db))
        fields = {"reason": "理由", "name": "名", "address": "a@sample.example", "role": "mentor"}
        async with site.browser() as browser:
            browser.hold(await site.login(foreign))
            stranger = Organizer(foreign, other, browser)
            page = "/manage/other/people"
            action = f"{PEOPLE}/{verb}"
            assert await stranger.send(page, action, registration=asked.id, **fields) == 403
            if verb != "add":  # nor through the own event's desk
                assert await stranger.act(verb, asked.id, **fields) == 404
                assert await stranger.act(verb, theirs.id, **fields) == 303  # the control
        assert await states(site, [asked]) == [ASKED]


async def test_a_draft_takes_nobody_and_a_stranger_does_not_learn_of_it(site: Site) -> None:
    async with desk.organizer(site, state="draft") as organizer:
        assert (await organizer.browser.get(PEOPLE)).status_code == 200
        assert await organizer.act("add", name="名", address="a@sample.example") == 409
        stranger = await site.account("よその人", address="stranger@sample.example")
        async with site.browser() as browser:
            browser.hold(await site.login(stranger))
            assert (await browser.get(PEOPLE)).status_code == 404


async def test_who_never_proved_the_address_gets_a_fresh_link_with_the_place(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        await organizer.act("add", name="戸田 みのり", address="toda@sample.example")
        async with site.database.writing() as db:
            (held,) = (await db.exec(select(Registration))).all()
            held.unverified_until = clock.now() - timedelta(hours=1)
            db.add(held)
        await jobs.settle_addresses({"database": site.database})
        async with site.database.writing() as db:  # given up a while ago
            held = await db.get_one(Registration, held.id)
            assert held.state is CANCELLED
            held.changed_at -= timedelta(hours=2)
            db.add(held)
        assert await organizer.act("restore", held.id) == 303
        async with site.database.reading() as db:
            mails = (await db.exec(select(OutgoingMail))).all()
            assert (await db.get_one(Registration, held.id)).unverified_until is not None
        assert [mail.kind for mail in mails] == ["login_link", "login_link"]


async def test_two_organizers_cannot_take_each_others_role_at_once(site: Site) -> None:
    async with desk.organizer(site) as organizer:
        pair = await some(site, organizer, "一", "二")
        await organizer.act("roles", *[pair[0].id], role=("organizer",))
        await organizer.act("roles", *[pair[1].id], role=("organizer",))
        async with site.database.writing() as db:  # the first one leaves
            mine = await events.participation_of(db, organizer.event, organizer.account.id)
            assert mine
            act = Act(actor=organizer.account.id, now=clock.now())
            await grants.set_roles(db, mine.id, [], event=organizer.event, act=act)

        async def take(of: Registration) -> None:
            async with site.database.writing() as db:
                await grants.set_roles(db, of.participation_id, [], event=organizer.event, act=act)

        outcomes = await asyncio.gather(*map(take, pair), return_exceptions=True)
        assert sorted(type(each).__name__ for each in outcomes) == ["LastOrganizer", "NoneType"]
        assert await _organizers(site) == 1
