"""Which simulcast layer a viewer gets."""

from collections.abc import Collection

# RIDs that browsers are told to use, and LiveKit's quality numbers for them.
LOW, MEDIUM, HIGH = 0, 1, 2
QUALITY_OF_RID = {"q": LOW, "h": MEDIUM, "f": HIGH, "": HIGH}


def quality_of(rid: str) -> int:
    """Quality of a layer; one with an unknown name counts as the highest."""
    return QUALITY_OF_RID.get(rid, HIGH)


def choose(live: Collection[str], wanted: int) -> str | None:
    """The best live layer that is not above `wanted`; the lowest one when all are above.

    Args:
        live: RIDs of layers that send at the moment.
        wanted: the quality that the viewer asked for.
    """
    if not live:
        return None
    ordered = sorted(live, key=quality_of)
    fitting = [rid for rid in ordered if quality_of(rid) <= wanted]
    return fitting[-1] if fitting else ordered[0]


def quality_for(height: int, heights: dict[int, int], default: int = HIGH) -> int:
    """The lowest quality whose picture is at least `height` pixels high.

    Args:
        height: what the viewer shows, 0 when it did not say.
        heights: quality → height of that layer, as the publisher announced them.
    """
    if height <= 0 or not heights:
        return default
    fitting = [quality for quality, offered in heights.items() if offered >= height]
    return min(fitting) if fitting else max(heights)
