"""How one RTP stream arrives: sequence, loss, jitter (RFC 3550 §6.4.1, appendix A)."""

from realtime.media.rtcp import ReportBlock, SenderReport


class Reception:
    """Statistics of one incoming stream. Times in seconds of one monotonic clock.

    `highest` is the extended sequence number, -1 before the first packet; `received` counts
    packets that came by themselves, without repairs, `octets` their payloads; `report` is the
    newest sender report, taken at `report_at`.
    """

    __slots__ = (
        "_expected_before",
        "_first",
        "_jitter",
        "_received_before",
        "_transit",
        "highest",
        "octets",
        "received",
        "report",
        "report_at",
    )

    def __init__(self) -> None:
        self.highest = -1
        self.received = 0
        self.octets = 0
        self.report: SenderReport | None = None
        self.report_at = 0.0
        self._first = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._expected_before = 0
        self._received_before = 0

    def packet(self, sequence: int, size: int) -> int:
        """Count a packet; answers how far it is ahead of the newest one, 0 or less when late."""
        self.received += 1
        self.octets += size
        if self.highest < 0:
            self.highest = self._first = sequence + 0x10000
            return 1
        ahead = self.ahead(sequence)
        if ahead > 0:
            self.highest += ahead
        return ahead

    def ahead(self, sequence: int) -> int:
        """How far a 16-bit number is ahead of the newest one, negative when it is behind."""
        return ((sequence - self.highest + 0x8000) & 0xFFFF) - 0x8000

    @property
    def expected(self) -> int:
        """How many packets should have come since the first one."""
        return self.highest - self._first + 1 if self.highest >= 0 else 0

    @property
    def jitter(self) -> float:
        """Interarrival jitter in RTP ticks."""
        return self._jitter

    def transit(self, arrival: float, timestamp: int, clock_rate: int) -> None:
        """Feed the interarrival jitter (RFC 3550 §6.4.1); once per frame or audio packet."""
        transit = arrival * clock_rate - timestamp
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < clock_rate:
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def sender_report(self, report: SenderReport, now: float) -> None:
        self.report, self.report_at = report, now

    def block(self, ssrc: int, now: float) -> ReportBlock:
        """The report block for the time since the last one."""
        expected = self.expected
        expected_now = expected - self._expected_before
        lost_now = expected_now - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = min(255, (lost_now << 8) // expected_now) if 0 < lost_now <= expected_now else 0
        lsr = self.report.ntp >> 16 & 0xFFFFFFFF if self.report else 0
        dlsr = min(int((now - self.report_at) * 65536), 0xFFFFFFFF) if self.report else 0
        lost = expected - self.received
        return ReportBlock(ssrc, fraction, lost, self.highest, int(self._jitter), lsr, dlsr)
