"""Which codecs pass through, and how the same codec is recognised on both sides."""

from functools import cache

from realtime.media.sdp import Codec

AUDIO = ("audio/opus",)
VIDEO = ("video/vp8", "video/h264")

_FEEDBACK = ("nack", "nack pli", "ccm fir", "transport-cc")
_H264_PROFILES = {102: "42001f", 104: "42e01f", 106: "4d001f", 108: "64001f"}


@cache
def offered(kind: str) -> tuple[Codec, ...]:
    """The codecs that we offer in a section of ours, under our own payload numbers."""
    if kind == "audio":
        parameters = "minptime=10;useinbandfec=1"
        return (Codec(111, "opus", "audio/opus", 48000, 2, parameters, ("transport-cc",)),)
    h264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="
    return (
        Codec(96, "VP8", "video/vp8", 90000, 1, "", _FEEDBACK),
        *(
            Codec(number, "H264", "video/h264", 90000, 1, h264 + profile, _FEEDBACK)
            for number, profile in _H264_PROFILES.items()
        ),
    )


def accepted(codecs: list[Codec], *, first: str = "") -> list[Codec]:
    """The codecs we answer with, in our order; `first` (a mime type) is preferred by a publisher.

    H.264 only in packetization mode 1, the one every browser sends.
    """
    fitting = [codec for codec in codecs if _fits(codec)]
    return sorted(fitting, key=lambda codec: (codec.mime != first.lower(), _rank(codec)))


def kept_feedback(codec: Codec) -> list[str]:
    """The feedback messages of this codec that we understand."""
    return [name for name in codec.feedback if name in _FEEDBACK]


def key_of(codec: Codec) -> str:
    """A name by which the same codec is found in another peer's description.

    Payload numbers differ between browsers; for H.264 the profile counts too (RFC 6184 §8.1).
    """
    if codec.mime != "video/h264":
        return codec.mime
    return f"video/h264/{parameters_of(codec).get('profile-level-id', '42001f')[:4].lower()}"


def payload_types(codecs: list[Codec]) -> dict[str, int]:
    """Codec key → payload number of one section; the first of equals wins."""
    table: dict[str, int] = {}
    for codec in codecs:
        table.setdefault(key_of(codec), codec.payload_type)
    return table


def parameters_of(codec: Codec) -> dict[str, str]:
    """The `fmtp` parameters as a table."""
    pairs = (part.strip().partition("=") for part in codec.parameters.split(";") if part.strip())
    return {name.lower(): value for name, _, value in pairs}


def _fits(codec: Codec) -> bool:
    if codec.mime == "video/h264":
        return parameters_of(codec).get("packetization-mode") == "1"
    return codec.mime in AUDIO or codec.mime in VIDEO


def _rank(codec: Codec) -> int:
    return (AUDIO + VIDEO).index(codec.mime)
