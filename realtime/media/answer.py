"""Writing answers (RFC 8829 §5.3): ICE-lite, DTLS passive, everything in one bundle."""

from collections.abc import Iterable
from dataclasses import dataclass

from realtime.media import codecs, rtp
from realtime.media.ice import Credentials
from realtime.media.sctp import MAX_MESSAGE
from realtime.media.sdp import Codec, Description, Section

# Extensions that a peer may send us. `mid` and those of layers are answered in idle sections too:
# a browser may later reuse one to send simulcast, and refuses when it was first set up without.
EXTENSIONS = (
    rtp.MID,
    rtp.RID,
    rtp.REPAIRED_RID,
    rtp.AUDIO_LEVEL,
    rtp.ORIENTATION,
    rtp.TRANSPORT_CC,
)

SCTP_LINES = ("a=sctp-port:5000", f"a=max-message-size:{MAX_MESSAGE}")


@dataclass(frozen=True, slots=True)
class Transport:
    """Our side of a peer's transport, the same in each section."""

    credentials: Credentials
    fingerprint: str
    addresses: tuple[str, ...]
    port: int


@dataclass(frozen=True, slots=True)
class Sending:
    """What we send in a section: `stream` groups tracks that play in step.

    `repair_ssrc` carries retransmissions where the viewer takes them apart (RFC 4588).
    """

    stream: str
    track: str
    ssrc: int
    repair_ssrc: int
    cname: str


@dataclass(frozen=True, slots=True)
class Receiving:
    """What we take in a section.

    The preferred video codec, whether silence is left out (DTX), and whether sound comes with its
    past beside it (RED).
    """

    mime: str = ""
    dtx: bool = False
    red: bool = True


Use = Sending | Receiving | None


def write(offer: Description, transport: Transport, uses: dict[str, Use], *, version: int) -> str:
    """The answer to an offer as text.

    Args:
        uses: per `mid` what the section carries; a section not named is left idle.
        version: grows with each answer of the same peer (RFC 8866 §5.2).
    """
    bundled = [s.mid for s in offer.sections if _is_media(s) or s is offer.data]
    lines = session_lines(bundled, version)
    for section in offer.sections:
        if section is offer.data:
            lines += _data(section, transport)
        else:
            lines += _section(section, transport, uses.get(section.mid))
    return "\r\n".join(lines) + "\r\n"


def session_lines(bundled: list[str], version: int) -> list[str]:
    """What stands above the sections; `bundled` are the mids that share the transport."""
    return [
        "v=0",
        f"o=- 1 {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {' '.join(bundled)}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]


def _section(section: Section, transport: Transport, use: Use) -> Iterable[str]:
    if _is_media(section):
        return _media(section, transport, use)
    formats = " ".join(section.formats)
    return [
        f"m={section.kind} 0 {section.protocol} {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=inactive",
    ]


def _media(section: Section, transport: Transport, use: Use) -> Iterable[str]:
    taking = use if isinstance(use, Receiving) else Receiving()
    chosen = codecs.accepted(section.codecs, first=taking.mime, red=taking.red)
    formats = " ".join(str(codec.payload_type) for codec in chosen)
    yield f"m={section.kind} 9 {section.protocol} {formats}"
    yield from transport_lines(section.mid, transport, setup="passive")
    yield f"a={_direction(use)}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for codec in chosen:
        yield from codec_lines(codec, use)
    for uri, number in section.extension_ids.items():
        if uri in EXTENSIONS:
            yield f"a=extmap:{number} {uri}"
    if isinstance(use, Receiving) and section.send_rids:
        yield from _simulcast(section.send_rids)
    if isinstance(use, Sending):
        yield from source_lines(use, repaired=any(codec.mime == codecs.RTX for codec in chosen))


def source_lines(use: Sending, *, repaired: bool) -> Iterable[str]:
    """Which track a section carries, and under which SSRC (RFC 8830, RFC 5576)."""
    yield f"a=msid:{use.stream} {use.track}"
    if repaired:
        yield f"a=ssrc-group:FID {use.ssrc} {use.repair_ssrc}"
    yield f"a=ssrc:{use.ssrc} cname:{use.cname}"
    if repaired:
        yield f"a=ssrc:{use.repair_ssrc} cname:{use.cname}"


def _data(section: Section, transport: Transport) -> Iterable[str]:
    yield f"m=application 9 {section.protocol} {' '.join(section.formats)}"
    yield from transport_lines(section.mid, transport, setup="passive")
    yield from SCTP_LINES


def transport_lines(mid: str, transport: Transport, *, setup: str) -> Iterable[str]:
    """Our end of the transport; `setup` is our part in the DTLS handshake (RFC 8842 §5)."""
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{mid}"
    yield f"a=ice-ufrag:{transport.credentials.fragment}"
    yield f"a=ice-pwd:{transport.credentials.password}"
    yield f"a=fingerprint:sha-256 {transport.fingerprint}"
    yield f"a=setup:{setup}"
    for order, address in enumerate(transport.addresses):
        yield f"a={candidate(address, transport.port, order)}"
    yield "a=end-of-candidates"


def candidate(address: str, port: int, order: int) -> str:
    """A host candidate (RFC 8839 §5.1); earlier ones are preferred."""
    priority = (126 << 24) + ((65535 - order) << 8) + 255
    return f"candidate:{order + 1} 1 udp {priority} {address} {port} typ host"


def codec_lines(codec: Codec, use: Use) -> Iterable[str]:
    """One payload type: its name, feedback and parameters."""
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
