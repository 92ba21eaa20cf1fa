"""Which characters a font file can draw: the `cmap` table of OpenType, read by its specification.

Only what is needed to answer "is there a glyph": the Windows and Unicode subtables of formats 4 and 12.
"""

import struct
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

UNICODE_PLATFORMS = (0, 3)
Range = tuple[int, int]


class UnreadableFont(Exception):
    """The file is no OpenType font or has no Unicode table; the message names the file."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The code points of one face, as sorted ranges, both ends included."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __contains__(self, character: object) -> bool:
        """Return whether the face has a glyph for a single character."""
        if not isinstance(character, str) or len(character) != 1:
            return False
        at = bisect_right(self.starts, ord(character)) - 1
        return at >= 0 and ord(character) <= self.ends[at]


def read_coverage(path: Path, index: int = 0) -> Coverage:
    """Return what the `index`-th face of a font file or collection covers.

    Raises:
        UnreadableFont: if the file cannot be read as a font.
    """
    try:
        data = path.read_bytes()
        ranges = sorted(_ranges(data, _cmap_offset(data, index)))
    except (OSError, struct.error, IndexError, LookupError) as error:
        raise UnreadableFont(f"{path}: {error}") from error
    return Coverage(tuple(first for first, _ in ranges), tuple(last for _, last in ranges))


def _cmap_offset(data: bytes, index: int) -> int:
    start = 0
    if data[:4] == b"ttcf":
        (count,) = struct.unpack_from(">I", data, 8)
        if index >= count:
            raise LookupError(f"no face {index}")
        (start,) = struct.unpack_from(">I", data, 12 + 4 * index)
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for n in range(tables):
        tag, _checksum, offset, _length = struct.unpack_from(">4sIII", data, start + 12 + 16 * n)
        if tag == b"cmap":
            return int(offset)
    raise LookupError("no cmap table")


def _ranges(data: bytes, cmap: int) -> list[Range]:
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    by_format: dict[int, int] = {}
    for n in range(count):
        platform, _encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * n)
        (kind,) = struct.unpack_from(">H", data, cmap + offset)
        if platform in UNICODE_PLATFORMS:
            by_format[kind] = cmap + offset
    # Format 12 repeats all of format 4 and adds the rarer characters beyond U+FFFF.
    if 12 in by_format:
        return _format_12(data, by_format[12])
    if 4 in by_format:
        return _format_4(data, by_format[4])
    raise LookupError("no Unicode subtable")


def _format_12(data: bytes, at: int) -> list[Range]:
    (count,) = struct.unpack_from(">I", data, at + 12)
    groups = struct.iter_unpack(">III", data[at + 16 : at + 16 + 12 * count])
    return [(first if glyph else first + 1, last) for first, last, glyph in groups if glyph or last > first]


def _format_4(data: bytes, at: int) -> list[Range]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    words = [
        struct.unpack_from(f">{twice // 2}H", data, at + 14 + skip)
        for skip in (0, twice + 2, 2 * twice + 2, 3 * twice + 2)
    ]
    ranges: list[Range] = []
    for n, (last, first, delta, offset) in enumerate(zip(*words, strict=True)):
        if first == 0xFFFF:
            continue
        if offset == 0:
            ranges += [(code, code) for code in range(first, last + 1) if (code + delta) & 0xFFFF]
            continue
        base = at + 14 + 3 * twice + 2 + 2 * n + offset
        glyphs = struct.unpack_from(f">{last - first + 1}H", data, base)
        ranges += [(first + k, first + k) for k, glyph in enumerate(glyphs) if glyph]
    return ranges
