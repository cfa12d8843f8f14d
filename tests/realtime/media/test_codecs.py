"""The same codec is found on both sides, whatever number it has there."""

import pytest

from realtime.media import codecs
from realtime.media.sdp import Codec

pytestmark = pytest.mark.pure


def codec(number: int, name: str, parameters: str = "") -> Codec:
    kind = "audio" if name in ("opus", "red", "PCMU") else "video"
    channels = 2 if name in ("opus", "red") else 1
    return Codec(number, name, f"{kind}/{name.lower()}", 0, channels, parameters, ("nack",))


def h264(number: int, profile: str, mode: int = 1) -> Codec:
    return codec(number, "H264", f"packetization-mode={mode};profile-level-id={profile}")


def rtx(number: int, apt: int) -> Codec:
    return codec(number, "rtx", f"apt={apt}")


def numbers(chosen: list[Codec]) -> list[int]:
    return [each.payload_type for each in chosen]


CHROMIUM = [
    codec(96, "VP8"),
    rtx(97, 96),
    h264(102, "640c1f"),
    rtx(103, 102),
    h264(104, "42e01f", mode=0),
    rtx(105, 104),
    h264(106, "42001f"),
    rtx(107, 106),
    codec(45, "AV1"),
    rtx(46, 45),
    codec(98, "VP9", "profile-id=0"),
]


def test_what_passes_comes_in_our_order_each_with_its_retransmissions() -> None:
    assert numbers(codecs.accepted(CHROMIUM)) == [96, 97, 106, 107, 102, 103]


def test_a_publishers_wish_comes_first_with_the_profile_that_most_decode() -> None:
    chosen = codecs.accepted(CHROMIUM, first="video/H264")
    assert numbers(chosen) == [106, 107, 102, 103, 96, 97]


@pytest.mark.parametrize(
    ("profile", "key"),
    [
        ("42001f", "video/h264/baseline"),
        ("42e01f", "video/h264/baseline"),
        ("4d801f", "video/h264/baseline"),
        ("4D001F", "video/h264/main"),
        ("640c34", "video/h264/high"),
    ],
)
def test_profiles_have_names(profile: str, key: str) -> None:
    assert codecs.key_of(h264(1, profile)) == key


@pytest.mark.parametrize("profile", ["f4001f", "58a01f", "xyz", "", "4"])
def test_profiles_that_no_browser_sends_are_refused(profile: str) -> None:
    assert codecs.accepted([h264(1, profile)]) == []


def test_a_larger_profile_takes_a_smaller_stream_and_never_the_other_way() -> None:
    firefox = {"video/vp8": 120, "video/h264/baseline": 126}
    safari = {"video/h264/high": 96}
    assert codecs.payload_type_for("video/h264/baseline", firefox) == 126
    assert codecs.payload_type_for("video/h264/baseline", safari) == 96
    assert codecs.payload_type_for("video/h264/high", firefox) is None
    assert codecs.payload_type_for("video/vp8", firefox) == 120
    assert codecs.payload_type_for("video/vp8", safari) is None


RED = codec(63, "red", "111/111")
OPUS = codec(111, "opus", "minptime=10")


def test_sound_with_its_past_comes_first_unless_it_is_not_wanted() -> None:
    offered = [OPUS, RED, codec(0, "PCMU")]
    assert numbers(codecs.accepted(offered)) == [63, 111]
    assert numbers(codecs.accepted(offered, red=False)) == [111]


@pytest.mark.parametrize("parameters", ["", "0/0", "111/0"])
def test_red_around_anything_else_is_refused(parameters: str) -> None:
    assert numbers(codecs.accepted([OPUS, codec(63, "red", parameters)])) == [111]


def test_retransmissions_are_known_by_what_they_repair() -> None:
    assert codecs.repairs_of([*CHROMIUM, codec(99, "rtx"), rtx(100, 10**9)]) == {
        96: 97,
        102: 103,
        104: 105,
        106: 107,
        45: 46,
    }
    assert codecs.payload_types(codecs.accepted(CHROMIUM)) == {
        "video/vp8": 96,
        "video/h264/baseline": 106,
        "video/h264/high": 102,
    }
