"""Our offers by value: data channels first, then what a client watches, each with its codecs."""

import pytest

from realtime.media import codecs, offer, sdp
from realtime.media.answer import Sending, Transport
from realtime.media.ice import Credentials
from realtime.media.offer import Offered

pytestmark = pytest.mark.pure

OURS = Transport(Credentials("frag", "word"), "AA:BB", ("192.0.2.1",), 4000)
VOICE = Sending("PA_ai|camera", "TR_voice", 77, 78, "ai")
PICTURE = Sending("PA_ai|camera", "TR_picture", 79, 80, "ai")


def written(*sections: Offered) -> sdp.Description:
    return sdp.parse(offer.write(OURS, sections, version=4))


def test_an_offer_without_media_makes_the_transport_stand() -> None:
    description = written()
    (data,) = description.sections
    assert (data.kind, data.mid, data.formats) == ("application", "0", ("webrtc-datachannel",))
    assert dict(description.attributes)["group"] == "BUNDLE 0"
    assert (description.ice_fragment, description.fingerprint) == ("frag", ("sha-256", "AA:BB"))
    assert data.value("setup") == "actpass"
    assert data.values("candidate") == ["1 1 udp 2130706431 192.0.2.1 4000 typ host"]


def test_a_watched_track_and_an_idle_section_are_told_apart() -> None:
    description = written(Offered("1", "audio", VOICE), Offered("2", "video", None))
    _, voice, idle = description.sections
    assert dict(description.attributes)["group"] == "BUNDLE 0 1 2"
    assert (voice.direction, idle.direction) == ("sendonly", "inactive")
    assert voice.value("msid") == "PA_ai|camera TR_voice"
    assert voice.value("ssrc") == "77 cname:ai"
    assert (idle.value("msid"), idle.value("ssrc")) == (None, None)


def test_what_we_offer_is_what_we_accept() -> None:
    sections = written(Offered("1", "audio", VOICE), Offered("2", "video", None)).sections[1:]
    for section in sections:
        assert tuple(section.codecs) == codecs.offered(section.kind)
        assert codecs.accepted(section.codecs) == section.codecs


def test_a_picture_is_offered_with_its_retransmissions() -> None:
    (picture,) = written(Offered("1", "video", PICTURE)).sections[1:]
    assert picture.repair_ssrcs == {80: 79}
    assert picture.values("ssrc") == ["79 cname:ai", "80 cname:ai"]
    repairs = codecs.repairs_of(picture.codecs)
    assert all(repairs[number] == number + 1 for number in (96, 102, 104, 106, 108))


def test_sound_is_offered_with_its_past_beside_it() -> None:
    (voice,) = written(Offered("1", "audio", VOICE)).sections[1:]
    assert voice.formats == ("63", "111")
    assert codecs.payload_types(voice.codecs) == {"audio/red": 63, "audio/opus": 111}
