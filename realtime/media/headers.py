"""Header extensions of what we send: only those that viewers may see."""

_LARGEST = 14


def block(level_id: int, level: int, orientation_id: int, orientation: int) -> bytes:
    """The extension block of a packet in the one-byte form (RFC 8285 §4.2); nothing when empty.

    Never the publisher's mid and rid: a browser would sort the packet by them and drop it.
    Numbers above 14 do not fit this form and are left out.

    Args:
        level_id: number of the audio level (RFC 6464) in the viewer's section, 0 without.
        level: its octet, -1 without.
        orientation_id: number of the video orientation (3GPP TS 26.114 §7.4.5), 0 without.
        orientation: its octet, -1 without.
    """
    elements = b""
    if level >= 0 and 0 < level_id <= _LARGEST:
        elements += bytes((level_id << 4, level))
    if orientation >= 0 and 0 < orientation_id <= _LARGEST:
        elements += bytes((orientation_id << 4, orientation))
    if not elements:
        return b""
    elements += bytes(-len(elements) % 4)
    return b"\xbe\xde" + (len(elements) // 4).to_bytes(2, "big") + elements
