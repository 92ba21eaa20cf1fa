"""Small files that are what they say, and some that are not."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache

import pypdfium2
from PIL import Image

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.{kind}+xml"/></Types>'
)
WORD = "openxmlformats-officedocument.wordprocessingml.document.main"
MACROS = "ms-word.document.macroEnabled.main"


def docx(parts: Mapping[str, str | bytes] | None = None, kind: str = WORD, leave_out: str = "") -> bytes:
    """Return a Word file of few bytes; `parts` are added, `leave_out` is not in it."""
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES.format(kind=kind),
        "word/document.xml": "<w:document/>",
        **(parts or {}),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            if name != leave_out:
                # A date of its own would make each file another.
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@cache
def pdf(pages: int = 1) -> bytes:
    """Return a PDF of empty pages, the same each time: PDFium gives every file an id of its own."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 200)
    made = io.BytesIO()
    document.save(made)
    document.close()
    return made.getvalue()


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **saved: object) -> bytes:
    """Return a picture, half red and half blue."""
    image = Image.new("RGB", size, (200, 0, 0))
    image.paste((0, 0, 200), (0, 0, size[0] // 2, size[1]))
    made = io.BytesIO()
    image.save(made, form, **saved)
    return made.getvalue()


def photo(turned: int = 1) -> bytes:
    """Return a JPEG that says who took it, and where."""
    exif = Image.Exif()
    exif[0x0112] = turned  # orientation
    exif[0x013B] = "拍摄人甲"  # artist
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    exif.get_ifd(0x8825)[2] = (31.0, 51.0, 12.0)
    return picture("JPEG", exif=exif.tobytes(), comment=b"taken in the yard")


def bomb(side: int) -> bytes:
    """Return a PNG of few bytes that claims to be `side` pixels wide and high."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
