"""Figures of a media process in Prometheus' text form."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    Metric,
)

from realtime.media.peer import Peer
from realtime.media.plane import Plane
from realtime.signal.rooms import Rooms


def render(rooms: Rooms) -> str:
    """All figures of now, read from where they are counted."""
    registry = CollectorRegistry()
    registry.register(_Figures(rooms))
    return generate_latest(registry).decode()


# Bounds of the distributions over peers, in seconds and in shares of packets.
_ROUND_TRIPS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8)
_LOSSES = (0.0, 0.01, 0.03, 0.1, 0.3)


def _repairs(plane: Plane) -> Iterator[Metric]:
    counts = {
        "resent_packets": ("Packets sent again to viewers", plane.resender.resent),
        "asked_packets": ("Packets asked of publishers again", plane.mender.asked),
        "repaired_packets": ("Packets that came by retransmission", plane.ingress.repaired),
        "layer_changes": ("Times a viewer began with a layer", plane.forwarder.changes),
    }
    for name, (text, count) in counts.items():
        yield CounterMetricFamily(f"yoriai_media_{name}", text, value=count)


def _lines(peers: Collection[Peer]) -> Iterator[Metric]:
    """How peers' lines are, as distributions: never a series for each."""
    round_trips = [peer.round_trip for peer in peers if peer.round_trip is not None]
    yield _spread("round_trip_seconds", "Peers by round trip", _ROUND_TRIPS, round_trips)
    for way in ("up", "down"):
        lost = [getattr(peer.health, f"lost_{way}") for peer in peers]
        yield _spread(f"lost_{way}_share", f"Peers by packets lost on the way {way}", _LOSSES, lost)


def _spread(
    name: str, text: str, bounds: Sequence[float], values: Collection[float]
) -> GaugeHistogramMetricFamily:
    buckets = [(str(bound), sum(value <= bound for value in values)) for bound in bounds]
    buckets.append(("+Inf", len(values)))
    return GaugeHistogramMetricFamily(
        f"yoriai_media_{name}", text, buckets=buckets, gsum_value=sum(values)
    )


class _Figures:
    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def collect(self) -> Iterator[Metric]:
        plane = self._rooms.plane
        yield CounterMetricFamily(
            "yoriai_media_forwarded_packets",
            "RTP packets sent to viewers",
            value=plane.forwarder.forwarded,
        )
        yield CounterMetricFamily(
            "yoriai_media_sent_datagrams", "Datagrams taken by the kernel", value=plane.udp.sent
        )
        dropped = CounterMetricFamily(
            "yoriai_media_dropped_datagrams", "Datagrams not used, by reason", labels=["reason"]
        )
        reasons = {
            **plane.dropped,
            "kernel": plane.udp.unsent,
            "encryption": plane.forwarder.refused,
        }
        for reason, count in reasons.items():
            dropped.add_metric([reason], count)
        yield dropped
        yield from _repairs(plane)
        yield from _lines([peer for peer in plane.peers if peer.is_open])
        rooms = self._rooms.rooms.values()
        yield GaugeMetricFamily("yoriai_media_rooms", "Rooms", value=len(rooms))
        yield GaugeMetricFamily(
            "yoriai_media_participants",
            "Participants in all rooms",
            value=sum(len(room.participants) for room in rooms),
        )
