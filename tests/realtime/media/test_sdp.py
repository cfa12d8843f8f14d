"""The answer to a browser's offer, by value; whatever else comes is refused in one way."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.media import answer, sdp
from realtime.media.answer import Receiving, Sending, Transport
from realtime.media.ice import Credentials

pytestmark = pytest.mark.pure

OFFER = Path(__file__).with_name("offers").joinpath("chromium-simulcast.sdp").read_text()
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
    text = answer.write(sdp.parse(OFFER), OURS, uses, version=3, data=True)
    lines = section(text, "audio")
    assert lines[0] == f"m=audio 9 UDP/TLS/RTP/SAVPF {formats}"
    assert "a=fmtp:111 minptime=10;stereo=1;useinbandfec=1;usedtx=1" in lines
    assert ("a=fmtp:63 111/111" in lines) is red


@pytest.mark.parametrize(("rtx", "groups"), [(True, ["a=ssrc-group:FID 5 6"]), (False, [])])
def test_what_we_send_is_named_with_its_retransmissions(rtx: bool, groups: list[str]) -> None:
    offer = OFFER if rtx else OFFER.replace("rtx/90000", "other/90000")
    uses: dict[str, answer.Use] = {"8": Sending("PA|camera", "TR_V", 5, 6, "name")}
    lines = section(answer.write(sdp.parse(offer), OURS, uses, version=1, data=True), "video")
    assert "a=sendonly" in lines
    assert "a=msid:PA|camera TR_V" in lines
    sources = [f"a=ssrc:{ssrc} cname:name" for ssrc in ((5, 6) if rtx else (5,))]
    assert [line for line in lines if line.startswith("a=ssrc")] == [*groups, *sources]


def test_announced_retransmissions_are_read() -> None:
    text = OFFER + "a=ssrc-group:FID 4294967295 7\r\na=ssrc-group:SIM 1 2\r\na=ssrc-group:FID 3\r\n"
    assert sdp.parse(text).sections[1].repair_ssrcs == {7: 4294967295}
    with pytest.raises(sdp.SdpError):
        _ = sdp.parse(text.replace("FID 4294967295 7", "FID x 7")).sections[1].repair_ssrcs


LINES = st.sampled_from([*OFFER.splitlines(), "m=", "a=rid:", "a=mid:", "a=rtpmap:96 VP8/x"])


@given(st.one_of(st.text(max_size=200), st.lists(LINES, max_size=40).map("\n".join)))
def test_any_text_is_answered_or_refused(text: str) -> None:
    for candidate in (text, "v=0\n" + text):
        try:
            answered(candidate)
        except sdp.SdpError:
            continue
