"""How a viewer wants a track: at all, and how large (UpdateTrackSettings)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livekit.protocol import models, rtc

from realtime.media import layers


@dataclass(frozen=True, slots=True)
class Wish:
    """One viewer's settings for one track. `height` is in pixels, 0 when only `quality` counts."""

    enabled: bool = True
    quality: int = layers.HIGH
    height: int = 0

    def layer(self, heights: Mapping[int, int]) -> int:
        """The quality that fits, where `heights` are those of the layers by quality."""
        return layers.quality_for(self.height, heights, self.quality)


WHOLE = Wish()

# What a client that adapts to its tiles gets until it says how large they are.
SMALL = Wish(quality=layers.LOW)


def wish_from(settings: rtc.UpdateTrackSettings) -> Wish:
    """The wish in a client's settings; OFF is another word for disabled."""
    off = settings.disabled or settings.quality == models.VideoQuality.OFF
    quality = min(int(settings.quality), layers.HIGH)
    return Wish(not off, quality, settings.height)
