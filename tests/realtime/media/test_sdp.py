"""The answer to a browser's offer, by value; whatever else comes is refused in one way."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import answer, sdp
from realtime.media.answer import Receiving, Transport
from realtime.media.ice import Credentials

pytestmark = pytest.mark.pure

OFFERS = Path(__file__).with_name("offers")
OFFER = OFFERS.joinpath("chromium-simulcast.sdp").read_text()
FIREFOX = OFFERS.joinpath("firefox-simulcast.sdp").read_text()
OURS = Transport(Credentials("frag", "word"), "AA:BB", ("192.0.2.1",), 4000)


def answered(offer: str) -> str:
    uses: dict[str, answer.Use] = {"7": Receiving(dtx=True), "8": Receiving(mime="video/VP8")}
    return answer.write(sdp.parse(offer), OURS, uses, version=3, data=True)


def section(text: str, mark: str) -> list[str]:
    start = text.index(f"m={mark}")
    return text[start:].partition("\r\nm=")[0].split("\r\n")


def test_an_offer_is_read() -> None:
    offer = sdp.parse(OFFER)
    audio, video = offer.sections
    assert (audio.mid, audio.sends, audio.receives) == ("7", True, False)
    assert (video.mid, video.send_rids) == ("8", ["q", "h"])
    assert offer.ice_fragment == "YD+Y"


def test_a_simulcast_camera_is_answered_line_by_line() -> None:
    lines = section(answered(OFFER), "video")
    assert lines[0] == "m=video 9 UDP/TLS/RTP/SAVPF 96 102"
    assert "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host" in lines
    for line in ("a=recvonly", "a=setup:passive", "a=rid:q recv", "a=rid:h recv"):
        assert line in lines
    assert "a=simulcast:recv q;h" in lines
    assert not any("rtx" in line or "goog-remb" in line for line in lines)


def test_a_microphone_is_answered_with_silence_left_out() -> None:
    lines = section(answered(OFFER), "audio")
    assert lines[0] == "m=audio 9 UDP/TLS/RTP/SAVPF 111"
    assert "a=fmtp:111 minptime=10;stereo=1;useinbandfec=1;usedtx=1" in lines


def test_firefox_sections_without_a_transport_of_their_own_are_answered() -> None:
    offer = sdp.parse(FIREFOX)
    assert [(s.mid, s.port, s.refused) for s in offer.sections] == [
        ("0", 9, False),
        ("7", 0, False),
        ("8", 0, False),
    ]
    _, microphone, camera = offer.sections
    assert (microphone.sends, camera.sends, camera.send_rids) == (True, True, ["q", "h"])
    answer = answered(FIREFOX)
    assert "a=group:BUNDLE 0 7 8" in answer.split("\r\n")
    lines = section(answer, "video")
    assert lines[0] == "m=video 9 UDP/TLS/RTP/SAVPF 120"
    for line in ("a=recvonly", "a=rtcp-mux", "a=rid:q recv", "a=simulcast:recv q;h"):
        assert line in lines
    assert "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id" in lines


def test_control_a_section_that_is_refused_stays_so() -> None:
    refusing = FIREFOX.replace("a=bundle-only\n", "")
    assert [s.refused for s in sdp.parse(refusing).sections] == [False, True, True]
    answer = answered(refusing)
    assert "a=group:BUNDLE 0" in answer.split("\r\n")
    assert section(answer, "video")[0].startswith("m=video 0 ")


LINES = st.sampled_from([*OFFER.splitlines(), "m=", "a=rid:", "a=mid:", "a=rtpmap:96 VP8/x"])


@given(st.one_of(st.text(max_size=200), st.lists(LINES, max_size=40).map("\n".join)))
def test_any_text_is_answered_or_refused(text: str) -> None:
    for candidate in (text, "v=0\n" + text):
        try:
            answered(candidate)
        except sdp.SdpError:
            continue
