"""Drafts: nothing that was typed is lost, and two people's work is put together."""

import pytest

from server.events.changes import Change, What, changes
from server.events.draft import fingerprints, merge, numbers, shifted, typed

pytestmark = pytest.mark.pure


def test_typed_keeps_known_fields_and_clears_boxes_that_were_not_ticked() -> None:
    raw = {
        "title-ja": " 輪\r\n",
        "s2-from": "１４：５０",
        "s2-title-fr": "x",
        "s0-from": "1",
        "__class__": "x",
        "boxes": "approval s2-by_seat evil",
    }
    assert typed(raw) == {
        "title-ja": "輪",
        "s2-from": "１４：５０",
        "approval": "",
        "s2-by_seat": "",
    }


def test_a_name_is_one_line_and_a_text_may_have_many() -> None:
    raw = {
        "s2-title-ja": "朝の\r\n話",
        "host-en": "Office\nof Ties",
        "contact-ja": "電話\r\n九時から",
    }
    assert typed(raw) == {
        "s2-title-ja": "朝の 話",
        "host-en": "Office of Ties",
        "contact-ja": "電話\n九時から",
    }


def test_a_form_without_a_box_leaves_it_alone() -> None:
    assert typed({"s2-title-ja": "話"}) == {"s2-title-ja": "話"}


def test_merge_puts_my_change_over_what_others_left_alone() -> None:
    base = {"title-ja": "輪", "summary-ja": "火を囲む"}
    theirs = base | {"summary-ja": "火を囲みます"}
    merged = merge(theirs, base | {"title-ja": "大きな輪"}, fingerprints(base))
    assert merged.draft == {"title-ja": "大きな輪", "summary-ja": "火を囲みます"}
    assert merged.conflicts == {}


def test_merge_keeps_both_texts_of_a_field_that_both_changed() -> None:
    base = {"title-ja": "輪"}
    merged = merge({"title-ja": "小さな輪"}, {"title-ja": "大きな輪"}, fingerprints(base))
    assert merged == ({"title-ja": "小さな輪"}, {"title-ja": "大きな輪"})


def test_merge_of_the_same_change_twice_is_no_conflict() -> None:
    base = fingerprints({"title-ja": "輪"})
    assert merge({"title-ja": "和"}, {"title-ja": "和"}, base) == ({"title-ja": "和"}, {})


def test_merge_without_a_base_takes_nothing_away() -> None:
    merged = merge({"title-ja": "輪"}, {"title-ja": "和", "title-en": "Ring"}, {})
    assert merged == ({"title-ja": "輪", "title-en": "Ring"}, {"title-ja": "和"})


def test_changes_name_each_session_once_with_its_times() -> None:
    published = {
        "title-ja": "輪",
        "s1-title-ja": "開会",
        "s1-from": "10:00",
        "s1-until": "11:00",
        "s2-title-ja": "話",
        "s2-from": "11:00",
        "s2-until": "12:00",
        "s3-title-ja": "昼",
        "s3-from": "12:00",
        "s3-until": "13:00",
    }
    draft = published | {
        "title-en": "Ring",
        "s1-from": "10:05",
        "s1-title-en": "Opening",
        "s2-removed": "on",
        "s4-title-ja": "夜",
        "s4-from": "18:00",
    }
    assert changes(published, draft) == [
        Change("", What.CHANGED, ("title",)),
        Change("s1", What.MOVED, ("from", "title"), "10:00–11:00", "10:05–11:00"),
        Change("s2", What.REMOVED, ("removed",), "11:00–12:00", "11:00–12:00"),
        Change("s4", What.ADDED, ("from", "title"), "–", "18:00–"),
    ]


def test_what_was_added_and_taken_out_again_is_no_change() -> None:
    assert changes({}, {"s1-title-ja": "話", "s1-removed": "on"}) == []


def test_a_cancelled_session_put_back_is_restored() -> None:
    cancelled = {"s1-from": "10:00", "s1-removed": "on"}
    restored = {"s1-from": "10:00", "s1-removed": ""}
    assert [each.what for each in changes(cancelled, restored)] == [What.RESTORED]


def test_shifted_moves_days_and_leaves_out_what_was_taken_out() -> None:
    draft = {
        "day": "2027-02-13",
        "closes": "2027-02-11T18:00",
        "opens": "いつか",
        "s1-day": "2027-02-13",
        "s1-from": "10:00",
        "s2-removed": "on",
        "s2-day": "2027-02-13",
    }
    assert shifted(draft, 28) == {
        "day": "2027-03-13",
        "closes": "2027-03-11T18:00",
        "opens": "いつか",
        "s1-day": "2027-03-13",
        "s1-from": "10:00",
    }


def test_numbers_are_those_of_sessions_or_topics() -> None:
    assert numbers({"s10-day": "", "s2-from": "", "t1-title-ja": "", "title-ja": ""}, "s") == [
        2,
        10,
    ]
