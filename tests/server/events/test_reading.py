"""From a draft to a plan, or to what is wrong beside which field."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.events import reading
from server.events.clocks import clock_of
from server.events.draft import Draft
from server.events.models import EventKind, SessionKind
from server.events.plan import Plan, PlannedSession, PlannedTopic, Speaker
from server.events.reading import Wrong, read

pytestmark = pytest.mark.pure

WHOLE: Draft = {
    "slug": "furusato-2027",
    "kind": "forum",
    "title-ja": "ふるさとの輪",
    "title-en": "Furusato Circle",
    "summary-ja": "同じ火を囲みます。",
    "zone": "Asia/Tokyo",
    "day": "2027-02-13",
    "doors": "9:30",
    "from": "10:00",
    "until": "16:30",
    "capacity": "1,000",
    "closes": "2027-02-11T18:00",
    "approval": "on",
    "t1-title-ja": "食と農",
    "s1-title-ja": "開会",
    "s1-kind": "stage",
    "s1-topic": "1",
    "s1-from": "１０：００",
    "s1-until": "1045",
    "s1-doors": "30",
    "s1-capacity": "1000",
    "s1-by_seat": "on",
    "s1-speakers-ja": "早瀬 彩｜朝霧台市\n\n遠山 佑",
    "s1-speakers-en": "Hayase Aya|Asagiridai",
    "s2-title-ja": "なし",
    "s2-removed": "on",
}


def test_a_whole_draft_becomes_a_plan() -> None:
    assert read(WHOLE) == (
        Plan(
            slug="furusato-2027",
            kind=EventKind.FORUM,
            title={"ja": "ふるさとの輪", "en": "Furusato Circle"},
            summary={"ja": "同じ火を囲みます。"},
            description={},
            host={},
            contact={},
            zone="Asia/Tokyo",
            starts_at=datetime(2027, 2, 13, 1, 0, tzinfo=UTC),
            ends_at=datetime(2027, 2, 13, 7, 30, tzinfo=UTC),
            doors_at=datetime(2027, 2, 13, 0, 30, tzinfo=UTC),
            opens_at=None,
            closes_at=datetime(2027, 2, 11, 9, 0, tzinfo=UTC),
            capacity=1000,
            approval=True,
            topics=[PlannedTopic(1, {"ja": "食と農"}, {})],
            sessions=[
                PlannedSession(
                    number=1,
                    kind=SessionKind.STAGE,
                    topic=1,
                    title={"ja": "開会"},
                    summary={},
                    description={},
                    starts_at=datetime(2027, 2, 13, 1, 0, tzinfo=UTC),
                    ends_at=datetime(2027, 2, 13, 1, 45, tzinfo=UTC),
                    doors_at=datetime(2027, 2, 13, 0, 30, tzinfo=UTC),
                    by_seat=True,
                    capacity=1000,
                    speakers=[
                        Speaker(
                            {"ja": "早瀬 彩", "en": "Hayase Aya"},
                            {"ja": "朝霧台市", "en": "Asagiridai"},
                        ),
                        Speaker({"ja": "遠山 佑"}, {}),
                    ],
                )
            ],
        ),
        {},
    )


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("title-ja", "長" * 121, reading.TOO_LONG),
        ("slug", "Ab", reading.NOT_A_SLUG),
        ("zone", "Asia/Edo", reading.NOT_A_ZONE),
        ("zone", "../../etc/passwd", reading.NOT_A_ZONE),
        ("day", "", reading.MISSING),
        ("day", "0001-01-01", reading.NOT_A_DAY),
        ("last_day", "2029-01-01", reading.TOO_LONG_EVENT),
        ("doors", "10:30", reading.DOORS_LATE),
        ("from", "25:00", reading.NOT_A_TIME),
        ("until", "10:00", reading.ENDS_FIRST),
        ("capacity", "たくさん", reading.NOT_A_NUMBER),
        ("capacity", "0", reading.NOT_A_NUMBER),
        ("kind", "party", reading.NOT_IN_LIST),
        ("opens", "2027-02-12T00:00", reading.CLOSES_FIRST),
        ("closes", "あした", reading.NOT_A_DAY),
        ("s1-until", "09:00", reading.ENDS_FIRST),
        ("s1-day", "2027-02-14", reading.OUTSIDE),
        ("s1-title-ja", "", reading.MISSING),
        ("t1-title-ja", "", reading.MISSING),
        ("s1-capacity", "5000", reading.NOT_A_NUMBER),
    ],
)
def test_what_cannot_be_published_is_said_beside_its_field(
    name: str, text: str, sentence: str
) -> None:
    plan, wrong = read(WHOLE | {name: text})
    beside = "closes" if name == "opens" else name
    assert (plan, {field: each.sentence for field, each in wrong.items()}) == (
        None,
        {beside: sentence},
    )


@pytest.mark.parametrize(
    ("starts", "ends", "hours"),
    [("23:40", "04:10", 4.5), ("22:00", "0:00", 2), ("18:00", "2:00", 8), ("09:00", "10:00", 1)],
)
def test_a_session_may_go_on_past_midnight(starts: str, ends: str, hours: float) -> None:
    plan, wrong = read(WHOLE | {"s1-from": starts, "s1-until": ends})
    assert wrong == {}
    assert plan is not None
    assert plan.sessions[0].ends_at - plan.sessions[0].starts_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("starts", "ends"), [("14:00", "13:00"), ("18:00", "2:01"), ("9:00", "9:00")]
)
def test_an_end_long_before_the_start_is_mistyped(starts: str, ends: str) -> None:
    assert read(WHOLE | {"s1-from": starts, "s1-until": ends}).wrong == {
        "s1-until": Wrong(reading.ENDS_FIRST)
    }


def test_an_empty_draft_says_what_is_missing() -> None:
    names = {"title-ja", "summary-ja", "slug", "day", "from", "until"}
    assert {name for name, wrong in read({}).wrong.items() if wrong != Wrong("")} == names


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("14:05", time(14, 5)),
        ("9:30", time(9, 30)),
        ("0930", time(9, 30)),
        ("２３：５９", time(23, 59)),
        ("24:00", None),
        ("昼", None),
        ("", None),
    ],
)
def test_a_time_of_day_as_people_type_it(text: str, at: time | None) -> None:
    assert clock_of(text) == at


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), st.text(max_size=30)))
def test_whatever_is_typed_is_read_or_refused(typed: dict[str, str]) -> None:
    plan, wrong = read(WHOLE | typed)
    assert (plan is None) == bool(wrong)
