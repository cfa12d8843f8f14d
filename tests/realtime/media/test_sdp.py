"""The answer to a browser's offer, by value; whatever else comes is refused in one way."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import answer, sdp
from realtime.media.answer import Receiving, Sending, Transport
from realtime.media.ice import Credentials

pytestmark = pytest.mark.pure

OFFERS = Path(__file__).with_name("offers")
OFFER = OFFERS.joinpath("chromium-simulcast.sdp").read_text()
FIREFOX = OFFERS.joinpath("firefox-simulcast.sdp").read_text()
OURS = Transport(Credentials("frag", "word"), "AA:BB", ("192.0.2.1",), 4000)


def answered(offer: str) -> str:
    uses: dict[str, answer.Use] = {"7": Receiving(dtx=True), "8": Receiving(mime="video/VP8")}
    return answer.write(sdp.parse(offer), OURS, uses, version=3)


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
    assert lines[0] == "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103"
    assert "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host" in lines
    for line in ("a=recvonly", "a=setup:passive", "a=rid:q recv", "a=rid:h recv"):
        assert line in lines
    assert "a=simulcast:recv q;h" in lines
    assert [line for line in lines if "rtx" in line or "apt=" in line] == [
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=rtpmap:103 rtx/90000",
        "a=fmtp:103 apt=102",
    ]
    assert not any("goog-remb" in line for line in lines)


@pytest.mark.parametrize(("red", "formats"), [(True, "63 111"), (False, "111")])
def test_a_microphone_is_answered_with_silence_left_out(red: bool, formats: str) -> None:
    uses: dict[str, answer.Use] = {"7": Receiving(dtx=True, red=red)}
    text = answer.write(sdp.parse(OFFER), OURS, uses, version=3)
    lines = section(text, "audio")
    assert lines[0] == f"m=audio 9 UDP/TLS/RTP/SAVPF {formats}"
    assert "a=fmtp:111 minptime=10;stereo=1;useinbandfec=1;usedtx=1" in lines
    assert ("a=fmtp:63 111/111" in lines) is red


@pytest.mark.parametrize(("rtx", "groups"), [(True, ["a=ssrc-group:FID 5 6"]), (False, [])])
def test_what_we_send_is_named_with_its_retransmissions(rtx: bool, groups: list[str]) -> None:
    offer = OFFER if rtx else OFFER.replace("rtx/90000", "other/90000")
    uses: dict[str, answer.Use] = {"8": Sending("PA|camera", "TR_V", 5, 6, "name")}
    lines = section(answer.write(sdp.parse(offer), OURS, uses, version=1), "video")
    assert "a=sendonly" in lines
    assert "a=msid:PA|camera TR_V" in lines
    sources = [f"a=ssrc:{ssrc} cname:name" for ssrc in ((5, 6) if rtx else (5,))]
    assert [line for line in lines if line.startswith("a=ssrc")] == [*groups, *sources]


def test_announced_retransmissions_are_read() -> None:
    text = OFFER + "a=ssrc-group:FID 4294967295 7\r\na=ssrc-group:SIM 1 2\r\na=ssrc-group:FID 3\r\n"
    assert sdp.parse(text).sections[1].repair_ssrcs == {7: 4294967295}
    with pytest.raises(sdp.SdpError):
        _ = sdp.parse(text.replace("FID 4294967295 7", "FID x 7")).sections[1].repair_ssrcs


DATA = """v=0
a=group:BUNDLE 0 1
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:0
a=sctp-port:5001
a=max-message-size:1073741823
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:1
"""


def test_data_channels_are_accepted_once() -> None:
    data = sdp.parse(DATA).data
    assert data is not None
    assert (data.mid, data.sctp_port, data.max_message_size) == ("0", 5001, 1073741823)
    assert section(answered(DATA), "application")[:3] == [
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=mid:0",
    ]
    for line in ("a=sctp-port:5000", "a=max-message-size:65536", "a=group:BUNDLE 0"):
        assert line in answered(DATA).split("\r\n")
    assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n" in answered(DATA)


@pytest.mark.parametrize(
    "offer",
    [
        DATA.replace("application 9", "application 0"),
        DATA.replace("webrtc-datachannel", "97"),
        DATA.replace("application", "text"),
    ],
)
def test_what_is_no_offer_of_data_channels_is_none(offer: str) -> None:
    assert sdp.parse(offer).data is None


def test_the_offerers_port_and_longest_message_have_defaults() -> None:
    data = sdp.parse("v=0\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:0\n").data
    assert data is not None
    assert (data.sctp_port, data.max_message_size) == (5000, 65_536)


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
    assert lines[0] == "m=video 9 UDP/TLS/RTP/SAVPF 120 124"
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
