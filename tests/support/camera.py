"""A camera for tests that look at people, not at pictures: small, so that three in a room leave
the processors to what is tested. What the media engine does with layers wants the browser's own.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

WIDTH: Final = 320
HEIGHT: Final = 180
FRAMES: Final = 10  # of one second, then again from the first

_folder: Final = TemporaryDirectory(prefix="yoriai-camera-")  # goes with the process


@cache
def small_camera() -> Path:
    """A film for `chromium(camera=…)`, written once: stripes that move (YUV4MPEG2, 4:2:0)."""
    path = Path(_folder.name) / "stripes.y4m"
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES}:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + b"".join(b"FRAME\n" + _picture(n) for n in range(FRAMES)))
    return path


def _picture(number: int) -> bytes:
    """The planes of brightness and of the two colours, one after the other."""
    stripes = bytes((8 * (x + 4 * number)) % 256 for x in range(WIDTH))
    colour = WIDTH * HEIGHT // 4
    return stripes * HEIGHT + bytes([100 + 5 * number]) * colour + bytes([150]) * colour
