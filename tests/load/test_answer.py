"""What a light client reads in an answer."""

import pytest

from tests.load.sdp import Answer, read_answer

pytestmark = pytest.mark.pure

TRANSPORT = """a=ice-ufrag:frag
a=ice-pwd:secret
a=fingerprint:sha-256 ab:cd
a=setup:passive
a=candidate:1 1 udp 2130706431 192.0.2.7 7882 typ host
a=candidate:2 1 tcp 2130706430 192.0.2.7 7881 typ host tcptype passive
a=candidate:3 1 udp 2130706429 2001:db8::7 7882 typ host
"""
ANSWER = f"""v=0
m=audio 9 UDP/TLS/RTP/SAVPF 111
{TRANSPORT}a=rtcp-fb:111 transport-cc
a=msid:PA_x|camera TR_A
a=ssrc:7 cname:TR_A
m=video 9 UDP/TLS/RTP/SAVPF 96
{TRANSPORT}a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=msid:PA_x|camera TR_V
a=ssrc:8 cname:TR_V
"""


def test_transport_feedback_and_tracks_are_read() -> None:
    assert read_answer(ANSWER) == Answer(
        ufrag="frag",
        password="secret",
        fingerprints={"sha-256": "AB:CD"},
        addresses=(("192.0.2.7", 7882),),
        server_begins=False,
        feedback=frozenset({"nack", "goog-remb"}),
        tracks={7: "TR_A", 8: "TR_V"},
    )


def test_who_begins_the_handshake_is_told_by_setup() -> None:
    assert read_answer(ANSWER.replace("passive\n", "active\n", 2)).server_begins


@pytest.mark.parametrize("missing", ["ice-ufrag", "ice-pwd", "setup"])
def test_an_answer_without_a_transport_is_refused(missing: str) -> None:
    lines = [line for line in ANSWER.splitlines() if missing not in line]
    with pytest.raises(ValueError, match="no ICE or DTLS"):
        read_answer("\n".join(lines))
