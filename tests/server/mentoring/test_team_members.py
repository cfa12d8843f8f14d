"""Members sit down by a single-use link, mailed or printed; substitutes step in."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from server import worker
from server.accounts import links, queries
from server.accounts.links import LinkKind
from server.accounts.models import Account, Link
from server.core import clock
from server.core.errors import DomainError
from server.events.models import Event, Participation, Session
from server.mail import jobs
from server.mentoring import queries as mentoring
from server.mentoring.models import Round, Team
from server.mentoring.teams import members as seats
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams.members import Somebody
from server.mentoring.teams.rules import AlreadyInTeam, LeadStays, TeamFull
from server.registration.models import RegistrationState
from server.rooms.models import Placement
from server.rounds import actions as rounds
from server.rounds.actions import Act
from server.web.errors import text_of as text_of_refusal
from server.web.templates import Templates
from tests.server.mentoring import given
from tests.server.mentoring.given import DESK, TEAM
from tests.support.mailbox import mailbox, text_of
from tests.support.web import Site

ODAGIRI = "odagiri@yukimachi.example"


async def registered(site: Site, **facts: object) -> tuple[Event, Account, Team]:
    """A team of three: its lead, one with a mail address, one without."""
    event = await given.training(site, **facts)  # type: ignore[arg-type]  # an event's facts
    lead = await given.person(site)
    team = await given.team(site, event, lead, ("小田切 誠", ODAGIRI), ("森川 とき子", ""))
    return event, lead, team


async def standing(site: Site, event: Event, account_id: object) -> RegistrationState | None:
    async with site.database.reading() as db:
        found = await team_queries.standing(db, event, [account_id])  # type: ignore[list-item]
    return found[account_id].state if account_id in found else None  # type: ignore[index]


async def account_at(site: Site, address: str) -> Account:
    async with site.database.reading() as db:
        found = await queries.by_address(db, address)
    assert found
    return found


async def test_a_seat_is_looked_at_often_and_taken_once(site: Site) -> None:
    event, _, team = await registered(site)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        for _ in range(2):
            shown = await browser.get(path)
            assert shown.status_code == 200
            assert "早瀬 彩さんが" in shown.text
        taken = await browser.submit(path, path, name="小田切 マコト", reading="おだぎり まこと")
        assert taken.headers["location"] == f"{TEAM}/1?registered=1"
        there = await browser.get(taken.headers["location"])
        assert "席につきました。ようこそ。" in there.text
        spent = await browser.get(path)
        assert spent.status_code == 410
    account = await account_at(site, ODAGIRI)
    assert (account.name, account.reading) == ("小田切 マコト", "おだぎり まこと")
    async with site.database.reading() as db:
        assert await queries.is_verified(db, account.id)
        member = (await given.members_of(db, team.id))[1]
        assert (member.account_id, member.name) == (account.id, "小田切 マコト")
        seated = await mentoring.participations_by_team(db, event.id)
    assert len(seated[team.id]) == 2
    assert await standing(site, event, account.id) is RegistrationState.SEATED


async def test_who_is_known_keeps_the_own_name(site: Site) -> None:
    known = await site.account("小田切 本名", address=ODAGIRI)
    await registered(site)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        assert 'name="name"' not in (await browser.get(path)).text
        await browser.submit(path, path, name="だれか")
    assert (await account_at(site, ODAGIRI)).name == known.name


async def test_a_member_may_come_when_registration_is_over(site: Site) -> None:
    """Control: by oneself one is late."""
    event, _, _ = await registered(site)
    async with site.database.writing() as db:
        held = await db.get_one(Event, event.id)
        held.closes_at = clock.now() - timedelta(minutes=1)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        assert (await browser.submit(path, path, name="小田切 誠")).status_code == 303
    account = await account_at(site, ODAGIRI)
    assert await standing(site, event, account.id) is RegistrationState.SEATED
    async with given.browser(site, await given.person(site, "遅れた人")) as late:
        assert (await late.submit(TEAM, TEAM, **given.FILLED)).status_code == 409


async def test_a_full_event_lets_a_member_wait(site: Site) -> None:
    event, _, _ = await registered(site, capacity=1)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        await browser.submit(path, path, name="小田切 誠")
    account = await account_at(site, ODAGIRI)
    assert await standing(site, event, account.id) is RegistrationState.WAITING


@pytest.mark.parametrize("closed", [False, True], ids=["while it runs", "when it is over"])
async def test_who_sits_down_in_a_round_belongs_in_the_teams_room(
    site: Site, *, closed: bool
) -> None:
    event, lead, team = await registered(site)
    now = clock.now()
    async with site.database.writing() as db:
        session = (await db.exec(select(Session).where(Session.event_id == event.id))).one()
        over = now + timedelta(hours=1)
        round_ = Round(
            event_id=event.id, session_id=session.id, number=1, starts_at=now, ends_at=over
        )
        db.add(round_)
        await db.flush()
        await rounds.open_round(db, round_.id, Act(actor=None, now=now))
        if closed:
            await rounds.close_due(db, round_.id, now + timedelta(hours=2))
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        await browser.submit(path, path, name="小田切 誠")
    account = await account_at(site, ODAGIRI)
    placed = select(Participation.account_id, Placement.room_id).join(
        Placement, col(Placement.participation_id) == col(Participation.id)
    )
    async with site.database.reading() as db:
        room = (await db.get_one(Team, team.id)).room_id
        there = set((await db.exec(placed)).all())
    assert there == (set() if closed else {(lead.id, room), (account.id, room)})


async def test_the_mail_says_who_offers_which_seat_until_when(site: Site) -> None:
    _, _, team = await registered(site)
    with mailbox() as box:
        names = {name.lower(): value for name, value in box.settings.items()}
        context: dict[str, Any] = {
            "settings": site.settings.model_copy(update=names | {"smtp_port": box.port}),
            "database": site.database,
            "templates": Templates(static_base="/static", development=True),
            "mail_kinds": worker.MAIL_KINDS,
        }
        await jobs.send_due(context)
        (mail,) = box.to(ODAGIRI)
    assert team.name in str(mail["Subject"])
    assert "早瀬 彩さんが" in text_of(mail)
    (path,) = set(re.findall(r"http://localhost:8000(/seat/\S+)", text_of(mail)))
    async with site.browser() as browser:
        assert (await browser.get(path)).status_code == 200
    async with site.database.reading() as db:
        link = (await db.exec(select(Link).where(Link.kind == LinkKind.TEAM_SEAT))).one()
    assert timedelta(hours=71) < link.expires_at - clock.now() <= links.LONGEST


async def test_a_link_of_a_seat_is_for_that_only(site: Site) -> None:
    """Control: at its own page it works."""
    await registered(site)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        for place in ("/link", "/invitation", "/mentoring"):
            elsewhere = path.replace("/seat", place)
            assert (await browser.get(elsewhere)).status_code == 410
            assert (await browser.submit("/login", elsewhere, answer="yes")).status_code == 410
        assert (await browser.get(path)).status_code == 200


async def test_nobody_sits_in_two_teams(site: Site) -> None:
    event, lead, _ = await registered(site)
    other = await given.person(site, "二番 長")
    async with site.database.reading() as db:
        address = await queries.address_of(db, lead.id)
    await given.team(site, event, other, ("早瀬 彩", address))
    path = await given.path_of(site, address)
    async with site.browser() as browser:
        assert (await browser.submit(path, path)).status_code == 409
        assert (await browser.get(path)).status_code == 200  # not spent


async def test_by_a_printed_link_one_names_an_address_and_is_mailed_there(site: Site) -> None:
    _, lead, team = await registered(site)
    async with given.browser(site, lead) as browser:
        first = await browser.submit(f"{TEAM}/1", f"{TEAM}/1/paper", seat="3")
        second = await browser.submit(f"{TEAM}/1", f"{TEAM}/1/paper", seat="3")
    old, path = (
        re.findall(r"http://localhost:8000(/seat/[\w-]+)", page.text)[0] for page in (first, second)
    )
    async with site.browser() as browser:
        assert (await browser.get(old)).status_code == 410  # the newest paper counts
        assert "森川 とき子" in (await browser.get(path)).text
        wrong = await browser.submit(path, path, name="森川 とき子", address="tokiko")
        assert wrong.status_code == 422
        sent = await browser.submit(
            path, path, name="森川 とき子", address="Tokiko@yukimachi.example"
        )
        assert "Tokiko@yukimachi.example" in sent.text
        assert (await browser.get(path)).status_code == 410
        mailed = await given.path_of(site, "tokiko@yukimachi.example")
        await browser.submit(mailed, mailed, name="森川 とき子")
    async with site.database.reading() as db:
        third = (await given.members_of(db, team.id))[2]
    assert third.account_id == (await account_at(site, "tokiko@yukimachi.example")).id


async def test_a_substitute_has_the_seat_and_the_history_stays(site: Site) -> None:
    event, lead, team = await registered(site)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        await browser.submit(path, path, name="小田切 誠")
    gone = await account_at(site, ODAGIRI)
    async with given.browser(site, lead) as browser:
        done = await browser.submit(
            f"{TEAM}/1",
            f"{TEAM}/1/substitute",
            seat="2",
            name="代わり 来",
            address="kuru@a.example",
        )
        assert done.status_code == 303
        assert "代わり 来" in (await browser.get(f"{TEAM}/1")).text
    async with site.database.reading() as db:
        rows = [each for each in await given.members_of(db, team.id) if each.number == 2]
        before, after = rows
        assert (before.name, before.account_id, before.replaced_by) == (
            "小田切 誠",
            gone.id,
            after.id,
        )
        assert before.until is not None
        assert (after.name, after.until, after.account_id) == ("代わり 来", None, None)
        kept = (await db.exec(select(Team))).one()
        assert (kept.number, kept.id) == (team.number, team.id)
    assert await standing(site, event, gone.id) is RegistrationState.CANCELLED
    async with given.browser(site, gone) as browser:
        assert (await browser.get(f"{TEAM}/1")).status_code == 404
    fresh = await given.path_of(site, "kuru@a.example")
    async with site.browser() as browser:
        await browser.submit(fresh, fresh, name="代わり 来")
    newcomer = await account_at(site, "kuru@a.example")
    assert await standing(site, event, newcomer.id) is RegistrationState.SEATED


async def test_the_link_of_who_was_replaced_is_worth_nothing(site: Site) -> None:
    _, lead, _ = await registered(site)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        assert (await browser.get(path)).status_code == 200  # control
        async with given.browser(site, lead) as at_team:
            await at_team.submit(f"{TEAM}/1", f"{TEAM}/1/substitute", seat="2", name="代わり 来")
        assert (await browser.get(path)).status_code == 410
        assert (await browser.submit("/login", path, name="x")).status_code == 410


async def test_whoever_comes_last_has_the_seat_alone(site: Site) -> None:
    event, lead, team = await registered(site)

    async def put(name: str) -> None:
        async with site.database.writing() as db:
            held, same = await db.get_one(Event, event.id), await db.get_one(Team, team.id)
            await seats.seat(
                db,
                held,
                same,
                3,
                Somebody(name),
                most=5,
                locale="ja",
                actor=lead.id,
                now=clock.now(),
            )

    for name in ("一", "二"):
        await put(name)
    async with site.database.reading() as db:
        rows = [each for each in await given.members_of(db, team.id) if each.number == 3]
    assert [each.name for each in rows if each.until is None] == ["二"]
    assert len(rows) == 3


async def test_refusals_stand_beside_the_field(site: Site) -> None:
    _, lead, _ = await registered(site)
    async with given.browser(site, lead) as browser:
        page, act = f"{TEAM}/1", f"{TEAM}/1/substitute"
        for fields, status, sentence in (
            ({"seat": "4", "name": "四", "address": ODAGIRI}, 409, text_of_error(AlreadyInTeam())),
            ({"seat": "1", "name": "長"}, 409, text_of_error(LeadStays())),
            ({"seat": "9", "name": "九"}, 409, text_of_error(TeamFull())),
            ({"seat": "2", "name": "", "address": "x"}, 422, "「@」の前後をお確かめください"),
        ):
            refused = await browser.submit(page, act, **fields)
            assert refused.status_code == status, fields
            assert sentence in refused.text, fields


def text_of_error(error: DomainError) -> str:
    return text_of_refusal(error, "ja")


async def test_the_lead_passes_the_word_and_can_then_be_replaced(site: Site) -> None:
    event, lead, team = await registered(site)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as browser:
        await browser.submit(path, path, name="小田切 誠")
    async with given.browser(site, lead) as browser:
        refused = await browser.submit(f"{TEAM}/1", f"{TEAM}/1/lead", seat="3")
        assert refused.status_code == 409  # has not confirmed
        assert (await browser.submit(f"{TEAM}/1", f"{TEAM}/1/lead", seat="2")).status_code == 303
        no_more = await browser.submit("/me/account", f"{TEAM}/1/vacate", seat="3")
        assert no_more.status_code == 403
    second = await account_at(site, ODAGIRI)
    async with given.browser(site, second) as browser:
        assert (await browser.submit(f"{TEAM}/1", f"{TEAM}/1/vacate", seat="1")).status_code == 303
    assert await standing(site, event, lead.id) is RegistrationState.CANCELLED
    async with site.database.reading() as db:
        assert (await db.get_one(Team, team.id)).lead_id == second.id


async def test_a_cancelled_team_gives_all_places_back(site: Site) -> None:
    event, lead, team = await registered(site)
    host = await given.organizer(site, event)
    path = await given.path_of(site, ODAGIRI)
    place = f"{DESK}/teams/1"
    async with given.browser(site, host) as browser:
        missing = await browser.submit(place, f"{place}/cancel")
        assert missing.status_code == 422
        await browser.submit(place, f"{place}/cancel", reason="雪で来られない")
        shown = await browser.get(place)
        assert "雪で来られない" in shown.text
    assert await standing(site, event, lead.id) is RegistrationState.CANCELLED
    async with site.browser() as browser:
        assert (await browser.get(path)).status_code == 410
    assert (await given.team(site, event, lead)).number == 2  # the number is never given again
    async with site.database.reading() as db:
        assert (await db.get_one(Team, team.id)).number == 1


@pytest.mark.parametrize("name", ["substitute", "invite", "paper", "vacate", "lead"])
async def test_only_the_lead_changes_the_seats(site: Site, name: str) -> None:
    _, _, _ = await registered(site)
    path = await given.path_of(site, ODAGIRI)
    async with site.browser() as member:
        await member.submit(path, path, name="小田切 誠")
        assert f"{TEAM}/1/substitute" not in (await member.get(f"{TEAM}/1")).text
        fields = {"seat": "3", "name": "代わり 来"}
        assert (await member.submit("/me/account", f"{TEAM}/1/{name}", **fields)).status_code == 403
    async with given.browser(site, await given.person(site, "他人")) as other:
        assert (await other.submit("/me/account", f"{TEAM}/1/{name}", **fields)).status_code == 404


async def test_an_invitation_is_mailed_again(site: Site) -> None:
    _, lead, _ = await registered(site)
    first = await given.path_of(site, ODAGIRI)
    async with given.browser(site, lead) as browser:
        await browser.submit(f"{TEAM}/1", f"{TEAM}/1/invite", seat="2")
        refused = await browser.submit(f"{TEAM}/1", f"{TEAM}/1/invite", seat="1")
        assert refused.status_code == 409
    async with site.browser() as browser:
        assert (await browser.get(first)).status_code == 410
        assert (await browser.get(await given.path_of(site, ODAGIRI))).status_code == 200
