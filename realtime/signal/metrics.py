"""Figures of a media process in Prometheus' text form."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from realtime.signal.rooms import Rooms


def render(rooms: Rooms) -> str:
    """All figures of now, read from where they are counted."""
    registry = CollectorRegistry()
    registry.register(_Figures(rooms))
    return generate_latest(registry).decode()


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
        yield CounterMetricFamily(
            "yoriai_media_data_messages", "Data messages sent to readers", value=plane.pump.sent
        )
        unused = CounterMetricFamily(
            "yoriai_media_data_dropped", "Data not used or not sent, by reason", labels=["reason"]
        )
        for reason, count in plane.data_dropped.items():
            unused.add_metric([reason], count)
        yield unused
        rooms = self._rooms.rooms.values()
        yield GaugeMetricFamily("yoriai_media_rooms", "Rooms", value=len(rooms))
        yield GaugeMetricFamily(
            "yoriai_media_participants",
            "Participants in all rooms",
            value=sum(len(room.participants) for room in rooms),
        )
