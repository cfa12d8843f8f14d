"""Where a replayed stream stands in its trace, and when its next packet is due."""

from .trace import Loop, Packet

BETWEEN_KEY_FRAMES = 0.5


class Reel:
    """Plays the packets of a loop in rounds, forever. Times in seconds of one monotonic clock.

    RTP times go on over the end of a round and over a restart, which a key-frame request causes at
    the next frame: every round begins with a key frame. `silent` says that packets pass unsent.

    Args:
        loop: the packets and the length of a round.
        ticks: RTP time of the first round's beginning.
    """

    def __init__(self, loop: Loop, *, ticks: int) -> None:
        self.silent = False
        self._loop = loop
        self._index = 0
        self._round_at = 0.0
        self._ticks = ticks
        self._key_frame_wanted = self._paused = False
        self._key_frame_at = float("-inf")

    def begin(self, *, now: float) -> float:
        """Start the first round; when the first packet is due."""
        self._round_at = now - self._loop.packets[0].us / 1e6
        return now

    def want_key_frame(self) -> None:
        """Begin a new round at the next frame, unless a key frame was sent just now."""
        self._key_frame_wanted = True

    def pause(self, paused: bool) -> None:
        """Be silent from now on, or until the next key frame."""
        self._paused = paused
        if paused:
            self.silent = True
        elif self.silent:
            self._key_frame_wanted = True

    def packet(self, now: float) -> tuple[Packet, int]:
        """The packet that is due at `now` and its RTP time."""
        packet = self._loop.packets[self._index]
        due = self._key_frame_wanted and now - self._key_frame_at > BETWEEN_KEY_FRAMES
        if due and packet.descriptor.start:
            self._ticks += packet.ticks - self._loop.packets[0].ticks
            self._index, packet = 0, self._loop.packets[0]
            self._round_at = now - packet.us / 1e6
        if packet.descriptor.key:
            self._key_frame_wanted, self._key_frame_at = False, now
            self.silent = self._paused
        return packet, self._ticks + packet.ticks

    def step(self) -> float:
        """Go on to the next packet; when it is due."""
        self._index += 1
        if self._index == len(self._loop.packets):
            self._index = 0
            self._round_at += self._loop.period_us / 1e6
            self._ticks += self._loop.period_ticks
        return self._round_at + self._loop.packets[self._index].us / 1e6
