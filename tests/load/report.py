"""From what the crews counted to the one line a load run prints."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .stream import Tally


@dataclass
class CrewReport:
    """What one process of clients saw within the window."""

    tally: Tally = field(default_factory=Tally)
    sent: int = 0
    latencies_us: list[int] = field(default_factory=list)
    checked: int = 0
    corrupt: int = 0
    own_drops: int = 0
    cpu_seconds: float = 0.0
    failed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> "CrewReport":
        return cls(**{**fields, "tally": Tally(**fields["tally"])})

    def __add__(self, other: "CrewReport") -> "CrewReport":
        return CrewReport(
            tally=self.tally + other.tally,
            sent=self.sent + other.sent,
            latencies_us=self.latencies_us + other.latencies_us,
            checked=self.checked + other.checked,
            corrupt=self.corrupt + other.corrupt,
            own_drops=self.own_drops + other.own_drops,
            cpu_seconds=self.cpu_seconds + other.cpu_seconds,
            failed=self.failed + other.failed,
            dropped=self.dropped + other.dropped,
        )


@dataclass(frozen=True)
class Run:
    """What the run itself knows: the window and the server's share of it."""

    seconds: float
    server_cpu_seconds: float | None
    join_ms: Sequence[float]
    copies: int


def summarize(run: Run, seen: CrewReport) -> dict[str, Any]:
    """The result, with stable names.

    `forwarded_packets` counts media datagrams that receivers got, without retransmissions and
    padding. `loss` is the share that never came, neither at first nor by retransmission, less
    what the clients' own sockets dropped. `undelivered` compares with what publishers sent, so
    it also shows packets that the server left out without a gap in the sequence numbers.
    """
    forwarded = seen.tally.received
    expected = forwarded + seen.tally.lost + seen.tally.repaired
    lost = max(0, seen.tally.lost - seen.own_drops)
    due = seen.sent * run.copies
    cpu = run.server_cpu_seconds
    return {
        "forwarded_packets": forwarded,
        "forwarded_packets_per_cpu_second": round(forwarded / cpu) if cpu else None,
        "cpu_us_per_packet": round(1e6 * cpu / forwarded, 2) if cpu and forwarded else None,
        "loss": round(lost / expected, 6) if expected else 1.0,
        "latency_p50_ms": milliseconds(seen.latencies_us, 50),
        "latency_p99_ms": milliseconds(seen.latencies_us, 99),
        "join_p95_ms": round(percentile(run.join_ms, 95), 1) if run.join_ms else None,
        "seconds": round(run.seconds, 2),
        "server_cpu_seconds": None if cpu is None else round(cpu, 2),
        "client_cpu_seconds": round(seen.cpu_seconds, 2),
        "sent_packets": seen.sent,
        "undelivered": round(1 - forwarded / due, 5) if due else 1.0,
        "lost": seen.tally.lost,
        "repaired": seen.tally.repaired,
        "padding": seen.tally.padding,
        "own_drops": seen.own_drops,
        "checked": seen.checked,
        "corrupt": seen.corrupt,
        "failed_joins": len(seen.failed),
        "dropped_peers": len(seen.dropped),
    }


def milliseconds(values_us: Sequence[int], percent: float) -> float | None:
    return round(percentile(values_us, percent) / 1000, 3) if values_us else None


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values do not exceed (nearest rank).

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]


def is_sound(result: dict[str, Any]) -> bool:
    """Whether the figures mean something: packets came, were genuine, and nobody fell out."""
    return bool(
        result["forwarded_packets"]
        and result["checked"]
        and not result["corrupt"]
        and not result["failed_joins"]
        and not result["dropped_peers"]
    )
