"""Notes of a round: saved as written, over versions; read by whom they are for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from server.accounts.models import Account
from server.core import clock
from server.events.models import Participation
from server.mentoring.models import Team
from server.mentoring.plans.models import Assignment
from server.records.models import Attendance, Via
from server.rounds import actions
from server.rounds.actions import Act
from server.rounds.models import Note, RoomNote
from server.rounds.notes import LONGEST
from tests.support.training import Held, Sizes, hold
from tests.support.web import Browser, Site

SLUG = "noted"
ROOM = f"/e/{SLUG}/s/1/room"


@dataclass
class Training:
    """A training with an open round, two teams and a mentor who visits the first."""

    site: Site
    held: Held
    rooms: list[UUID]

    @asynccontextmanager
    async def person(self, participation: Participation) -> AsyncIterator[Browser]:
        """Somebody's browser, logged in."""
        account = Account(id=participation.account_id, name="", created_at=clock.now())
        async with self.site.browser() as page:
            page.client.headers["cookie"] = f"login={await self.site.login(account)}"
            yield page

    def member(self, team: int, number: int = 0) -> Participation:
        """Somebody who sits in a team."""
        return self.held.members[self.held.teams[team].id][number]

    async def mentor(self) -> Participation:
        """The one mentor."""
        async with self.site.database.reading() as db:
            found = select(Participation).where(
                Participation.id == self.held.mentors[0].participation_id
            )
            return (await db.exec(found)).one()

    async def visit(self) -> Assignment:
        """The first visit of the mentor."""
        async with self.site.database.reading() as db:
            first = self.held.slots[self.held.rounds[0].id][0]
            found = select(Assignment).where(Assignment.slot_id == first.id)
            return (await db.exec(found)).one()

    def note_of(self, team: int) -> str:
        """The address of a room's shared note."""
        return f"{ROOM}/note?room={self.rooms[team]}"


@pytest.fixture
async def training(site: Site) -> Training:
    now = clock.now()
    async with site.database.writing() as db:
        held = await hold(db, Sizes(teams=2, mentors=1, slots=2), now=now, slug=SLUG)
        await actions.open_round(db, held.rounds[0].id, Act(actor=held.organizer.id, now=now))
    async with site.database.reading() as db:
        teams = {t.number: t.room_id for t in await db.exec(select(Team))}
    return Training(site, held, [room for n in (1, 2) if (room := teams[n])])


async def save(page: Browser, path: str, body: str, v: int, **more: Any) -> tuple[int, Any]:
    answer = await page.client.post(path, json={"body": body, "v": v, **more})
    return answer.status_code, answer.json()


async def test_what_one_writes_the_other_reads(training: Training) -> None:
    async with (
        training.person(training.member(0)) as one,
        training.person(training.member(0, 1)) as mate,
    ):
        assert (await save(one, training.note_of(0), "屋根の話", 0))[1]["v"] == 1
        read = (await mate.client.get(training.note_of(0))).json()
        assert (read["body"], read["v"]) == ("屋根の話", 1)


async def test_a_version_that_is_not_the_present_one_changes_nothing(training: Training) -> None:
    async with training.person(training.member(0)) as one:
        await save(one, training.note_of(0), "はじめ", 0)
        status, answer = await save(one, training.note_of(0), "あとから", 0)
        assert (status, answer["body"], answer["v"]) == (409, "はじめ", 1)
    async with training.site.database.reading() as db:
        assert (await db.exec(select(RoomNote.body))).all() == ["はじめ"]


async def test_another_teams_note_is_neither_read_nor_written(training: Training) -> None:
    async with training.person(training.member(1)) as other:
        assert (await other.client.get(training.note_of(0))).status_code == 403
        assert (await save(other, training.note_of(0), "よその話", 0))[0] == 403


async def test_who_has_just_left_a_room_may_still_save_there(training: Training) -> None:
    person, now = training.member(1), clock.now()
    await _stayed(training, person, training.rooms[0], until=now - timedelta(seconds=60))
    async with training.person(person) as page:
        assert (await save(page, training.note_of(0), "最後の一行", 0))[0] == 200


async def test_control_who_left_long_ago_may_not(training: Training) -> None:
    person, now = training.member(1), clock.now()
    await _stayed(training, person, training.rooms[0], until=now - timedelta(seconds=180))
    async with training.person(person) as page:
        assert (await save(page, training.note_of(0), "最後の一行", 0))[0] == 403


async def test_a_note_that_is_too_long_is_refused_with_words(training: Training) -> None:
    async with training.person(training.member(0)) as page:
        status, answer = await save(page, training.note_of(0), "あ" * (LONGEST + 1), 0)
        assert (status, answer["code"]) == (409, "note_too_long")


async def test_a_mentors_note_is_the_mentors(training: Training) -> None:
    path = f"{ROOM}/visits/{(await training.visit()).id}/note"
    async with training.person(await training.mentor()) as mentor:
        saved = await save(mentor, path, "次は保険の話", 0, readers="organizers")
        assert saved[1]["v"] == 1
        assert (await mentor.client.get(path)).json()["body"] == "次は保険の話"
    async with training.person(training.member(0)) as member:
        assert (await member.client.get(path)).status_code == 403
        assert (await save(member, path, "のぞき見", 1, readers="mentors"))[0] == 403
    async with training.site.database.reading() as db:
        assert (await db.exec(select(Note.body))).all() == ["次は保険の話"]


async def test_visits_tell_the_team_its_mentor_and_the_mentor_its_teams(
    training: Training,
) -> None:
    async with training.person(training.member(0)) as member:
        found = (await member.client.get(f"{ROOM}/visits")).json()
        assert [visit["mentor"]["name"] for visit in found["here"]] == ["mentor0 さん"]
        assert found["own"] == []
    async with training.person(await training.mentor()) as mentor:
        own = (await mentor.client.get(f"{ROOM}/visits")).json()["own"]
        assert sorted(visit["team"]["number"] for visit in own) == [1, 2]


async def _stayed(training: Training, person: Participation, room: UUID, *, until: Any) -> None:
    async with training.site.database.writing() as db:
        db.add(
            Attendance(
                event_id=training.held.event.id,
                participation_id=person.id,
                session_id=training.held.session.id,
                room_id=room,
                via=Via.LIVE,
                source_key=f"test/{person.id}",
                joined_at=until - timedelta(minutes=5),
                seen_at=until,
                left_at=until,
            )
        )
