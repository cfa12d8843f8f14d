"""Who may watch a participant's tracks, as that participant decides (SubscriptionPermission)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from livekit.protocol import rtc

# More people than may be in a room, more tracks than a participant has.
_MAX_PEOPLE = 2000
_MAX_TRACKS = 16


@dataclass(frozen=True, slots=True)
class Audience:
    """By identity the tracks (sids) that somebody may watch; None for all of them."""

    tracks_of: Mapping[str, frozenset[str] | None]

    def holds(self, identity: str, sid: str) -> bool:
        """Whether somebody may watch a track."""
        if identity not in self.tracks_of:
            return False
        sids = self.tracks_of[identity]
        return sids is None or sid in sids


def audience_from(
    told: rtc.SubscriptionPermission, identity_of: Callable[[str], str | None]
) -> Audience | None:
    """What a client told, None when it lets everybody watch everything.

    Args:
        identity_of: finds an identity by the sid of a participant; who is gone is left out.
    """
    if told.all_participants:
        return None
    tracks_of: dict[str, frozenset[str] | None] = {}
    for each in told.track_permissions[:_MAX_PEOPLE]:
        identity = each.participant_identity or identity_of(each.participant_sid)
        if identity:
            sids = frozenset(each.track_sids[:_MAX_TRACKS])
            tracks_of[identity] = None if each.all_tracks else sids
    return Audience(tracks_of)
