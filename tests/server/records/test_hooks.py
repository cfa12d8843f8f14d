"""The media engine's news over HTTP: signed, in any order, doubled, of strangers."""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from google.protobuf.json_format import MessageToJson
from livekit import api
from livekit.protocol.models import ParticipantInfo, Room
from livekit.protocol.webhook import WebhookEvent

from server import media
from server.records import hooks
from server.records.models import ClosedBy, Via
from server.rooms import hooks as rooms
from server.rooms.engine import MediaEngine, engine_of
from server.rooms.models import Room as OurRoom
from server.rooms.models import RoomKind
from server.rooms.seat import Holder
from tests.server.records import given
from tests.support.web import Site

START = datetime(2026, 2, 20, 5, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Recorder(MediaEngine):
    """The engine by its keys; whom it was told to remove is noted."""

    removed: list[str] = field(default_factory=list)

    async def remove(self, *, room: UUID | str, identity: UUID | str) -> bool:
        """Note it."""
        self.removed.append(str(identity))
        return True


@dataclass
class Scene:
    """A room, somebody with a seat in it at epoch 1, and what the engine says of them."""

    site: Site
    at: given.Place
    who: UUID
    engine: Recorder

    def news(self, what: str, second: float, **facts: str) -> WebhookEvent:
        """A webhook of the participant, who joined 5.25 s after the start."""
        person = ParticipantInfo(
            sid=facts.get("sid", "PA_1"),
            identity=facts.get("identity", str(self.who)),
            joined_at=int(after(5.25).timestamp()),
            joined_at_ms=int(after(5.25).timestamp() * 1000),
            attributes={"epoch": facts.get("epoch", "1")},
        )
        return WebhookEvent(
            event=what,
            room=Room(name=facts.get("room", str(self.at.room.id))),
            participant=person,
            created_at=int(after(second).timestamp()),
        )

    async def tell(self, *events: WebhookEvent, secret: str = "") -> list[int]:
        """Post webhooks as LiveKit does; the statuses of the answers."""
        answers = []
        async with self.site.browser() as browser:
            for event in events:
                body = MessageToJson(event)
                digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
                token = api.AccessToken(self.engine.key, secret or self.engine.secret)
                headers = {"authorization": token.with_sha256(digest).to_jwt()}
                answer = await browser.client.post("/hooks/media", content=body, headers=headers)
                answers.append(answer.status_code)
        return answers

    async def rows(self) -> list[tuple[datetime, datetime | None, ClosedBy | None]]:
        """Beginning, end and how it ended of each row."""
        found = await given.rows(self.site.database)
        return [(row.joined_at, row.left_at, row.closed_by) for row in found]


@pytest.fixture
async def scene(site: Site) -> Scene:
    """Somebody with a seat, and an application whose engine is watched."""
    async with site.database.writing() as db:
        at = await given.place(db, starts=START)
        who = await given.person(db, at, "見本 花")
        db.add(given.seat(at, Holder(who, at.session.id, given.new_page()), START))
    real = engine_of(site.settings)
    engine = Recorder(real.browser_url, real.service_url, real.key, real.secret)
    site.app.state.media = engine
    return Scene(site, at, who, engine)


STAY = (after(5.25), after(65), ClosedBy.LEFT)


async def test_a_visit_is_a_stay_from_the_millisecond_it_began(scene: Scene) -> None:
    await scene.tell(scene.news("participant_joined", 5))
    assert await scene.rows() == [(after(5.25), None, None)]
    await scene.tell(scene.news("participant_left", 65))
    assert await scene.rows() == [STAY]
    [row] = await given.rows(scene.site.database)
    assert (row.source_key, row.via, row.participation_id) == ("PA_1", Via.MEDIA, scene.who)
    assert (row.event_id, row.session_id, row.room_id) == (
        scene.at.event.id,
        scene.at.session.id,
        scene.at.room.id,
    )


async def test_the_same_news_twice_changes_nothing(scene: Scene) -> None:
    joined, left = scene.news("participant_joined", 5), scene.news("participant_left", 65)
    later = scene.news("participant_left", 90)
    assert await scene.tell(joined, joined, left, joined, left, later) == [200] * 6
    assert await scene.rows() == [STAY]


async def test_an_end_that_comes_first_leaves_nothing_open(scene: Scene) -> None:
    await scene.tell(scene.news("participant_left", 65), scene.news("participant_joined", 5))
    assert await scene.rows() == [STAY]


async def test_who_joins_and_leaves_within_a_second_leaves_nothing_open(scene: Scene) -> None:
    await scene.tell(scene.news("participant_joined", 5), scene.news("participant_left", 5))
    assert await scene.rows() == [(after(5.25), after(5.25), ClosedBy.LEFT)]


async def test_a_room_that_finishes_ends_the_stays_in_it(scene: Scene) -> None:
    await scene.tell(scene.news("participant_joined", 5), scene.news("room_finished", 80))
    assert await scene.rows() == [(after(5.25), after(80), ClosedBy.LEFT)]


async def test_a_connection_that_breaks_before_it_stands_leaves_nothing_open(scene: Scene) -> None:
    broken = scene.news("participant_connection_aborted", 9)
    await scene.tell(scene.news("participant_joined", 5), broken)
    assert await scene.rows() == [(after(5.25), after(9), ClosedBy.LEFT)]


async def test_control_a_room_that_only_starts_ends_nothing(scene: Scene) -> None:
    await scene.tell(scene.news("participant_joined", 5), scene.news("room_started", 80))
    assert await scene.rows() == [(after(5.25), None, None)]


async def test_a_stale_join_is_removed_and_leaves_no_trace(scene: Scene) -> None:
    await scene.tell(
        scene.news("participant_joined", 5, epoch="0"),
        scene.news("participant_left", 6, epoch="0"),
    )
    assert scene.engine.removed == [str(scene.who)]
    assert await scene.rows() == []


async def test_control_without_the_check_it_would_be_there(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(rooms, "is_stale", never)
    await scene.tell(scene.news("participant_joined", 5, epoch="0"))
    assert await scene.rows() == [(after(5.25), None, None)]


async def test_who_lost_the_seat_while_inside_leaves_in_the_record_too(scene: Scene) -> None:
    await scene.tell(scene.news("participant_joined", 5))
    async with scene.site.database.writing() as db:
        await given.raise_epoch(db, scene.who)
    await scene.tell(scene.news("participant_left", 65))
    assert await scene.rows() == [STAY]


@pytest.mark.parametrize(
    "facts",
    [
        {"identity": "a bot"},
        {"identity": str(uuid4())},
        {"room": "lobby"},
        {"room": str(uuid4())},
        {"sid": ""},
    ],
)
async def test_nobody_of_ours_is_passed_over(scene: Scene, facts: dict[str, str]) -> None:
    whats = ("participant_joined", "participant_left", "room_finished")
    assert await scene.tell(*(scene.news(what, 5, **facts) for what in whats)) == [200] * 3
    assert await scene.rows() == []


async def test_a_room_without_a_session_is_passed_over(scene: Scene) -> None:
    async with scene.site.database.writing() as db:
        room = OurRoom(event_id=scene.at.event.id, kind=RoomKind.TEAM)
        db.add(room)
    assert await scene.tell(scene.news("participant_joined", 5, room=str(room.id))) == [200]
    assert await scene.rows() == []


async def test_an_unsigned_call_is_refused_and_records_nothing(scene: Scene) -> None:
    joined = scene.news("participant_joined", 5)
    assert await scene.tell(joined, secret="somebody else's secret, long enough") == [401]
    assert await scene.rows() == []


async def test_an_engine_whose_clock_is_ahead_does_not_lead_us_on(scene: Scene) -> None:
    away = replace(scene)
    ahead = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
    event = away.news("participant_joined", 5)
    event.created_at, event.participant.joined_at_ms = int(ahead), int(ahead * 1000)
    await away.tell(event)
    [(joined_at, _, _)] = await away.rows()
    assert joined_at <= datetime.now(UTC)


def test_our_engine_tells_what_is_taken_and_nothing_else() -> None:
    assert media.NEWS == hooks.TAKEN.keys()
