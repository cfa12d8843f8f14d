"""Only a connectivity check signed with our password counts; nothing else raises."""

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import ice

pytestmark = pytest.mark.pure

PASSWORD = "a-password-of-twenty-four"


def check(*, name: str | None = "ours:theirs", password: str = PASSWORD) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"0123456789ab")
    if name is not None:
        message.attributes["USERNAME"] = name
    message.add_message_integrity(password.encode())
    return bytes(message)


def test_a_signed_check_is_answered_with_its_address() -> None:
    read = ice.read_check(check())
    assert read is not None
    assert not read.nominates
    assert ice.is_signed(read, PASSWORD)
    answer = stun.parse_message(ice.answer_check(read, PASSWORD, ("192.0.2.7", 4321)))
    assert answer.check_message_integrity(PASSWORD.encode())
    assert (answer.message_class, answer.transaction_id) == (stun.Class.RESPONSE, b"0123456789ab")
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.7", 4321)


def test_a_wrong_signature_does_not_count() -> None:
    read = ice.read_check(check(password="another"))
    assert read is not None
    assert not ice.is_signed(read, PASSWORD)


def test_an_unsigned_check_does_not_count() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, b"0123456789ab")
    message.attributes["USERNAME"] = "ours:theirs"
    read = ice.read_check(bytes(message))
    assert read is not None
    assert not ice.is_signed(read, PASSWORD)


def test_what_is_no_check_reads_as_nothing() -> None:
    assert ice.read_check(check(name=None)) is None
    response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, b"0123456789ab")
    response.attributes["USERNAME"] = "ours:theirs"
    assert ice.read_check(bytes(response)) is None


def test_our_fragment_is_found_without_reading_the_rest() -> None:
    assert ice.fragment_in(check()) == "ours"
    assert ice.fragment_in(check(name=None)) == ""
    assert ice.fragment_in(check()[:22]) == ""
    others = b"".join(bytes([0x80, n, 0, 3]) + bytes(4) for n in range(7))
    assert ice.fragment_in(check()[:20] + others + check()[20:]) == "ours"
    assert ice.fragment_in(check()[:20] + others * 2 + check()[20:]) == ""


@given(st.binary(max_size=200))
def test_a_fragment_is_looked_for_in_anything(data: bytes) -> None:
    assert isinstance(ice.fragment_in(data), str)


@pytest.mark.parametrize("length", range(len(check())))
def test_a_truncated_check_reads_as_nothing(length: int) -> None:
    assert ice.read_check(check()[:length]) is None


@given(
    st.one_of(
        st.binary(max_size=120),
        st.binary(max_size=100).map(
            lambda body: (
                b"\x00\x01" + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12) + body
            )
        ),
        st.tuples(st.integers(0, len(check()) - 1), st.integers(0, 255)).map(
            lambda at: check()[: at[0]] + bytes([at[1]]) + check()[at[0] + 1 :]
        ),
    )
)
def test_arbitrary_datagrams_never_raise_and_what_is_signed_is_unchanged(data: bytes) -> None:
    read = ice.read_check(data)
    if read is not None and ice.is_signed(read, PASSWORD):
        assert read.message.transaction_id == b"0123456789ab"
        assert read.message.attributes["USERNAME"] == "ours:theirs"
