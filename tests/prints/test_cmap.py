"""The reader of font coverage, on fonts of a few bytes."""

import struct

import pytest

from tiejun.prints.cmap import UnreadableFont, read_coverage


def font(tables, collection=False):
    start = 16 if collection else 0
    subtables, records = b"", b""
    for platform, table in tables:
        records += struct.pack(">HHI", platform, 1, 4 + 8 * len(tables) + len(subtables))
        subtables += table
    body = struct.pack(">4sHHHH", b"\0\1\0\0", 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, start + 28, 0)
    head = struct.pack(">4sIII", b"ttcf", 0x10000, 1, start) if collection else b""
    return head + body + struct.pack(">HH", 0, len(tables)) + records + subtables


def format_12(*groups):
    packed = b"".join(struct.pack(">III", *group) for group in groups)
    return struct.pack(">HHIII", 12, 0, 16 + len(packed), 0, len(groups)) + packed


def format_4():
    # 一 and 丁 by delta; 丂 to 七 by an array in which 万's neighbour has no glyph; the closing segment.
    ends, starts = (0x4E01, 0x4E05, 0xFFFF), (0x4E00, 0x4E03, 0xFFFF)
    deltas, offsets = ((1 - 0x4E00) & 0xFFFF, 0, 1), (0, 4, 0)
    words = struct.pack(">3H", *ends) + b"\0\0"
    words += struct.pack(">3H", *starts) + struct.pack(">3H", *deltas) + struct.pack(">3H", *offsets)
    words += struct.pack(">3H", 7, 0, 9)
    return struct.pack(">7H", 4, 14 + len(words), 0, 6, 0, 0, 0) + words


@pytest.fixture
def covers(tmp_path):
    def read(data, index=0):
        path = tmp_path / "font.otf"
        path.write_bytes(data)
        return read_coverage(path, index)

    return read


@pytest.mark.parametrize("collection", [False, True])
def test_ranges_of_format_12_reach_beyond_the_basic_plane(covers, collection):
    found = covers(font([(3, format_12((0x4E00, 0x4E02, 5), (0x20BB7, 0x20BB7, 9)))], collection))

    assert "一" in found
    assert "丂" in found
    assert "𠮷" in found
    assert "七" not in found
    assert "" not in found


def test_the_empty_glyph_is_no_glyph(covers):
    assert "一" not in covers(font([(3, format_12((0x4E00, 0x4E00, 0)))]))


def test_format_4_maps_by_delta_and_by_array(covers):
    found = covers(font([(3, format_4())]))

    assert [c in found for c in "一丁丂七丄丅"] == [True, True, False, True, False, True]


def test_format_12_wins_over_format_4(covers):
    found = covers(font([(0, format_4()), (3, format_12((0x20BB7, 0x20BB7, 9)))]))

    assert "𠮷" in found
    assert "一" not in found


@pytest.mark.parametrize(
    ("data", "index"),
    [
        (b"", 0),
        (b"PK\3\4 not a font at all", 0),
        (font([(1, format_4())]), 0),
        (font([(3, format_4())], True), 1),
        (font([(3, format_4())])[:-8], 0),
    ],
    ids=["empty", "no font", "no Unicode table", "no such face", "cut off"],
)
def test_what_is_no_usable_font_is_refused_by_name(covers, data, index):
    with pytest.raises(UnreadableFont, match="font"):
        covers(data, index)
