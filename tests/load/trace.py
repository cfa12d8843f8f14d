"""Committed traces of what a real Chromium sent, one line a packet.

A trace begins with a key frame and is replayed in a loop. Columns: microseconds since the first
packet, kind (of a simulcast layer with its RID: `video:q`), payload bytes, marker bit, start of a
frame, key frame, the VP8 descriptor's flags and layer octet (hexadecimal), RTP ticks since the
first packet of the kind and layer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .sdp import Kind
from .vp8 import Descriptor

FOLDER = Path(__file__).parent / "traces"
TITLE = "# us kind bytes marker start key form layer ticks"
# Simulcast layers as browsers are told to name them by `livekit-client`, lowest first.
RIDS = ("q", "h", "f")
CLOCK_RATES: dict[Kind, int] = {"audio": 48000, "video": 90000}


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a trace; `size` is the RTP payload in bytes, `rid` names its layer."""

    us: int
    kind: Kind
    size: int
    marker: bool
    descriptor: Descriptor
    ticks: int
    rid: str = ""

    def line(self) -> str:
        d = self.descriptor
        numbers = f"{self.marker:d} {d.start:d} {d.key:d} {d.form:02x} {d.layer:02x}"
        kind = f"{self.kind}:{self.rid}" if self.rid else self.kind
        return f"{self.us} {kind} {self.size} {numbers} {self.ticks}"

    @classmethod
    def read(cls, line: str) -> "Packet":
        """Raises ValueError for a line that is not one of a trace."""
        us, kind, size, marker, start, key, form, layer, ticks = line.split(" ")
        kind, _, rid = kind.partition(":")
        if kind not in ("audio", "video"):
            raise ValueError(f"unknown kind {kind!r}")
        descriptor = Descriptor(
            start=start == "1", form=int(form, 16), layer=int(layer, 16), key=key == "1"
        )
        return cls(
            us=int(us),
            kind="audio" if kind == "audio" else "video",
            size=int(size),
            marker=marker == "1",
            descriptor=descriptor,
            ticks=int(ticks),
            rid=rid,
        )


@dataclass(frozen=True)
class Trace:
    """A recorded stretch of one publisher's audio and video, in order of time."""

    name: str
    width: int
    height: int
    packets: tuple[Packet, ...]

    @classmethod
    @cache
    def load(cls, name: str) -> "Trace":
        """Read `traces/NAME.trace`, once."""
        lines = (FOLDER / f"{name}.trace").read_text().splitlines()
        width, height = (int(side) for side in lines[0].removeprefix("# VP8 ").split("x"))
        return cls(name, width, height, tuple(map(Packet.read, lines[2:])))

    def save(self) -> Path:
        path = FOLDER / f"{self.name}.trace"
        head = [f"# VP8 {self.width}x{self.height}", TITLE]
        path.write_text("\n".join([*head, *(packet.line() for packet in self.packets)]) + "\n")
        return path

    def of(self, kind: Kind, rid: str = "") -> "Loop":
        """The packets of one kind and layer, as a loop.

        Raises:
            ValueError: the trace has fewer than two different times of this kind.
        """
        packets = tuple(p for p in self.packets if (p.kind, p.rid) == (kind, rid))
        return Loop(kind, packets, *_period(kind, packets))

    @property
    def rids(self) -> tuple[str, ...]:
        """The simulcast layers, lowest first; none when there is only one picture."""
        found = {p.rid for p in self.packets if p.rid}
        return tuple(rid for rid in RIDS if rid in found)

    def size_of(self, rid: str) -> tuple[int, int]:
        """Width and height of a layer in pixels: each is half of the next."""
        halvings = len(RIDS) - 1 - RIDS.index(rid) if rid else 0
        return self.width >> halvings, self.height >> halvings

    @property
    def seconds(self) -> float:
        return self.packets[-1].us / 1e6

    def bytes_per_packet(self) -> dict[str, float]:
        """Mean payload size by kind and over all, for the report."""
        sizes: dict[str, list[int]] = {}
        for packet in self.packets:
            sizes.setdefault(packet.kind, []).append(packet.size)
            sizes.setdefault("all", []).append(packet.size)
        return {kind: round(sum(of) / len(of), 1) for kind, of in sizes.items()}

    def bits_per_second(self, kind: Kind) -> int:
        """Payload bits per second of one kind, all layers."""
        return round(8 * sum(p.size for p in self.packets if p.kind == kind) / self.seconds)


@dataclass(frozen=True)
class Loop:
    """Packets of one kind with the length of a round, in microseconds and in RTP ticks."""

    kind: Kind
    packets: tuple[Packet, ...]
    period_us: int
    period_ticks: int


def _period(kind: Kind, packets: Iterable[Packet]) -> tuple[int, int]:
    """A round lasts to the last packet and one usual frame more."""
    frames = sorted({packet.ticks for packet in packets})
    if len(frames) < 2:
        raise ValueError(f"no loop of {kind} in this trace")
    usual = (frames[-1] - frames[0]) / (len(frames) - 1)
    ticks = frames[-1] - frames[0] + round(usual)
    return round(ticks * 1_000_000 / CLOCK_RATES[kind]), ticks
