"""Reports keep sound and picture in step, and tell how long the way is and what is lost."""

import struct

import pytest

from realtime.media import feedback, rtcp
from realtime.media.health import Quality
from realtime.media.rtcp import ReportBlock, SenderReport
from tests.realtime.media.bench import OPUS, Bench, Person, bench, packet, publish, vp8, watch

pytestmark = pytest.mark.pure

PICTURE, SOUND = 70, 80
NTP = 0x0000_1234_5678_0000


def talk(table: Bench, person: Person, numbers: range) -> None:
    for number in numbers:
        table.now += 0.02
        sent = packet(SOUND, number, 960 * number, b"opus", payload_type=OPUS, mid=b"0")
        table.send(person, sent)


def report(table: Bench, person: Person, ssrc: int, ntp: int, timestamp: int) -> None:
    told = SenderReport(ssrc, ntp, timestamp, 1_000, 2_000)
    table.send_rtcp(person, rtcp.write_sender_report(told, b"x"))


def answer(table: Bench, person: Person, block: ReportBlock) -> None:
    table.send_rtcp(person, rtcp.write_receiver_report(1, [block]))


def test_a_viewer_is_told_the_publishers_clock_in_its_own_numbers() -> None:
    with bench() as table:
        speaker, listener = table.join(), table.join()
        talking = publish(speaker, "audio")
        talk(table, speaker, range(3))
        view = watch(listener, talking)
        talk(table, speaker, range(3, 8))
        view.timestamp_add = 500
        report(table, speaker, SOUND, NTP, 960 * 8)
        first, name = listener.told
        assert rtcp.sender_report(first) == SenderReport(view.ssrc, NTP, 960 * 8 + 500, 5, 20)
        assert name.body[6:].startswith(speaker.peer.cname.encode())


def test_sound_and_picture_of_a_person_have_one_name() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        for kind in ("audio", "video"):
            watch(viewer, publish(person, kind))
        talk(table, person, range(2))
        table.send(person, packet(PICTURE, 1, 0, vp8(1, key=True), mid=b"1"))
        report(table, person, SOUND, NTP, 0)
        report(table, person, PICTURE, NTP, 0)
        names = [part.body[4:] for part in viewer.told if part.kind == 202]
        assert len(names) == 2
        assert names[0] == names[1]


def test_who_begins_to_watch_is_told_the_clock_at_once() -> None:
    with bench() as table:
        person, viewer = table.join(), table.join()
        track = publish(person, "video")
        table.send(person, packet(PICTURE, 1, 0, vp8(1, key=True), mid=b"1"))
        report(table, person, PICTURE, NTP, 0)
        watch(viewer, track)
        table.send(person, packet(PICTURE, 2, 3_000, vp8(2, key=True)))
        assert len(viewer.told_of(rtcp.SENDER_REPORT)) == 1


def test_the_round_trip_is_what_a_report_took_without_the_time_it_was_held() -> None:
    with bench() as table:
        speaker, listener = table.join(), table.join()
        view = watch(listener, publish(speaker, "audio"))
        talk(table, speaker, range(3))
        report(table, speaker, SOUND, NTP, 0)
        table.now += 0.75
        held = ReportBlock(view.ssrc, 0, 0, 0, 0, NTP >> 16 & 0xFFFFFFFF, int(0.5 * 65536))
        answer(table, listener, held._replace(lsr=77))
        assert listener.peer.round_trip is None
        answer(table, listener, held)
        assert listener.peer.round_trip == pytest.approx(0.25)
        table.now += 0.8
        answer(table, listener, held)
        assert listener.peer.round_trip == pytest.approx(0.25 + 0.8 / 8)
        answer(table, listener, held._replace(dlsr=0xFFFF_FFFF))
        assert listener.peer.round_trip == pytest.approx(0.25 + 0.8 / 8)


def test_a_flood_of_reports_is_passed_on_five_times_a_second() -> None:
    with bench() as table:
        speaker, listener = table.join(), table.join()
        watch(listener, publish(speaker, "audio"))
        talk(table, speaker, range(3))
        for _ in range(100):
            table.now += 1 / 64
            report(table, speaker, SOUND, NTP, 0)
        assert len(listener.told_of(rtcp.SENDER_REPORT)) == 8


def test_a_publisher_is_told_what_of_its_streams_arrived() -> None:
    with bench() as table:
        speaker = table.join()
        publish(speaker, "audio")
        talk(table, speaker, range(10))
        talk(table, speaker, range(15, 20))
        feedback.tick(speaker.peer, table.now, full=True)
        table.collect()
        (told,) = speaker.told_of(rtcp.RECEIVER_REPORT)
        (block,) = rtcp.report_blocks(told)
        assert (block.ssrc, block.fraction, block.lost) == (SOUND, (5 << 8) // 20, 5)
        assert block.highest == 0x10000 + 19


def judged(table: Bench, person: Person, times: int = 1) -> Quality:
    return [person.peer.health.judge(person.peer, table.now) for _ in range(times)][-1]


def test_a_clean_line_is_excellent() -> None:
    with bench() as table:
        speaker = table.join()
        publish(speaker, "audio")
        talk(table, speaker, range(250))
        speaker.peer.reported_at = table.now
        assert judged(table, speaker) == Quality.EXCELLENT
        assert speaker.peer.health.lost_up == 0


@pytest.mark.parametrize(
    ("lost_of_100", "quality"),
    [(1, Quality.EXCELLENT), (4, Quality.GOOD), (12, Quality.POOR), (60, Quality.POOR)],
)
def test_loss_on_the_way_up_is_noticed(lost_of_100: int, quality: Quality) -> None:
    with bench() as table:
        speaker = table.join()
        publish(speaker, "audio")
        for start in range(0, 300, 100):
            talk(table, speaker, range(start, start + 1))
            talk(table, speaker, range(start + 1 + lost_of_100, start + 100))
        speaker.peer.reported_at = table.now
        assert judged(table, speaker) == quality


def test_loss_on_the_way_down_is_the_listeners_and_not_the_speakers() -> None:
    with bench() as table:
        speaker, listener = table.join(), table.join()
        view = watch(listener, publish(speaker, "audio"))
        talk(table, speaker, range(250))
        block = ReportBlock(view.ssrc, 0, 0, 250, 0, 0, 0)
        answer(table, listener, block)
        judged(table, listener)
        talk(table, speaker, range(250, 500))
        answer(table, listener, block._replace(highest=500, lost=30))
        speaker.peer.reported_at = table.now
        assert judged(table, listener) == Quality.POOR
        assert listener.peer.health.lost_down == 30 / 250
        assert judged(table, speaker) == Quality.EXCELLENT


def test_what_never_came_to_us_is_not_blamed_on_the_listener() -> None:
    with bench() as table:
        speaker, listener = table.join(), table.join()
        view = watch(listener, publish(speaker, "audio"))
        talk(table, speaker, range(250))
        block = ReportBlock(view.ssrc, 0, 0, 250, 0, 0, 0)
        answer(table, listener, block)
        judged(table, listener)
        talk(table, speaker, range(280, 500))
        answer(table, listener, block._replace(highest=500, lost=30))
        speaker.peer.reported_at = table.now
        assert judged(table, listener) == Quality.EXCELLENT
        assert judged(table, speaker) != Quality.EXCELLENT


def test_a_long_way_is_noticed_and_silence_is_loss_of_the_line() -> None:
    with bench() as table:
        person = table.join()
        person.peer.round_trip = 1.2
        person.peer.heard_at = table.now
        assert judged(table, person, 3) == Quality.GOOD
        person.peer.round_trip = 0.02
        assert judged(table, person, 5) == Quality.EXCELLENT
        table.now += 9.0
        assert judged(table, person) == Quality.LOST


def test_getting_better_has_to_last() -> None:
    with bench() as table:
        person = table.join()
        person.peer.heard_at = table.now
        person.peer.round_trip = 5.0
        assert judged(table, person, 3) == Quality.POOR
        person.peer.round_trip = 0.02
        verdicts = [judged(table, person) for _ in range(4)]
        assert verdicts == [Quality.GOOD, Quality.GOOD, Quality.EXCELLENT, Quality.EXCELLENT]


def test_report_blocks_are_read_from_both_kinds_and_never_past_the_end() -> None:
    block = struct.pack("!IIIIII", 9, 64 << 24 | 0xFFFFFE, 70_000, 11, 12, 13)
    expected = ReportBlock(9, 64, -2, 70_000, 11, 12, 13)
    for kind, head in ((rtcp.SENDER_REPORT, 24), (rtcp.RECEIVER_REPORT, 4)):
        body = bytes(head) + block
        assert rtcp.report_blocks(rtcp.Part(kind, 1, body)) == [expected]
        assert rtcp.report_blocks(rtcp.Part(kind, 2, body)) == [expected]
        assert rtcp.report_blocks(rtcp.Part(kind, 0, body)) == []
        assert rtcp.report_blocks(rtcp.Part(kind, 31, body[:-1])) == []
    assert rtcp.report_blocks(rtcp.Part(rtcp.RTP_FEEDBACK, 1, bytes(100))) == []
