"""Writing answers (RFC 8829 §5.3): ICE-lite, DTLS passive, everything in one bundle."""

from collections.abc import Iterable
from dataclasses import dataclass

from realtime.media import codecs, rtp
from realtime.media.ice import Credentials
from realtime.media.sdp import Codec, Description, Section

# Extensions that a peer may send us. `mid` and `rid` are answered in idle sections too: a
# browser may later reuse one to send simulcast, and refuses when it was first set up without.
EXTENSIONS = (rtp.MID, rtp.RID, rtp.AUDIO_LEVEL, rtp.ORIENTATION, rtp.TRANSPORT_CC)


@dataclass(frozen=True, slots=True)
class Transport:
    """Our side of a peer's transport, the same in each section."""

    credentials: Credentials
    fingerprint: str
    addresses: tuple[str, ...]
    port: int


@dataclass(frozen=True, slots=True)
class Sending:
    """What we send in a section: `stream` groups tracks that play in step."""

    stream: str
    track: str
    ssrc: int
    cname: str


@dataclass(frozen=True, slots=True)
class Receiving:
    """What we take in a section: the preferred codec, and whether silence is left out (DTX)."""

    mime: str = ""
    dtx: bool = False


Use = Sending | Receiving | None


def write(
    offer: Description, transport: Transport, uses: dict[str, Use], *, version: int, data: bool
) -> str:
    """The answer to an offer as text.

    Args:
        uses: per `mid` what the section carries; a section not named is left idle.
        version: grows with each answer of the same peer (RFC 8866 §5.2).
        data: accept data channels.
    """
    bundled = [s.mid for s in offer.sections if _is_media(s) or (data and _is_data(s))]
    lines = [
        "v=0",
        f"o=- 1 {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(bundled)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]
    for section in offer.sections:
        lines += _section(section, transport, uses.get(section.mid), data=data)
    return "\r\n".join(lines) + "\r\n"


def _section(section: Section, transport: Transport, use: Use, *, data: bool) -> Iterable[str]:
    if _is_media(section):
        return _media(section, transport, use)
    if _is_data(section) and data:
        return _data(section, transport)
    formats = " ".join(section.formats)
    return [
        f"m={section.kind} 0 {section.protocol} {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=inactive",
    ]


def _media(section: Section, transport: Transport, use: Use) -> Iterable[str]:
    first = use.mime if isinstance(use, Receiving) else ""
    chosen = codecs.accepted(section.codecs, first=first)
    formats = " ".join(str(codec.payload_type) for codec in chosen)
    yield f"m={section.kind} 9 {section.protocol} {formats}"
    yield from _transport(section, transport)
    yield f"a={_direction(use)}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for codec in chosen:
        yield from _codec(codec, use)
    for uri, number in section.extension_ids.items():
        if uri in EXTENSIONS:
            yield f"a=extmap:{number} {uri}"
    if isinstance(use, Receiving) and section.send_rids:
        yield from _simulcast(section.send_rids)
    if isinstance(use, Sending):
        yield f"a=msid:{use.stream} {use.track}"
        yield f"a=ssrc:{use.ssrc} cname:{use.cname}"


def _data(section: Section, transport: Transport) -> Iterable[str]:
    yield f"m=application 9 {section.protocol} {' '.join(section.formats)}"
    yield from _transport(section, transport)
    yield "a=sctp-port:5000"
    yield "a=max-message-size:65536"


def _transport(section: Section, transport: Transport) -> Iterable[str]:
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{section.mid}"
    yield f"a=ice-ufrag:{transport.credentials.fragment}"
    yield f"a=ice-pwd:{transport.credentials.password}"
    yield f"a=fingerprint:sha-256 {transport.fingerprint}"
    yield "a=setup:passive"
    for order, address in enumerate(transport.addresses):
        yield f"a={candidate(address, transport.port, order)}"
    yield "a=end-of-candidates"


def candidate(address: str, port: int, order: int) -> str:
    """A host candidate (RFC 8839 §5.1); earlier ones are preferred."""
    priority = (126 << 24) + ((65535 - order) << 8) + 255
    return f"candidate:{order + 1} 1 udp {priority} {address} {port} typ host"


def _codec(codec: Codec, use: Use) -> Iterable[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"
    for feedback in codecs.kept_feedback(codec):
        yield f"a=rtcp-fb:{codec.payload_type} {feedback}"
    parameters = codec.parameters
    if isinstance(use, Receiving) and use.dtx and codec.mime == "audio/opus":
        parameters += ";usedtx=1" if parameters else "usedtx=1"
    if parameters:
        yield f"a=fmtp:{codec.payload_type} {parameters}"


def _simulcast(rids: list[str]) -> Iterable[str]:
    for rid in rids:
        yield f"a=rid:{rid} recv"
    yield f"a=simulcast:recv {';'.join(rids)}"


def _direction(use: Use) -> str:
    if isinstance(use, Sending):
        return "sendonly"
    return "recvonly" if isinstance(use, Receiving) else "inactive"


def _is_media(section: Section) -> bool:
    return section.is_media and not section.refused


def _is_data(section: Section) -> bool:
    return section.kind == "application" and not section.refused
