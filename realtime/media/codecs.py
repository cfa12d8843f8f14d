"""Which codecs pass through, and how the same codec is recognised on both sides."""

from realtime.media.sdp import Codec

AUDIO = ("audio/opus",)
VIDEO = ("video/vp8", "video/h264")

_FEEDBACK = ("nack", "nack pli", "ccm fir", "transport-cc")


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
