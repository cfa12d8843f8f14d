"""A camera for tests that look at people, not at pictures: small, so that three in a room leave
the processors to what is tested. What the media engine does with layers wants the browser's own.
"""

from pathlib import Path
from tempfile import mkdtemp
from typing import Final

WIDTH: Final = 320
HEIGHT: Final = 180
FRAMES: Final = 10  # of one second, then again from the first

_made: list[Path] = []


def small_camera() -> Path:
    """A film for `chromium(camera=…)`, written once: stripes that move (YUV4MPEG2, 4:2:0)."""
    if not _made:
        path = Path(mkdtemp(prefix="yoriai-camera-")) / "stripes.y4m"
        head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES}:1 Ip A1:1 C420jpeg\n".encode()
        path.write_bytes(head + b"".join(b"FRAME\n" + _picture(n) for n in range(FRAMES)))
        _made.append(path)
    return _made[0]


def _picture(number: int) -> bytes:
    stripes = bytes((8 * (x + 4 * number)) % 256 for x in range(WIDTH))
    return stripes * HEIGHT + bytes([100 + 5 * number, 150]) * (WIDTH * HEIGHT // 4)
