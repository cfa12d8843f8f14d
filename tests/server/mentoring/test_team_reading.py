"""What a draft amounts to, field by field."""

from uuid import uuid4

import pytest

from server.events.draft import fingerprints
from server.events.models import Topic
from server.events.reading import MISSING, NOT_IN_LIST, TOO_LONG, Wrong
from server.mentoring.models import Question, QuestionKind
from server.mentoring.teams import draft as team_draft
from server.mentoring.teams.reading import (
    NO_SUCH_MENTOR,
    NOT_A_PHONE,
    NOT_AN_ADDRESS,
    SAME_ADDRESS,
    TOO_MANY,
    Choices,
    Part,
    Seated,
    part_of,
    read,
)

pytestmark = pytest.mark.pure

EVENT, MENTOR, OFFICE = uuid4(), uuid4(), uuid4()
TOPIC = Topic(event_id=EVENT, number=2, title={"ja": "空き家"})
FILLED = {"name": "除雪組合", "m1-name": "早瀬 彩", "phone": "0120-000-000"}


def asked(
    number: int, kind: QuestionKind = QuestionKind.TEXT, *, required: bool = True, keys: str = ""
) -> Question:
    options = [{"key": key, "text": {"ja": key}, "hint": {}} for key in keys]
    return Question(
        event_id=EVENT,
        number=number,
        kind=kind,
        text={"ja": "問い"},
        options=options,
        required=required,
    )


def choices(*questions: Question, most: int = 3, topics: tuple[Topic, ...] = ()) -> Choices:
    return Choices(
        most=most,
        lead_address="hayase@yukimachi.example",
        questions=questions,
        topics=topics,
        organizations={OFFICE: "見本町"},
        mentors={MENTOR: "真鍋 志乃"},
    )


def wrong(draft: dict[str, str], known: Choices) -> dict[str, Wrong]:
    return read(FILLED | draft, known).wrong


def test_a_filled_draft_is_a_team() -> None:
    text, choice = asked(1), asked(4, QuestionKind.CHOICE, keys="ab")
    consent = asked(2, QuestionKind.CONSENT)
    draft = FILLED | {
        "about": "住民の団体",
        "region": "雪待村",
        "organization": str(OFFICE),
        "topic": "2",
        "m1-reading": "はやせ あや",
        "m3-name": "森川 とき子",
        "m4-name": "小田切 誠",
        "m4-address": "Odagiri@Yukimachi.example",
        "q1": "雪を下ろす人が足りない。",
        "q4": "b",
        "q2": "on",
        "avoid2": "真鍋　志乃",
    }
    found = read(draft, choices(text, choice, consent, topics=(TOPIC,)))
    assert found.wrong == {}
    assert found.wanted is not None
    assert found.wanted.people == [
        Seated(1, "早瀬 彩", "はやせ あや", "hayase@yukimachi.example"),
        Seated(3, "森川 とき子", "", ""),
        Seated(4, "小田切 誠", "", "odagiri@yukimachi.example"),
    ]
    assert found.wanted.answers == {
        text.id: "雪を下ろす人が足りない。",
        choice.id: "b",
        consent.id: "yes",
    }
    assert (found.wanted.topic_id, found.wanted.organization_id) == (TOPIC.id, OFFICE)
    assert found.wanted.avoided == [MENTOR]


def test_what_is_missing_is_named_in_the_order_of_the_page() -> None:
    known = choices(asked(1), asked(2, QuestionKind.CONSENT), topics=(TOPIC,))
    found = read({}, known)
    assert found.wanted is None
    assert found.wrong == dict.fromkeys(
        ("name", "m1-name", "phone", "topic", "q1", "q2"), Wrong(MISSING)
    )
    assert list(found.wrong) == ["name", "m1-name", "phone", "topic", "q1", "q2"]


def test_what_is_not_required_may_be_missing() -> None:
    known = choices(asked(1, required=False), asked(2, QuestionKind.CONSENT, required=False))
    assert wrong({}, known) == {}


@pytest.mark.parametrize(
    ("phone", "count"),
    [
        ("0120-000-00", 9),
        ("０１２０（０００）０００", None),
        ("090 1234 5678", None),
        ("090-1234-56789", 12),
        ("+81 90 1234 5678", None),
        ("+1 212", 4),
    ],
)
def test_a_phone_number_has_so_many_digits(phone: str, count: int | None) -> None:
    expected = {} if count is None else {"phone": Wrong(NOT_A_PHONE, {"count": count})}
    assert wrong({"phone": phone}, choices()) == expected


def test_addresses_are_addresses_and_nobody_sits_twice() -> None:
    draft = {
        "m2-name": "一",
        "m2-address": "one",
        "m3-name": "二",
        "m3-address": "HAYASE@yukimachi.example",
    }
    assert wrong(draft, choices()) == {
        "m2-address": Wrong(NOT_AN_ADDRESS),
        "m3-address": Wrong(SAME_ADDRESS),
    }


def test_two_without_an_address_are_not_the_same_person() -> None:
    assert wrong({"m2-name": "一", "m3-name": "二"}, choices()) == {}


def test_a_seat_needs_a_name_and_an_empty_one_is_none() -> None:
    assert wrong({"m2-address": "a@b.example", "m3-name": ""}, choices()) == {
        "m2-name": Wrong(MISSING)
    }


def test_no_more_people_than_seats() -> None:
    draft = {f"m{n}-name": str(n) for n in range(2, 5)}
    assert wrong(draft, choices(most=4)) == {}
    assert wrong(draft, choices(most=3)) == {"m4-name": Wrong(TOO_MANY, {"most": 3})}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("topic", "9", NOT_IN_LIST),
        ("organization", str(uuid4()), NOT_IN_LIST),
        ("q4", "z", NOT_IN_LIST),
        ("avoid1", "見知らぬ 人", NO_SUCH_MENTOR),
    ],
)
def test_only_what_is_offered_can_be_chosen(name: str, text: str, sentence: str) -> None:
    known = choices(asked(4, QuestionKind.CHOICE, keys="ab", required=False), topics=(TOPIC,))
    assert wrong({"topic": "2", name: text}, known) == {name: Wrong(sentence)}


def test_texts_have_an_end() -> None:
    draft = {"name": "長" * 81, "q1": "長" * 2001}
    assert wrong(draft, choices(asked(1))) == {
        "name": Wrong(TOO_LONG, {"most": 80}),
        "q1": Wrong(TOO_LONG, {"most": 2000}),
    }


def test_every_field_stands_in_a_part() -> None:
    known = choices(asked(1), asked(2, QuestionKind.CONSENT))
    parts = {name: part_of(name, known) for name in ("region", "m2-name", "phone", "q1", "q2")}
    assert parts == {
        "region": Part.ORGANIZATION,
        "m2-name": Part.PEOPLE,
        "phone": Part.PEOPLE,
        "q1": Part.QUESTIONS,
        "q2": Part.CONSENT,
    }
    assert part_of("avoid1", known) is Part.QUESTIONS


def test_a_draft_keeps_what_forms_say_and_nothing_else() -> None:
    raw = {"name": " 組合 ", "m2-name": "一", "q1": "a\r\nb", "csrf_token": "x", "m2-role": "y"}
    assert team_draft.typed(raw | {"boxes": "q7 nonsense"}) == {
        "name": "組合",
        "m2-name": "一",
        "q1": "a\nb",
        "q7": "",
    }


def test_seats_are_added_and_taken_out() -> None:
    draft = team_draft.with_seat({"m1-name": "早瀬", "m3-name": "森川"}, most=3)
    assert team_draft.seats(draft) == [1, 2, 3]
    assert team_draft.with_seat(draft, most=3) == draft
    assert team_draft.seats(team_draft.without_seat(draft, 3)) == [1, 2]
    assert team_draft.without_seat(draft, 1) == draft


def test_of_two_pages_of_one_person_what_is_written_last_holds() -> None:
    before = {"name": "前", "region": "村"}
    base = fingerprints(before)
    theirs = before | {"name": "別の窓", "phone": "1"}
    assert team_draft.put_together(theirs, before | {"region": "町"}, base) == {
        "name": "別の窓",  # this page did not touch it
        "region": "町",
        "phone": "1",
    }
    assert team_draft.put_together(theirs, {"name": "この窓"}, base)["name"] == "この窓"


def test_a_person_taken_out_elsewhere_does_not_come_back_untouched() -> None:
    before = {"m2-name": "一"}
    base: dict[str, str] = fingerprints(before)
    assert team_draft.put_together({}, before, base) == {}
