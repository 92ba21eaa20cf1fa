"""How many pixels wide and high an image is, from the first bytes of its file.

Public: `image_size`, `scaled_area`.
"""

import struct
from collections.abc import Sequence

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The segments of a JPEG that begin with its size."""


def image_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, GIF or JPEG in pixels; None if the file does not say."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
    elif content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
    else:
        return _jpeg_size(content)
    return (width, height) if width and height else None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    at = 2 if content.startswith(b"\xff\xd8") else len(content)
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])[0]
        if marker == 0xFF:
            at += 1
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return (width, height) if width and height else None
        else:
            at += 2 + max(length, 2)
    return None


def scaled_area(coords: Sequence[int], across: float, down: float) -> list[int]:
    """Return the coordinates of an area in a picture drawn larger or smaller; a circle's radius goes across.

    Args:
        coords: x and y by turns, of a circle and an ellipse the radii after them.
        across: how many times wider the picture is drawn.
        down: how many times higher.
    """
    return [round(number * (down if place % 2 else across)) for place, number in enumerate(coords)]
