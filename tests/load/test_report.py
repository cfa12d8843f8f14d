"""Figures of a load run, and where they come from."""

import os

import pytest

from tests.load.access import Engine
from tests.load.cpu import Stat, cpu_seconds
from tests.load.crew import CrewPlan
from tests.load.peer import PeerPlan
from tests.load.report import CrewReport, Run, is_sound, percentile, summarize
from tests.load.scenario import LOADS, Load, Seat, deal
from tests.load.stream import Tally
from tests.load.usage import Usage

pytestmark = pytest.mark.pure

SEEN = CrewReport(
    tally=Tally(received=990, lost=8, repaired=2),
    sent=100,
    latencies_us=[1000, 2000, 9000],
    checked=20,
    own_drops=3,
)
USED = (Usage(2.0, 50.0, 3), Usage(2.005, 60.0, 3), Usage(2.01, 51.0, 7))
RUN = Run(seconds=10.0, join_ms=[5.0, 7.0], rooms=2, copies=10, used=USED)


def test_the_result_counts_media_and_tells_own_drops_apart() -> None:
    result = summarize(RUN, SEEN)
    assert {
        key: result[key]
        for key in (
            "forwarded_packets",
            "forwarded_packets_per_cpu_second",
            "cpu_us_per_packet",
            "loss",
            "latency_p50_ms",
            "latency_p99_ms",
            "join_p95_ms",
            "undelivered",
            "rooms",
            "starved",
            "rss_start_mib",
            "rss_end_mib",
            "server_drops",
        )
    } == {
        "forwarded_packets": 990,
        "forwarded_packets_per_cpu_second": 99_000,
        "cpu_us_per_packet": 10.1,
        "loss": 0.005,
        "latency_p50_ms": 2.0,
        "latency_p99_ms": 9.0,
        "join_p95_ms": 7.0,
        "undelivered": 0.01,
        "rooms": 2,
        "starved": 0,
        "rss_start_mib": 50.0,
        "rss_end_mib": 51.0,
        "server_drops": 4,
    }
    assert is_sound(result)


@pytest.mark.parametrize(
    "seen",
    [
        CrewReport(),
        CrewReport(tally=Tally(received=5)),
        CrewReport(tally=Tally(received=5), checked=1, corrupt=1),
        CrewReport(tally=Tally(received=5), checked=1, dropped=["x"]),
        CrewReport(tally=Tally(received=5), checked=1, failed=["x"]),
        CrewReport(tally=Tally(received=5), checked=1, starved=["x"]),
    ],
)
def test_figures_without_meaning_are_not_sound(seen: CrewReport) -> None:
    assert not is_sound(summarize(RUN, seen))


def test_without_a_process_id_there_is_no_cpu_figure() -> None:
    result = summarize(Run(10.0, [], 1, 10), SEEN)
    assert (result["forwarded_packets_per_cpu_second"], result["cpu_us_per_packet"]) == (None, None)
    assert (result["server_cpu_seconds"], result["rss_end_mib"]) == (None, None)


def test_a_report_crosses_the_process_boundary_unchanged() -> None:
    assert CrewReport.from_json(SEEN.to_json()) == SEEN
    assert (SEEN + SEEN).tally == Tally(received=1980, lost=16, repaired=4)
    assert (CrewReport(starved=["b"]) + CrewReport(starved=["a", "b"])).starved == ["a", "b"]


def test_percentiles_are_nearest_ranks() -> None:
    assert [percentile(range(1, 101), p) for p in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([4.0], 99) == 4.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_process_name_with_blanks_and_brackets_is_read() -> None:
    tail = " ".join(str(n) for n in range(1, 30))
    stat = Stat.parse(f"42 (odd) name)) S 7 {tail}")
    ticks = os.sysconf("SC_CLK_TCK")
    assert (stat.pid, stat.parent) == (42, 7)
    assert (stat.own, stat.reaped_children) == pytest.approx((21 / ticks, 25 / ticks))


def test_cpu_time_of_nobody_is_an_error() -> None:
    assert cpu_seconds(os.getpid()) > 0
    with pytest.raises(ProcessLookupError):
        cpu_seconds(2**22 + 1)


def test_publishers_get_a_process_of_their_own() -> None:
    seats = Load(publishers=2, viewers=5).seats()
    hands = deal(seats, processes=2)
    assert [[seat.identity for seat in hand] for hand in hands] == [
        ["publisher-0", "publisher-1"],
        ["viewer-0", "viewer-2", "viewer-4"],
        ["viewer-1", "viewer-3"],
    ]
    assert [hand[0].expects for hand in hands] == [2, 4, 4]


def test_those_who_publish_to_each_other_are_dealt_out_too() -> None:
    seats = Load(rooms=2, publishers=2).seats()
    assert [(seat.room, seat.identity) for seat in seats] == [
        ("load-0", "publisher-0"),
        ("load-0", "publisher-1"),
        ("load-1", "publisher-0"),
        ("load-1", "publisher-1"),
    ]
    assert deal(seats, processes=1) == [seats]
    assert deal(seats, processes=3) == [[seats[0], seats[3]], [seats[1]], [seats[2]]]


def test_the_loads_are_those_that_were_promised() -> None:
    counts = {name: (load.rooms, len(load.seats()), load.copies) for name, load in LOADS.items()}
    assert counts == {
        "stage": (1, 101, 100),
        "webinar": (1, 201, 200),
        "lowrate": (1, 301, 300),
        "meeting": (1, 15, 14),
        "rooms": (66, 198, 2),
    }


def test_a_plan_crosses_the_process_boundary_unchanged() -> None:
    seat = Seat("r", "a", publishes="2mbit", expects=3, layer="q")
    plan = CrewPlan("http://x", (seat.plan(Engine("http://x", "k", "s" * 32)), PeerPlan("b", "t")))
    assert CrewPlan.from_line(plan.to_line()) == plan
