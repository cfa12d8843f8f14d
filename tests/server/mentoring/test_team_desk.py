"""The organizer's pages of teams and questions."""

from uuid import UUID

from sqlmodel import col, select

from server.accounts import audit
from server.core import clock
from server.core.db import Db
from server.demo.writing import insert_all
from server.events.models import Event
from server.mentoring.models import (
    Conflict,
    ConflictSource,
    Question,
    QuestionKind,
    Team,
    TeamMember,
    TeamState,
)
from server.mentoring.teams import listing as team_list
from server.mentoring.teams import queries as team_queries
from server.mentoring.teams import questions
from server.mentoring.teams.listing import Shown
from server.rooms.models import Room, RoomKind
from tests.server.mentoring import given
from tests.server.mentoring.given import DESK, TEAM
from tests.support.queries import cost
from tests.support.web import Site

TEAMS, QUESTIONS = f"{DESK}/teams", f"{DESK}/questions"


async def many_teams(db: Db, event: Event, lead_id: UUID, *, of: int) -> None:
    """So many registered teams, numbered on from those there are."""
    now = clock.now()
    last = len((await db.exec(select(Team))).all())
    made = [
        Team(
            event_id=event.id,
            number=last + number,
            state=TeamState.REGISTERED,
            lead_id=lead_id,
            name=f"見本{number}町",
            created_at=now,
            saved_at=now,
            registered_at=now,
        )
        for number in range(1, of + 1)
    ]
    await insert_all(db, made)
    rows = [TeamMember(team_id=each.id, number=1, name="人", since=now) for each in made]
    await insert_all(db, rows)


async def test_teams_are_found_as_they_are_written_in_japan(site: Site) -> None:
    event = await given.training(site)
    lead = await given.person(
        site, "早瀬 彩", reading="はやせ あや", address="hayase@yukimachi.example"
    )
    other = await given.person(site, "別の 人", address="other@uminari.example")
    await given.team(site, event, lead, ("小田切 誠", "odagiri@yukimachi.example"))
    await given.team(site, event, other, name="ウミナリ浜 漁協")
    async with site.database.reading() as db:
        rows = await team_list.of_event(db, event)
    assert [row.team.number for row in rows] == [1, 2]
    for query, numbers in {
        "雪待村除雪": [1],
        "ﾊﾔｾ": [1],
        "ODAGIRI@": [1],
        "うみなり": [2],
        "2": [2],
        "見当たらない": [],
        "": [1, 2],
    }.items():
        assert [row.team.number for row in team_list.searched(rows, query)] == numbers, query


async def test_the_list_says_who_has_confirmed(site: Site) -> None:
    event = await given.training(site)
    await given.team(site, event, await given.person(site), ("小田切 誠", "o@a.example"))
    await given.team(site, event, await given.person(site, "一人 で"))
    async with given.browser(site, await given.organizer(site, event)) as browser:
        page = (await browser.get(TEAMS)).text
        assert "2チームが登録しています" in page
        assert f'href="{TEAMS}/1"' in page
        assert f'action="{TEAMS}"' in page
        assert "2人のうち1人" in page
        waiting = (await browser.get(f"{TEAMS}?state=open")).text
        assert ("一人 で" in page, "一人 で" in waiting) == (True, False)
    async with site.database.reading() as db:
        counted = team_list.counted(await team_list.of_event(db, event))
    assert counted == {Shown.ALL: 2, Shown.REGISTERED: 2, Shown.OPEN: 1, Shown.CANCELLED: 0}


async def test_one_and_five_hundred_cost_the_same(site: Site) -> None:
    event = await given.training(site)
    lead = await given.person(site)
    await given.team(site, event, lead)
    async with given.browser(site, await given.organizer(site, event)) as browser:
        one = await cost(site.database, lambda: browser.get(TEAMS))
        async with site.database.writing() as db:
            await many_teams(db, event, lead.id, of=500)
        assert await cost(site.database, lambda: browser.get(TEAMS)) == one
        assert "501" in (await browser.get(TEAMS)).text


async def test_a_team_is_corrected_and_what_it_was_is_kept(site: Site) -> None:
    event = await given.training(site)
    await given.topics(site, event, "食と農", "空き家")
    team = await given.team(site, event, await given.person(site), topic="1")
    place = f"{TEAMS}/1"
    async with site.database.writing() as db:
        room = Room(event_id=event.id, kind=RoomKind.TEAM, number=1, name=team.name)
        db.add(room)
        await db.flush()
        (await db.get_one(Team, team.id)).room_id = room.id
    async with given.browser(site, await given.organizer(site, event)) as browser:
        wrong = await browser.submit(place, place, name="", organization="知らない会")
        assert wrong.status_code == 422
        fields = {"name": "雪待村 雪かき会", "phone": "0120-111-111", "topic": "2"}
        done = await browser.submit(place, place, **fields, keep_mentor="on")
        assert done.status_code == 303
        assert "雪待村 雪かき会" in (await browser.get(place)).text
    async with site.database.reading() as db:
        kept = await db.get_one(Team, team.id)
        assert (kept.name, kept.phone, kept.keep_mentor, kept.number) == (
            "雪待村 雪かき会",
            "0120-111-111",
            True,
            1,
        )
        assert (await db.get_one(Room, room.id)).name == kept.name
        acts = await audit.of(db, audit.about("team", team.id))
    assert [act.entry.verb for act in acts] == ["team.corrected", "team.registered"]
    assert acts[0].entry.data["before"]["name"] == "雪待村 除雪組合"


async def test_organizers_seat_somebody_and_keep_a_mentor_away(site: Site) -> None:
    event = await given.training(site)
    team = await given.team(site, event, await given.person(site))
    who, guide = await given.mentor(site, event)
    place = f"{TEAMS}/1"
    async with given.browser(site, await given.organizer(site, event)) as browser:
        await browser.submit(place, f"{place}/substitute", seat="2", name="新 人子")
        for _ in range(2):
            await browser.submit(place, f"{place}/apart", team=who.name)
        assert "新 人子" in (await browser.get(place)).text
        unknown = await browser.submit(place, f"{place}/apart", team="いない 人")
        assert unknown.status_code == 422
        async with site.database.reading() as db:
            (conflict,) = (await db.exec(select(Conflict))).all()
            roll = await team_queries.roll_of(db, team)
        assert (conflict.mentor_id, conflict.source) == (guide.id, ConflictSource.ORGANIZER)
        assert [member.name for member in roll.members] == ["早瀬 彩", "新 人子"]
        await browser.submit(place, f"{place}/meet", conflict=str(conflict.id))
    async with site.database.reading() as db:
        assert (await db.exec(select(Conflict))).all() == []


async def test_approval_of_a_whole_team_is_one_press(site: Site) -> None:
    event = await given.training(site, approval=True)
    lead = await given.person(site)
    await given.team(site, event, lead)
    async with given.browser(site, await given.organizer(site, event)) as browser:
        assert "1人が承認を待っています" in (await browser.get(f"{TEAMS}/1")).text
        ids = given.hidden((await browser.get(f"{TEAMS}/1")).text, "registration")
        await browser.submit(f"{TEAMS}/1", f"{DESK}/people/approve", registration=ids)
        assert "承認を待っています" not in (await browser.get(f"{TEAMS}/1")).text


async def all_questions(site: Site) -> list[Question]:
    async with site.database.reading() as db:
        found = select(Question).order_by(col(Question.place), col(Question.number))
        return list((await db.exec(found)).all())


async def test_questions_are_asked_written_ordered_and_retired(site: Site) -> None:
    event = await given.training(site)
    async with given.browser(site, await given.organizer(site, event)) as browser:
        empty = await browser.submit(QUESTIONS, QUESTIONS, kind="text")
        assert empty.status_code == 422
        no_options = await browser.submit(QUESTIONS, QUESTIONS, kind="choice", text_ja="季節")
        assert no_options.status_code == 422
        await browser.submit(QUESTIONS, QUESTIONS, kind="text", text_ja="困りごと", required="true")
        await browser.submit(
            QUESTIONS, QUESTIONS, kind="choice", text_ja="季節", options_ja="夏｜山\n\n冬"
        )
        await browser.submit(QUESTIONS, QUESTIONS, kind="consent", text_en="Recording")
        await browser.submit(QUESTIONS, f"{QUESTIONS}/2/deed", deed="up")
        assert [each.number for each in await all_questions(site)] == [2, 1, 3]
        listed = (await browser.get(QUESTIONS)).text
        assert f'action="{QUESTIONS}/2/deed"' in listed
        assert f'action="{QUESTIONS}/2"' in listed
        await browser.submit(QUESTIONS, f"{QUESTIONS}/1/deed", deed="retire")
        assert [each.retired_at is None for each in await all_questions(site)] == [
            True,
            False,
            True,
        ]
        changed = {"text_ja": "好きな季節", "options_ja": "秋\n夏｜海\n冬", "v": "1"}
        await browser.submit(QUESTIONS, f"{QUESTIONS}/2", **changed)
        stale = await browser.submit(QUESTIONS, f"{QUESTIONS}/2", **changed)
        assert stale.status_code == 409
        assert "好きな季節" in stale.text
        page = (await browser.get(TEAM)).text
        assert "好きな季節" in page
        assert "困りごと" not in page
    choice = (await all_questions(site))[0]
    assert choice.kind is QuestionKind.CHOICE
    assert [(each["key"], each["text"]["ja"], each["hint"]) for each in choice.options] == [
        ("o3", "秋", {}),
        ("o1", "夏", {"ja": "海"}),
        ("o2", "冬", {}),
    ]


def test_an_option_that_stays_keeps_its_key() -> None:
    first = questions.options_of({"ja": ["夏", "冬"], "en": ["Summer", "Winter"]}, [])
    again = questions.options_of({"ja": ["冬", "春"], "en": ["Winter"]}, first)
    assert [(each["key"], each["text"]) for each in again] == [
        ("o2", {"ja": "冬", "en": "Winter"}),
        ("o3", {"ja": "春"}),
    ]
