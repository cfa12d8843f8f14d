"""One incoming RTP stream: a microphone, or one simulcast layer of a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime.media.reception import Reception
from realtime.media.retransmit import Ring

if TYPE_CHECKING:
    from realtime.media.publication import Publication
    from realtime.media.subscription import Subscription

# A key frame is asked for at most this often per stream, in seconds.
KEY_FRAME_PAUSE = 1.0


class Group:
    """Viewers of a stream whose packets have the same header: same extension numbers."""

    __slots__ = ("level_id", "orientation_id", "targets")

    def __init__(self, level_id: int, orientation_id: int) -> None:
        self.level_id = level_id
        self.orientation_id = orientation_id
        self.targets: list[Subscription] = []


class Stream:
    """State of one incoming stream. `waiting` holds viewers who start at its next key frame.

    `alive` says whether packets came since the last look; `codec` is a key of `codecs.key_of`;
    `latest` is the newest RTP time; `picture` and `tl0` are VP8's newest counters (RFC 7741
    §4.2), -1 where they are not told or the track has only one layer.
    """

    __slots__ = (
        "_asked_at",
        "_looked_at",
        "alive",
        "codec",
        "groups",
        "key_frame_owed",
        "latest",
        "payload_type",
        "picture",
        "publication",
        "reception",
        "rid",
        "ring",
        "ssrc",
        "tl0",
        "waiting",
    )

    def __init__(self, publication: Publication, ssrc: int, rid: str) -> None:
        self.publication = publication
        self.ssrc = ssrc
        self.rid = rid
        self.codec = ""
        self.payload_type = -1
        self.latest = 0
        self.picture = self.tl0 = -1
        self.reception = Reception()
        self.ring = Ring()
        self.groups: list[Group] = []
        self.waiting: list[Subscription] = []
        self.alive = True
        self.key_frame_owed = False
        self._asked_at = -KEY_FRAME_PAUSE
        self._looked_at = 0

    def group_of(self, level_id: int, orientation_id: int) -> Group:
        """The group with these extension numbers, made when it is missing."""
        for group in self.groups:
            if group.level_id == level_id and group.orientation_id == orientation_id:
                return group
        group = Group(level_id, orientation_id)
        self.groups.append(group)
        return group

    def leave(self, subscription: Subscription) -> None:
        """Forget a viewer, watching or waiting."""
        if subscription in self.waiting:
            self.waiting.remove(subscription)
        for group in self.groups:
            if subscription in group.targets:
                group.targets.remove(subscription)
        self.groups = [group for group in self.groups if group.targets]

    def viewers(self) -> list[Subscription]:
        """Everyone who gets this stream's packets now."""
        return [target for group in self.groups for target in group.targets]

    def count(self, sequence: int, timestamp: int, size: int) -> bool:
        """Note a packet of `size` payload bytes; answers whether it came in order."""
        video = self.publication.kind == "video"
        if not self.reception.packet(sequence, size, watch_gaps=video):
            return False
        self.latest = timestamp
        return True

    def may_ask(self, now: float) -> bool:
        """Whether a key frame may be asked for at `now`; if not, it stays owed."""
        self.key_frame_owed = now - self._asked_at < KEY_FRAME_PAUSE
        if not self.key_frame_owed:
            self._asked_at = now
        return not self.key_frame_owed

    def look(self) -> bool:
        """Renew `alive`; answers whether it changed."""
        came = self.reception.received - self._looked_at
        self._looked_at = self.reception.received
        changed = self.alive != (came > 0)
        self.alive = came > 0
        return changed
