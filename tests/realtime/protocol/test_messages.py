"""The messages: what is refused, and that the prose knows every one of them."""

import json
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from realtime.live.closing import Close
from realtime.protocol.base import Message
from realtime.protocol.from_page import ChatPost, FromPage, Hello, from_page
from realtime.protocol.messages import ToPage

pytestmark = pytest.mark.pure

PROSE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")
ID = UUID("01900000-0000-7000-8000-000000000001")


def _kinds(union: Any) -> list[type[Message]]:
    """The message classes of a union, however it is nested."""
    if isinstance(union, type):
        return [union]
    return [kind for each in get_args(union) if each is not None for kind in _kinds(each)]


KINDS = [kind for kind in _kinds(FromPage) + _kinds(ToPage) if issubclass(kind, Message)]


def test_the_prose_names_every_message_and_its_fields() -> None:
    for kind in KINDS:
        assert f"`{kind.model_fields['type'].default}`" in PROSE, kind
    for kind in _kinds(FromPage):
        if issubclass(kind, Message):
            assert not [f for f in kind.model_fields if f != "type" and f"`{f}`" not in PROSE], kind


def test_the_prose_names_every_close_code() -> None:
    assert not [code for code in Close if f"| {code} |" not in PROSE]


def test_types_are_told_apart() -> None:
    names = [kind.model_fields["type"].default for kind in KINDS]
    assert len(names) == len(set(names)) == 35


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "chat.delete"},
        {"id": "1"},
        {"body": ""},
        {"body": "x" * 2001},
        {"more": 1},
        {"body": None},
    ],
)
def test_a_message_that_does_not_fit_is_refused(changed: dict[str, Any]) -> None:
    good = {"type": "chat.post", "id": str(ID), "body": "はい"}
    assert from_page.validate_json(json.dumps(good)) == ChatPost(id=ID, body="はい")
    with pytest.raises(ValidationError):
        from_page.validate_json(json.dumps(good | changed))


@pytest.mark.parametrize("seq", [-1, 2**31, "x"])
def test_numbers_that_no_database_holds_are_refused(seq: object) -> None:
    for message in (
        {"type": "events.since", "id": str(ID), "stream": "room:1", "seq": seq},
        Hello(version=1, connection=ID, path="/").model_dump(mode="json") | {"have": {"r": seq}},
    ):
        with pytest.raises(ValidationError):
            from_page.validate_json(json.dumps(message))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
types = st.sampled_from([kind.model_fields["type"].default for kind in KINDS]) | st.text()


@given(
    type_=types, fields=st.dictionaries(st.text() | st.sampled_from(["id", "body"]), json_values)
)
def test_whatever_comes_is_read_or_refused(type_: str, fields: dict[str, Any]) -> None:
    try:
        message = from_page.validate_json(json.dumps(fields | {"type": type_}))
    except ValidationError:
        return
    assert from_page.validate_json(message.model_dump_json()) == message


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        from_page.validate_json(text.encode("utf-8", "surrogatepass"))
