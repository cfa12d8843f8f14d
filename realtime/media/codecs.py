"""Which codecs pass through, and how the same codec is recognised on both sides."""

from collections.abc import Mapping
from functools import cache

from realtime.media.sdp import Codec

OPUS, RED, VP8, RTX = "audio/opus", "audio/red", "video/vp8", "video/rtx"
_H264 = "video/h264"

# In our order: sound with its past beside it first (RFC 2198), then what everybody decodes.
AUDIO = (RED, OPUS)
VIDEO = (VP8, _H264)

_FEEDBACK = ("nack", "nack pli", "ccm fir", "transport-cc")


# H.264 profiles by their first two octets (RFC 6184 §8.1, table 5), the one more decoders take
# first. What WebRTC encoders call baseline uses nothing that constrained baseline lacks.
_PROFILES = ("baseline", "main", "high")
_CONSTRAINED_MAIN = 0x80

# Payload numbers of our own offers; retransmissions have the next one.
_OFFERED_H264 = {102: "42001f", 104: "42e01f", 106: "4d001f", 108: "64001f"}


@cache
def offered(kind: str) -> tuple[Codec, ...]:
    """The codecs that we offer in a section of ours, under our own payload numbers."""
    if kind == "audio":
        parameters = "minptime=10;useinbandfec=1"
        return (
            Codec(63, "red", RED, 48000, 2, "111/111", ()),
            Codec(111, "opus", OPUS, 48000, 2, parameters, ("transport-cc",)),
        )
    h264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="
    pictures = [(96, "VP8", VP8, "")]
    pictures += [(n, "H264", _H264, h264 + profile) for n, profile in _OFFERED_H264.items()]
    return tuple(codec for picture in pictures for codec in _with_repair(*picture))


def _with_repair(number: int, name: str, mime: str, parameters: str) -> tuple[Codec, Codec]:
    repair = Codec(number + 1, "rtx", RTX, 90000, 1, f"apt={number}", ())
    return Codec(number, name, mime, 90000, 1, parameters, _FEEDBACK), repair


def accepted(codecs: list[Codec], *, first: str = "", red: bool = True) -> list[Codec]:
    """The codecs we answer with, in our order, each followed by its retransmissions (RFC 4588).

    Args:
        codecs: all codecs of a section.
        first: the video codec (a mime type) that a publisher prefers.
        red: whether sound may come with its past beside it.
    """
    fitting = [c for c in codecs if _fits(c, codecs) and (red or c.mime != RED)]
    repairs = repairs_of(codecs)
    chosen: list[Codec] = []
    for codec in sorted(fitting, key=lambda codec: _rank(codec, first.lower())):
        chosen.append(codec)
        chosen += [c for c in codecs if c.payload_type == repairs.get(codec.payload_type)]
    return chosen


def kept_feedback(codec: Codec) -> list[str]:
    """The feedback messages of this codec that we understand."""
    return [name for name in codec.feedback if name in _FEEDBACK]


def key_of(codec: Codec) -> str:
    """A name by which the same codec is found in another peer's description.

    Payload numbers differ between browsers; for H.264 the profile counts too (RFC 6184 §8.1).
    """
    return f"{_H264}/{_profile(codec)}" if codec.mime == _H264 else codec.mime


def payload_types(codecs: list[Codec]) -> dict[str, int]:
    """Codec key → payload number of one section; the first of equals wins."""
    table: dict[str, int] = {}
    for codec in codecs:
        if codec.mime != RTX:
            table.setdefault(key_of(codec), codec.payload_type)
    return table


def repairs_of(codecs: list[Codec]) -> dict[int, int]:
    """Payload number of a codec → payload number of its retransmissions (RFC 4588 §8.1)."""
    pairs = ((parameters_of(c).get("apt", ""), c.payload_type) for c in codecs if c.mime == RTX)
    return {int(apt): number for apt, number in pairs if apt.isdecimal() and len(apt) < 4}


def payload_type_for(key: str, table: Mapping[str, int]) -> int | None:
    """The payload number by which a viewer takes a codec; None when it cannot.

    A decoder of a larger H.264 profile takes a stream of a smaller one.
    """
    name, _, profile = key.rpartition("/")
    if name != _H264 or profile not in _PROFILES:
        return table.get(key)
    larger = _PROFILES[_PROFILES.index(profile) :]
    return next((table[k] for p in larger if (k := f"{name}/{p}") in table), None)


def parameters_of(codec: Codec) -> dict[str, str]:
    """The `fmtp` parameters as a table."""
    pairs = (part.strip().partition("=") for part in codec.parameters.split(";") if part.strip())
    return {name.lower(): value for name, _, value in pairs}


def _fits(codec: Codec, beside: list[Codec]) -> bool:
    """H.264 only in packetization mode 1, which every browser has; RED only around opus."""
    if codec.mime == _H264:
        return parameters_of(codec).get("packetization-mode") == "1" and bool(_profile(codec))
    if codec.mime == RED:
        inner = {str(c.payload_type) for c in beside if c.mime == OPUS}
        return codec.channels == 2 and {*codec.parameters.strip().split("/")} <= inner
    return codec.mime in AUDIO or codec.mime in VIDEO


def _profile(codec: Codec) -> str:
    """`baseline`, `main`, `high`, or nothing for those that no browser sends."""
    level_id = parameters_of(codec).get("profile-level-id", "42001f")
    try:
        number, constraints = int(level_id[:2], 16), int(level_id[2:4], 16)
    except ValueError:
        return ""
    if number == 0x4D and constraints & _CONSTRAINED_MAIN:
        return "baseline"
    return {0x42: "baseline", 0x4D: "main", 0x64: "high"}.get(number, "")


def _rank(codec: Codec, first: str) -> tuple[bool, int, int]:
    if codec.mime in AUDIO:
        return False, AUDIO.index(codec.mime), 0
    profile = _PROFILES.index(_profile(codec)) if codec.mime == _H264 else 0
    return codec.mime != first, VIDEO.index(codec.mime), profile
