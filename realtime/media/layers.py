"""Which simulcast layer a viewer gets."""

from collections.abc import Collection, Mapping

# RIDs that browsers are told to use, and LiveKit's quality numbers for them.
LOW, MEDIUM, HIGH = 0, 1, 2
QUALITY_OF_RID = {"q": LOW, "h": MEDIUM, "f": HIGH, "": HIGH}

# A picture that is blown up by so little still looks sharp.
_TOLERANCE = 0.9


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


def quality_for(height: int, heights: Mapping[int, int], default: int = HIGH) -> int:
    """The lowest quality whose picture is about `height` pixels high or higher.

    Args:
        height: what the viewer shows, 0 when it did not say.
        heights: quality → height of that layer, as the publisher announced them.
    """
    if height <= 0 or not heights:
        return default
    fitting = [quality for quality, offered in heights.items() if offered >= height * _TOLERANCE]
    return min(fitting) if fitting else max(heights)
