"""How one RTP stream arrives: sequence, loss, jitter, gaps (RFC 3550 §6.4.1, appendix A)."""

from realtime.media.rtcp import ReportBlock, SenderReport

# Gaps larger than this are a restart, not loss; nothing of them is asked for again.
_MAX_GAP = 64
_MAX_MISSING = 128
_MAX_ASKS = 4


class Reception:
    """Statistics of one incoming stream. Times in seconds of one monotonic clock.

    `highest` is the extended sequence number, -1 before the first packet.
    """

    __slots__ = (
        "_expected_before",
        "_first",
        "_jitter",
        "_received_before",
        "_transit",
        "asks",
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
        self.asks: dict[int, int] = {}
        self._first = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._expected_before = 0
        self._received_before = 0

    def packet(self, sequence: int, size: int, *, watch_gaps: bool) -> bool:
        """Count a packet; answers whether it is in order (False: late or repeated)."""
        self.received += 1
        self.octets += size
        if self.highest < 0:
            self.highest = self._first = sequence + 0x10000
            return True
        ahead = (sequence - self.highest) & 0xFFFF
        if 0 < ahead < 0x8000:
            if ahead > 1 and watch_gaps:
                self._note_gap(ahead)
            self.highest += ahead
            return True
        self.asks.pop(sequence, None)
        return False

    def _note_gap(self, ahead: int) -> None:
        if ahead > _MAX_GAP or len(self.asks) + ahead > _MAX_MISSING:
            self.asks.clear()
            return
        for missing in range(self.highest + 1, self.highest + ahead):
            self.asks[missing & 0xFFFF] = 0

    def to_ask_again(self) -> list[int]:
        """Sequence numbers worth a NACK now, oldest first; each is asked for a few times only."""
        for sequence in [s for s, asked in self.asks.items() if asked >= _MAX_ASKS]:
            del self.asks[sequence]
        for sequence in self.asks:
            self.asks[sequence] += 1
        return list(self.asks)

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
        expected = self.highest - self._first + 1
        expected_now = expected - self._expected_before
        lost_now = expected_now - (self.received - self._received_before)
        self._expected_before, self._received_before = expected, self.received
        fraction = min(255, (lost_now << 8) // expected_now) if 0 < lost_now <= expected_now else 0
        lsr = self.report.ntp >> 16 & 0xFFFFFFFF if self.report else 0
        dlsr = min(int((now - self.report_at) * 65536), 0xFFFFFFFF) if self.report else 0
        lost = expected - self.received
        return ReportBlock(ssrc, fraction, lost, self.highest, int(self._jitter), lsr, dlsr)
