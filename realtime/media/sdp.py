"""Reading session descriptions (RFC 8866, RFC 8829): only what an SFU must know of an offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

MAX_BYTES = 512 * 1024
MAX_SECTIONS = 256
_MAX_GROUPS = 8
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")


class SdpError(ValueError):
    """An offer that cannot be answered."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type of a section: `audio/opus`, 48000 Hz, its parameters and feedback.

    `name` is written as the offerer wrote it: browsers compare it by letter case after all.
    """

    payload_type: int
    name: str
    mime: str
    clock_rate: int
    channels: int
    parameters: str
    feedback: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One `m=` section. `attributes` are (name, value) in order, without `a=`."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str | None:
        return next((value for key, value in self.attributes if key == name), None)

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]

    @cached_property
    def mid(self) -> str:
        mid = self.value("mid")
        if not mid or len(mid) > 16:
            raise SdpError("section without a usable mid")
        return mid

    @property
    def is_media(self) -> bool:
        return self.kind in ("audio", "video")

    @property
    def refused(self) -> bool:
        """Whether the section is not to be used: its port is 0, and not only because it has no
        transport of its own (`bundle-only`, RFC 9143 §6; so Firefox offers all but the first).
        """
        return self.port == 0 and self.value("bundle-only") is None

    @property
    def is_data(self) -> bool:
        """Whether data channels are offered here (RFC 8841)."""
        offered = self.kind == "application" and not self.refused
        return offered and "webrtc-datachannel" in self.formats

    @property
    def sctp_port(self) -> int:
        return _number(self.value("sctp-port") or "5000")

    @property
    def max_message_size(self) -> int:
        """The longest message that the offerer takes, in bytes; 0 is any (RFC 8841 §6)."""
        value = self.value("max-message-size") or ""
        known = value.isascii() and value.isdigit() and len(value) < 20
        return int(value) if known else 65_536

    @property
    def direction(self) -> str:
        return next((key for key, _ in self.attributes if key in _DIRECTIONS), "sendrecv")

    @property
    def sends(self) -> bool:
        """Whether the offerer wants to send here."""
        return not self.refused and self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        """Whether the offerer is ready to receive here."""
        return not self.refused and self.direction in ("sendrecv", "recvonly")

    @property
    def track_id(self) -> str:
        """The offerer's name of the track that it sends (RFC 8830)."""
        return (self.value("msid") or "").partition(" ")[2]

    @property
    def send_rids(self) -> list[str]:
        """Simulcast layers that the offerer sends, in its order (RFC 8851, RFC 8853)."""
        return [rid.split()[0] for rid in self.values("rid") if rid.split()[1:2] == ["send"]]

    @property
    def repair_ssrcs(self) -> dict[int, int]:
        """SSRC of retransmissions → SSRC that they repair (RFC 5576 §4.2, RFC 4588 §8.8)."""
        groups = [line.split() for line in self.values("ssrc-group")[:_MAX_GROUPS]]
        pairs = [group[1:] for group in groups if group[0:1] == ["FID"] and len(group) == 3]
        return {_ssrc(repair): _ssrc(repaired) for repaired, repair in pairs}

    @cached_property
    def extension_ids(self) -> dict[str, int]:
        """Header extension URI → number (RFC 8285 §5); an `/direction` suffix is left out."""
        pairs = (line.split()[:2] for line in self.values("extmap"))
        return {pair[1]: _number(pair[0].partition("/")[0]) for pair in pairs if len(pair) == 2}

    @cached_property
    def codecs(self) -> list[Codec]:
        """Codecs in the offerer's order of preference."""
        maps = dict(line.partition(" ")[::2] for line in self.values("rtpmap"))
        parameters = dict(line.partition(" ")[::2] for line in self.values("fmtp"))
        feedback = [line.partition(" ")[::2] for line in self.values("rtcp-fb")]
        return [
            _codec(self.kind, pt, maps[pt], parameters.get(pt, ""), feedback)
            for pt in self.formats
            if pt in maps
        ]


@dataclass(frozen=True)
class Description:
    """A parsed session description."""

    attributes: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    def anywhere(self, name: str) -> str | None:
        """A value at session level, or the first one of a section."""
        for key, value in self.attributes:
            if key == name:
                return value
        return next((v for section in self.sections for v in section.values(name)), None)

    @property
    def fingerprint(self) -> tuple[str, str]:
        """The offerer's certificate: hash name and value (RFC 8122 §5)."""
        algorithm, _, value = (self.anywhere("fingerprint") or "").partition(" ")
        if algorithm.lower() not in ("sha-256", "sha-384", "sha-512") or not value:
            raise SdpError("no usable certificate fingerprint")
        return algorithm.lower(), value.strip()

    @property
    def data(self) -> Section | None:
        """The section with data channels, if there is one."""
        return next((section for section in self.sections if section.is_data), None)

    @property
    def ice_fragment(self) -> str:
        """The offerer's user name fragment; a new one asks for an ICE restart (RFC 8839 §4.4.1)."""
        return self.anywhere("ice-ufrag") or ""


def parse(text: str) -> Description:
    """Parse an offer.

    Raises:
        SdpError: too long, too many sections, or not a session description.
    """
    if len(text) > MAX_BYTES:
        raise SdpError("description too long")
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("m="):
            blocks.append([])
        blocks[-1].append(line)
    if not text.startswith("v=0") or len(blocks) - 1 > MAX_SECTIONS:
        raise SdpError("not a session description, or too many sections")
    return Description(_attributes(blocks[0]), tuple(_section(block) for block in blocks[1:]))


def _section(lines: list[str]) -> Section:
    words = lines[0][2:].split()
    if len(words) < 4:
        raise SdpError("malformed media line")
    port = _number(words[1].partition("/")[0])
    return Section(words[0], port, words[2], tuple(words[3:]), _attributes(lines[1:]))


def _attributes(lines: list[str]) -> tuple[tuple[str, str], ...]:
    pairs = (line[2:].strip().partition(":") for line in lines if line.startswith("a="))
    return tuple((name, value) for name, _, value in pairs)


def _codec(
    kind: str, pt: str, rtpmap: str, parameters: str, feedback: Sequence[tuple[str, ...]]
) -> Codec:
    name, _, rest = rtpmap.partition("/")
    rate, _, channels = rest.partition("/")
    return Codec(
        payload_type=_number(pt),
        name=name.strip(),
        mime=f"{kind}/{name.strip().lower()}",
        clock_rate=_number(rate),
        channels=_number(channels or "1"),
        parameters=parameters,
        feedback=tuple(value for target, value in feedback if target in (pt, "*")),
    )


def _number(text: str, *, digits: int = 9) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > digits:
        raise SdpError("number expected")
    return int(text)


def _ssrc(text: str) -> int:
    return _number(text, digits=10)
