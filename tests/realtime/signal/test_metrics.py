"""Figures for operators: how peers fare, in a number of series that does not grow with them."""

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from realtime.media.health import Health, Quality
from tests.realtime.signal.house import House, joined


async def figures(den: House) -> dict[tuple[str, ...], float]:
    async with ClientSession() as http, http.get(f"{den.url}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
            if family.name.startswith("yoriai_")
        }


async def test_peers_are_told_as_distributions(den: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Health, "judge", lambda health, peer, now: Quality.EXCELLENT)
    async with joined(den, "ai"):
        nobody = await figures(den)
        assert nobody["yoriai_media_round_trip_seconds_bucket", "+Inf"] == 0
        async with den.peer("bo"), den.peer("chi"):
            (bo, chi) = [p for p in den.engine.rooms.plane.peers if p.is_open]
            bo.round_trip, chi.round_trip = 0.03, 0.9
            bo.health.lost_up, chi.health.lost_down = 0.02, 0.2
            now = await figures(den)
    assert {key[0] for key in now} - {"yoriai_media_dropped_datagrams_total"} == {
        key[0] for key in nobody
    } - {"yoriai_media_dropped_datagrams_total"}
    trips = [now["yoriai_media_round_trip_seconds_bucket", b] for b in ("0.025", "0.05", "+Inf")]
    assert trips == [0, 1, 2]
    assert now["yoriai_media_round_trip_seconds_gsum",] == 0.93
    up = [now["yoriai_media_lost_up_share_bucket", b] for b in ("0.0", "0.01", "0.03")]
    down = [now["yoriai_media_lost_down_share_bucket", b] for b in ("0.0", "0.1", "0.3")]
    assert (up, down) == ([1, 1, 2], [1, 1, 2])
    for name in ("resent", "asked", "repaired"):
        assert now[f"yoriai_media_{name}_packets_total",] == 0
