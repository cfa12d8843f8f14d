"""Offers of a light client and what it reads from the answers (RFC 8829, one bundle)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiortc import RTCIceCandidate
from aiortc import sdp as parser

Kind = Literal["audio", "video"]

OPUS = 111
VP8 = 96
VP8_RTX = 97
RED = 63
H264 = 102

# Header extensions offered, by section kind (RFC 8285 ids of our choice).
EXTENSIONS: dict[Kind, dict[int, str]] = {
    "audio": {
        1: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        4: "urn:ietf:params:rtp-hdrext:sdes:mid",
    },
    "video": {
        2: "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        3: "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        4: "urn:ietf:params:rtp-hdrext:sdes:mid",
        5: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
        6: "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    },
}
AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT_CC, MID, RID, REPAIRED_RID = 1, 2, 3, 4, 5, 6

TRANSPORT = ("ice-ufrag", "ice-pwd", "fingerprint", "setup", "candidate")

CODECS: dict[Kind, tuple[str, ...]] = {
    "audio": (f"a=rtpmap:{OPUS} opus/48000/2", f"a=fmtp:{OPUS} minptime=10;useinbandfec=1"),
    "video": (
        f"a=rtpmap:{VP8} VP8/90000",
        f"a=rtcp-fb:{VP8} goog-remb",
        f"a=rtcp-fb:{VP8} transport-cc",
        f"a=rtcp-fb:{VP8} ccm fir",
        f"a=rtcp-fb:{VP8} nack",
        f"a=rtcp-fb:{VP8} nack pli",
        f"a=rtpmap:{VP8_RTX} rtx/90000",
        f"a=fmtp:{VP8_RTX} apt={VP8}",
    ),
}
FORMATS: dict[Kind, str] = {"audio": f"{OPUS}", "video": f"{VP8} {VP8_RTX}"}
# What a browser offers besides.
MORE_CODECS: dict[Kind, tuple[str, ...]] = {
    "audio": (f"a=rtpmap:{RED} red/48000/2", f"a=fmtp:{RED} {OPUS}/{OPUS}"),
    "video": (
        f"a=rtpmap:{H264} H264/90000",
        f"a=fmtp:{H264} packetization-mode=1;profile-level-id=42e01f",
    ),
}
MORE_FORMATS: dict[Kind, str] = {"audio": f" {RED}", "video": f" {H264}"}


@dataclass(frozen=True)
class OutgoingTrack:
    """What a sending section announces: the track's client id and its streams.

    Simulcast layers (`rids`, lowest first) are not described by SSRC (RFC 8853 §5).
    """

    cid: str
    ssrc: int
    rtx_ssrc: int | None = None
    rids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """One media section; without a track it waits for something to receive. `wide`: it names as
    many codecs as a browser's."""

    mid: str
    kind: Kind
    track: OutgoingTrack | None = None
    wide: bool = False


@dataclass(frozen=True)
class LocalTransport:
    """What the offer says about our end of the one bundled transport."""

    ufrag: str
    password: str
    fingerprint: str


@dataclass(frozen=True)
class Answer:
    """The server's end of the transport and what it agreed to.

    `tracks` tells which track (by sid) the server sends under an SSRC.
    """

    ufrag: str
    password: str
    fingerprints: dict[str, str]
    addresses: tuple[tuple[str, int], ...]
    server_begins: bool = False
    feedback: frozenset[str] = frozenset()
    tracks: Mapping[int, str] = field(default_factory=dict)


def write_offer(local: LocalTransport, sections: Sequence[Section], *, version: int) -> str:
    """An offer with one bundled transport, trickling no candidate of its own.

    The server learns our address from the first connectivity check (RFC 8445 §7.3.1.3).
    """
    lines = [
        "v=0",
        f"o=- 4611686018427387904 {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(section.mid for section in sections),
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS",
    ]
    for section in sections:
        lines += _section_lines(local, section)
    return "\r\n".join(lines) + "\r\n"


def _section_lines(local: LocalTransport, section: Section) -> list[str]:
    more = MORE_FORMATS[section.kind] if section.wide else ""
    return [
        f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {FORMATS[section.kind]}{more}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        "a=ice-options:trickle",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:actpass",
        f"a=mid:{section.mid}",
        *(f"a=extmap:{number} {uri}" for number, uri in EXTENSIONS[section.kind].items()),
        "a=sendonly" if section.track else "a=recvonly",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *CODECS[section.kind],
        *(MORE_CODECS[section.kind] if section.wide else ()),
        *(_track_lines(section.track) if section.track else ()),
    ]


def _track_lines(track: OutgoingTrack) -> list[str]:
    lines = [f"a=msid:- {track.cid}"]
    if track.rids:
        layers = [f"a=rid:{rid} send" for rid in track.rids]
        return [*lines, *layers, f"a=simulcast:send {';'.join(track.rids)}"]
    ssrcs = [track.ssrc]
    if track.rtx_ssrc is not None:
        ssrcs.append(track.rtx_ssrc)
        lines.append(f"a=ssrc-group:FID {track.ssrc} {track.rtx_ssrc}")
    for ssrc in ssrcs:
        lines += [f"a=ssrc:{ssrc} cname:load", f"a=ssrc:{ssrc} msid:- {track.cid}"]
    return lines


def read_answer(text: str) -> Answer:
    """What a client needs of an answer; candidates may still come by trickle.

    Every section of a bundle says the same of the transport, so the first of each kind counts.

    Raises:
        ValueError: no section has ICE and DTLS parameters.
    """
    found: dict[str, list[str]] = {}
    feedback: set[str] = set()
    tracks: dict[int, str] = {}
    kind = track = ""
    for line in text.splitlines():
        if line.startswith("m="):
            kind, track = line[2:].partition(" ")[0], ""
            continue
        name, _, value = line[2:].partition(":")
        if name == "msid":
            track = value.rpartition(" ")[2]
        elif name == "ssrc":
            tracks[int(value.partition(" ")[0])] = track
        elif name == "rtcp-fb" and kind == "video":
            feedback.add(value.split()[1])
        elif name in TRANSPORT:
            found.setdefault(name, []).append(value)
    return _answer(found, frozenset(feedback), tracks)


def _answer(
    found: dict[str, list[str]], feedback: frozenset[str], tracks: dict[int, str]
) -> Answer:
    lines = dict.fromkeys(found.get("candidate", ()))
    fingerprints = (value.partition(" ") for value in dict.fromkeys(found.get("fingerprint", ())))
    try:
        return Answer(
            ufrag=found["ice-ufrag"][0],
            password=found["ice-pwd"][0],
            fingerprints={name.lower(): value.upper() for name, _, value in fingerprints},
            addresses=tuple(a for line in lines if (a := read_candidate(line))),
            server_begins=found["setup"][0] == "active",
            feedback=feedback,
            tracks=tracks,
        )
    except KeyError as error:
        raise ValueError("the answer has no ICE or DTLS parameters") from error


def is_usable(candidate: RTCIceCandidate) -> bool:
    """A candidate the client can dial: UDP over IPv4, first component (RFC 8839 §5.1)."""
    return (
        candidate.protocol.lower() == "udp" and candidate.component == 1 and ":" not in candidate.ip
    )


def read_candidate(line: str) -> tuple[str, int] | None:
    """Address of one trickled candidate line, None if it cannot be dialled."""
    candidate = parser.candidate_from_sdp(line.removeprefix("candidate:"))
    return (candidate.ip, candidate.port) if is_usable(candidate) else None
