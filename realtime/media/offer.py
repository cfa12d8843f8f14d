"""Writing offers (RFC 8829 §5.2) for a connection that we only send on.

A client with two connections is offered what it watches on the second: data channels first,
so that the transport stands before anything is watched, then one section for each track.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from realtime.media import codecs, rtp
from realtime.media.answer import (
    SCTP_LINES,
    Sending,
    Transport,
    codec_lines,
    session_lines,
    source_lines,
    transport_lines,
)

# Numbers of the header extensions in our offers; a viewer never gets mid or rid from us.
_EXTENSIONS = {
    "audio": {1: rtp.AUDIO_LEVEL, 2: rtp.TRANSPORT_CC},
    "video": {2: rtp.TRANSPORT_CC, 3: rtp.ORIENTATION},
}

DATA_MID = "0"


class Offered(NamedTuple):
    """One media section of an offer; without `use` it is idle."""

    mid: str
    kind: str
    use: Sending | None


def write(transport: Transport, sections: Sequence[Offered], *, version: int) -> str:
    """An offer as text.

    Args:
        sections: the media sections, in the same order in each offer to the same client.
        version: grows with each offer to the same client (RFC 8866 §5.2).
    """
    lines = session_lines([DATA_MID, *(section.mid for section in sections)], version)
    lines += _data(transport)
    for section in sections:
        lines += _media(section, transport)
    return "\r\n".join(lines) + "\r\n"


def _data(transport: Transport) -> Iterable[str]:
    yield "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"
    yield from transport_lines(DATA_MID, transport, setup="actpass")
    yield from SCTP_LINES


def _media(section: Offered, transport: Transport) -> Iterable[str]:
    chosen = codecs.offered(section.kind)
    formats = " ".join(str(codec.payload_type) for codec in chosen)
    yield f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {formats}"
    yield from transport_lines(section.mid, transport, setup="actpass")
    yield "a=sendonly" if section.use else "a=inactive"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for codec in chosen:
        yield from codec_lines(codec, section.use)
    for number, uri in _EXTENSIONS[section.kind].items():
        yield f"a=extmap:{number} {uri}"
    if section.use:
        yield from source_lines(section.use, repaired=section.kind == "video")
