"""One incoming RTP stream: a microphone, or one simulcast layer of a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.media import frames, retransmit
from realtime.media.gaps import Gaps
from realtime.media.reception import Reception
from realtime.media.retransmit import Ring

if TYPE_CHECKING:
    from realtime.media.frames import Counters
    from realtime.media.publication import Publication
    from realtime.media.subscription import Subscription

# A key frame is asked for at most this often per stream, in seconds.
KEY_FRAME_PAUSE = 1.0


class Group:
    """Viewers of a stream whose packets have the same form: same extension numbers, same payload.

    `plain` listeners get only the newest block of sound that carries its past beside it.
    """

    __slots__ = ("level_id", "orientation_id", "plain", "targets")

    def __init__(self, level_id: int, orientation_id: int, plain: bool) -> None:
        self.level_id = level_id
        self.orientation_id = orientation_id
        self.plain = plain
        self.targets: list[Subscription] = []


class Stream:
    """State of one incoming stream. `waiting` holds viewers who start at its next key frame.

    It began `since`; `repair_ssrc` is where its retransmissions come from, 0 while unknown; `alive`
    says whether packets came since the last look; `codec` is a key of `codecs.key_of`; `latest` is
    the newest RTP time, which came at `latest_at`; `shifts` says whether some viewer sees other VP8
    counters than those that come. Times but RTP's are seconds, monotonic.
    """

    __slots__ = (
        "_asked_at",
        "_looked_at",
        "alive",
        "codec",
        "gaps",
        "groups",
        "key_frame_owed",
        "key_frames_asked",
        "latest",
        "latest_at",
        "payload_type",
        "publication",
        "reception",
        "repair_ssrc",
        "rid",
        "ring",
        "shifts",
        "since",
        "ssrc",
        "waiting",
    )

    def __init__(self, publication: Publication, ssrc: int, rid: str, now: float) -> None:
        video = publication.kind == "video"
        self.publication = publication
        self.ssrc = ssrc
        self.rid = rid
        self.since = now
        self.repair_ssrc = 0
        self.codec = ""
        self.payload_type = -1
        self.latest = 0
        self.latest_at = 0.0
        self.shifts = False
        self.reception = Reception()
        self.gaps = Gaps()
        payload = retransmit.VIDEO_PAYLOAD if video else retransmit.AUDIO_PAYLOAD
        self.ring = Ring(payload, publication.clock_rate)
        self.groups: list[Group] = []
        self.waiting: list[Subscription] = []
        self.alive = True
        self.key_frame_owed = False
        self.key_frames_asked = 0
        self._asked_at = -KEY_FRAME_PAUSE
        self._looked_at = 0

    def take(self, viewer: Subscription, *, plain: bool) -> None:
        """Let a viewer get this stream's packets from now on."""
        self._group_of(viewer.level_id, viewer.orientation_id, plain).targets.append(viewer)
        self.shifts = self.shifts or viewer.shift != frames.NO_SHIFT

    def _group_of(self, level_id: int, orientation_id: int, plain: bool) -> Group:
        for group in self.groups:
            if (group.level_id, group.orientation_id, group.plain) == (
                level_id,
                orientation_id,
                plain,
            ):
                return group
        group = Group(level_id, orientation_id, plain)
        # Headers are written over what lies before the payload: who gets all of it comes first.
        self.groups.insert(len(self.groups) if plain else 0, group)
        return group

    def leave(self, viewer: Subscription) -> None:
        """Forget a viewer, watching or waiting."""
        if viewer in self.waiting:
            self.waiting.remove(viewer)
        for group in self.groups:
            if viewer in group.targets:
                group.targets.remove(viewer)
        self.groups = [group for group in self.groups if group.targets]
        self.shifts = any(each.shift != frames.NO_SHIFT for each in self.viewers())

    def viewers(self) -> list[Subscription]:
        """Everyone who gets this stream's packets now."""
        return [target for group in self.groups for target in group.targets]

    def extended(self, sequence: int) -> int:
        """The extended number of a 16-bit one that lies near the newest."""
        return self.reception.highest + self.reception.ahead(sequence)

    def lacks(self, sequence: int) -> bool:
        """Whether a number lies behind the newest, not too far, and never came."""
        behind = -self.reception.ahead(sequence)
        return behind > 0 and self.ring.lacks(sequence, behind)

    def newest_counters(self) -> Counters | None:
        """VP8's running numbers in the newest packet; None where there are none."""
        payload = self.ring.bytes_of(self.reception.highest & 0xFFFF)
        if self.codec != "video/vp8" or not payload:
            return None
        descriptor = frames.vp8_descriptor(payload, 0, len(payload))
        return frames.counters(payload, descriptor) if descriptor else None

    def may_ask(self, now: float) -> bool:
        """Whether a key frame may be asked for at `now`; if not, it stays owed."""
        self.key_frame_owed = now - self._asked_at < KEY_FRAME_PAUSE
        if not self.key_frame_owed:
            self._asked_at = now
            self.key_frames_asked += 1
        return not self.key_frame_owed

    def look(self) -> bool:
        """Renew `alive`; answers whether it changed."""
        came = self.reception.received - self._looked_at
        self._looked_at = self.reception.received
        changed = self.alive != (came > 0)
        self.alive = came > 0
        return changed
