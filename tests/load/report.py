"""From what the crews counted to the one line a load run prints."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .stream import Tally
from .usage import Usage


@dataclass
class CrewReport:
    """What one process of clients saw within the window."""

    tally: Tally = field(default_factory=Tally)
    sent: int = 0
    latencies_us: list[int] = field(default_factory=list)
    checked: int = 0
    corrupt: int = 0
    skipped: int = 0
    disordered: int = 0
    own_drops: int = 0
    key_frame_requests: int = 0
    cpu_seconds: float = 0.0
    failed: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    starved: list[str] = field(default_factory=list)

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
            skipped=self.skipped + other.skipped,
            disordered=self.disordered + other.disordered,
            own_drops=self.own_drops + other.own_drops,
            key_frame_requests=self.key_frame_requests + other.key_frame_requests,
            cpu_seconds=self.cpu_seconds + other.cpu_seconds,
            failed=self.failed + other.failed,
            dropped=self.dropped + other.dropped,
            starved=sorted({*self.starved, *other.starved}),
        )


@dataclass(frozen=True)
class Run:
    """What the run itself knows: the window, and what the server used at its ends and between
    (nothing when its process is not known)."""

    seconds: float
    join_ms: Sequence[float]
    rooms: int
    copies: int
    used: Sequence[Usage] = ()

    @property
    def cpu_seconds(self) -> float | None:
        return self.used[-1].cpu_seconds - self.used[0].cpu_seconds if self.used else None


def summarize(run: Run, seen: CrewReport) -> dict[str, Any]:
    """The result, with stable names.

    `forwarded_packets` counts media datagrams that receivers got, without retransmissions and
    padding. `loss` is the share that never came, neither at first nor by retransmission, less
    what the clients' own sockets dropped (`own_drops`). `undelivered` compares with what
    publishers sent, so it also shows packets that the server left out without a gap in the
    sequence numbers; `server_drops` are packets that came when the server's socket was full.
    `starved` counts rooms in which somebody got nothing of somebody else for three seconds.
    """
    return {**_counts(run, seen), **_people(run, seen), **_server(run), **_clients(run, seen)}


def _counts(run: Run, seen: CrewReport) -> dict[str, Any]:
    forwarded, cpu = seen.tally.received, run.cpu_seconds
    expected = forwarded + seen.tally.lost + seen.tally.repaired
    lost = max(0, seen.tally.lost - seen.own_drops)
    return {
        "forwarded_packets": forwarded,
        "forwarded_packets_per_cpu_second": round(forwarded / cpu) if cpu else None,
        "cpu_us_per_packet": round(1e6 * cpu / forwarded, 2) if cpu and forwarded else None,
        "loss": round(lost / expected, 6) if expected else 1.0,
        "latency_p50_ms": milliseconds(seen.latencies_us, 50),
        "latency_p99_ms": milliseconds(seen.latencies_us, 99),
        "seconds": round(run.seconds, 2),
    }


def _people(run: Run, seen: CrewReport) -> dict[str, Any]:
    return {
        "rooms": run.rooms,
        "starved": len(seen.starved),
        "failed_joins": len(seen.failed),
        "dropped_peers": len(seen.dropped),
        "join_p95_ms": round(percentile(run.join_ms, 95), 1) if run.join_ms else None,
    }


def _server(run: Run) -> dict[str, Any]:
    used, cpu = run.used, run.cpu_seconds
    return {
        "server_cpu_seconds": None if cpu is None else round(cpu, 2),
        "rss_start_mib": round(used[0].rss_mib, 1) if used else None,
        "rss_end_mib": round(used[-1].rss_mib, 1) if used else None,
        "server_drops": used[-1].socket_drops - used[0].socket_drops if used else None,
    }


def _clients(run: Run, seen: CrewReport) -> dict[str, Any]:
    due = seen.sent * run.copies
    return {
        "client_cpu_seconds": round(seen.cpu_seconds, 2),
        "sent_packets": seen.sent,
        "key_frame_requests": seen.key_frame_requests,
        "undelivered": round(1 - seen.tally.received / due, 5) if due else 1.0,
        "lost": seen.tally.lost,
        "repaired": seen.tally.repaired,
        "padding": seen.tally.padding,
        "duplicates": seen.tally.duplicates,
        "own_drops": seen.own_drops,
        "checked": seen.checked,
        "corrupt": seen.corrupt,
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
    """Whether the figures mean something: genuine packets came, nobody fell out or starved."""
    return bool(
        result["forwarded_packets"]
        and result["checked"]
        and not result["corrupt"]
        and not result["failed_joins"]
        and not result["dropped_peers"]
        and not result["starved"]
    )
