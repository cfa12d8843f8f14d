"""Sound with its past beside it reaches who takes it whole, the others as plain opus."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import red, rtcp
from tests.realtime.media.bench import OPUS, RED, bench, packet, publish, watch

pytestmark = pytest.mark.pure


def doubled(newest: bytes, *older: bytes) -> bytes:
    """A RED payload (RFC 2198 §3); each block is 960 ticks before the next."""
    heads = b""
    for place, block in enumerate(older):
        offset = 960 * (len(older) - place)
        heads += bytes((0x80 | OPUS,)) + (offset << 10 | len(block)).to_bytes(3, "big")
    return heads + bytes((OPUS,)) + b"".join(older) + newest


def sound(sequence: int, timestamp: int, payload: bytes, *, level: bytes = b"") -> bytes:
    """A packet of sound with its past beside it."""
    return packet(9, sequence, timestamp, payload, payload_type=RED, mid=b"0", level=level)


@pytest.mark.parametrize(
    ("payload", "newest"),
    [
        (doubled(b"new"), b"new"),
        (doubled(b"new", b"old"), b"new"),
        (doubled(b"new", b"", b"old", b"x" * 700), b"new"),
        (doubled(b"", b"old"), b""),
        (doubled(b"", b"old")[:-1], None),
        (b"", None),
        (b"\x80", None),
        (b"\xef\x00\x00\x05", None),
        (b"\xef\x00\x00\x00" * 9 + b"\x6f", None),
    ],
)
def test_the_newest_block_by_value(payload: bytes, newest: bytes | None) -> None:
    start = red.primary_start(b"head" + payload, 4, 4 + len(payload))
    assert (None if start < 0 else payload[start - 4 :]) == newest


def test_the_past_by_value() -> None:
    payload = doubled(b"new", b"older", b"", b"old")
    blocks = red.past(b"head" + payload, 4, 4 + len(payload))
    told = [(b.packets, b.ticks, payload[b.start - 4 : b.end - 4]) for b in blocks]
    assert told == [(3, 2_880, b"older"), (2, 1_920, b""), (1, 960, b"old")]
    assert red.past(doubled(b"new"), 0, 4) == []
    assert red.past(payload[:-9], 0, len(payload) - 9) == []


@given(st.binary(max_size=40))
def test_arbitrary_payloads_never_raise_and_never_point_outside(payload: bytes) -> None:
    start = red.primary_start(payload, 0, len(payload))
    assert start == -1 or 0 < start <= len(payload)
    for block in red.past(payload, 0, len(payload)):
        assert 0 < block.start <= block.end <= len(payload)


def test_each_listener_gets_what_it_takes_with_its_level() -> None:
    with bench() as table:
        speaker, whole, plain = table.join(), table.join(), table.join()
        track = publish(speaker, "audio")
        taken, stripped = watch(whole, track), watch(plain, track, (OPUS,))
        for number in range(3):
            body = doubled(b"now%d" % number, b"before")
            level = bytes((0x80 | 20 + number,))
            table.send(speaker, sound(65_535 + number, 960 * number, body, level=level))
        heard, bare = whole.of(taken), plain.of(stripped)
        assert [p.payload for p in heard] == [doubled(b"now%d" % n, b"before") for n in range(3)]
        assert [p.payload for p in bare] == [b"now0", b"now1", b"now2"]
        assert [p.payload_type for p in (heard[0], bare[0])] == [RED, OPUS]
        for got in (heard, bare):
            assert [p.sequence for p in got] == [65_535, 0, 1]
            assert [list(p.extensions.values()) for p in got] == [
                [bytes((0x80 | 20 + n,))] for n in range(3)
            ]


def test_blocks_are_named_by_the_publishers_number_so_another_number_gets_plain_sound() -> None:
    with bench() as table:
        speaker, listener = table.join(), table.join()
        track = publish(speaker, "audio")
        view = watch(listener, track)
        view.payload_types["audio/opus"] = 109
        body = doubled(b"now", b"before")
        table.send(speaker, sound(1, 0, body))
        assert [(p.payload_type, p.payload) for p in listener.of(view)] == [(109, b"now")]


def test_plain_sound_in_between_goes_to_everybody() -> None:
    with bench() as table:
        speaker, whole, plain = table.join(), table.join(), table.join()
        track = publish(speaker, "audio")
        views = [watch(whole, track), watch(plain, track, (OPUS,))]
        bodies = [(RED, doubled(b"a", b"")), (OPUS, b"b"), (RED, doubled(b"c", b"b"))]
        for number, (kind, body) in enumerate(bodies):
            table.send(speaker, packet(9, number, 960 * number, body, payload_type=kind, mid=b"0"))
        heard, bare = whole.of(views[0]), plain.of(views[1])
        assert [(p.payload_type, p.payload) for p in heard] == bodies
        assert [(p.payload_type, p.payload) for p in bare] == [
            (OPUS, b) for b in (b"a", b"b", b"c")
        ]
        assert [p.sequence for p in bare] == [0, 1, 2]
        assert [p.timestamp for p in bare] == [0, 960, 1_920]


def test_a_malformed_packet_is_a_gap_for_plain_listeners_only() -> None:
    with bench() as table:
        speaker, plain = table.join(), table.join()
        view = watch(plain, publish(speaker, "audio"), (OPUS,))
        for number, body in enumerate((doubled(b"a"), b"\x80", doubled(b"c"))):
            table.send(speaker, sound(number, 960 * number, body))
        assert [(p.sequence, p.payload) for p in plain.of(view)] == [(0, b"a"), (2, b"c")]


def test_sound_that_is_lost_before_us_is_made_of_what_came_beside_the_next() -> None:
    with bench() as table:
        speaker, whole, plain = table.join(), table.join(), table.join()
        track = publish(speaker, "audio")
        views = [watch(whole, track), watch(plain, track, (OPUS,))]
        sounds = [b"", b"one", b"two", b"three", b"four", b"five"]
        for number in (1, 2, 4, 3, 5):  # three is late: it has been made of four by then
            body = doubled(sounds[number], sounds[number - 1])
            table.send(speaker, sound(number, 960 * number, body, level=b"\x95"))
        bare = [(p.sequence, p.timestamp, p.payload) for p in plain.of(views[1])]
        assert bare == [(n, 960 * n, sounds[n]) for n in range(1, 6)]
        heard = [(p.sequence, p.payload_type, p.payload) for p in whole.of(views[0])]
        made = (3, RED, bytes((OPUS,)) + b"three")
        full = [(n, RED, doubled(sounds[n], sounds[n - 1])) for n in (1, 2, 4, 5)]
        assert heard == [*full[:2], made, *full[2:]]
        assert whole.of(views[0])[3].extensions == {4: b"\x95"}
        assert table.plane.dropped == {"repeated": 1}


def test_a_longer_gap_is_filled_as_far_as_the_past_goes() -> None:
    with bench() as table:
        speaker, plain = table.join(), table.join()
        view = watch(plain, publish(speaker, "audio"), (OPUS,))
        for number, older in ((1, ()), (9, (b"seven", b"eight"))):
            body = doubled(b"%d" % number, *older)
            table.send(speaker, sound(number, 960 * number, body))
        bare = [(p.sequence, p.payload) for p in plain.of(view)]
        assert bare == [(1, b"1"), (7, b"seven"), (8, b"eight"), (9, b"9")]


def test_a_plain_listener_gets_the_newest_block_again() -> None:
    with bench() as table:
        speaker, plain = table.join(), table.join()
        view = watch(plain, publish(speaker, "audio"), (OPUS,))
        table.send(speaker, sound(7, 0, doubled(b"a", b"b"), level=b"\x95"))
        table.send_rtcp(plain, rtcp.write_nack(1, view.ssrc, [7]))
        assert plain.repeats == [plain.wire[0]]
