"""Opening an Excel workbook that a stranger sent, without letting it fill the memory.

Public: `read_sheets`, `Sheet`, `SpreadsheetRefused`.

The file is measured before the reader sees it: real unpacked size, compression ratio, the rectangle
each sheet spans (readers allocate it whole) and the text its cells repeat.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import python_calamine

from question_bank.words import said

MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 10 * 1024 * 1024
"""Small files may be compressed as they like; blank rows compress a hundredfold."""
MAX_CELLS = 2_000_000
MAX_PARTS = 2_000
CHUNK = 1024 * 1024
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_CELL_START = re.compile(rb"<(?:\w+:)?c(?=[\s/>])")
_CELL = re.compile(rb"""<(?:\w+:)?c((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>""")
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([^"']*)""")
_PLACE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_ROW_START = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_ROW = re.compile(rb"""\sr\s*=\s*["']([0-9]+)["']""")
_IS_SHARED = re.compile(rb"""\st\s*=\s*["']s["']""")
_INDEX = re.compile(rb"\s*<(?:\w+:)?v[^>]*>\s*([0-9]{1,9})\s*<")
_SHARED = re.compile(rb"<(?:\w+:)?si\b.*?</(?:\w+:)?si>", re.DOTALL)

OLD_FORMAT = said("这是旧版 Excel（.xls）文件，请在 Excel 或 WPS 中另存为 .xlsx 后再导入")
ENCRYPTED = said("文件已加密，请取消打开密码后再导入")
NOT_A_WORKBOOK = said("不是有效的 .xlsx 文件")
DAMAGED = said("文件已损坏，无法读取")
TOO_LARGE = said("文件解压后过大，已拒绝导入")


class SpreadsheetRefused(ValueError):
    """The file is not a workbook we open; the message (Chinese) says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet; `rows[0]` is row 1, cells are as the reader gives them (formulas by their values)."""

    name: str
    rows: list[list[Any]]


def read_sheets(content: bytes) -> list[Sheet]:
    """Return all worksheets.

    Raises:
        SpreadsheetRefused: for an old .xls (whatever its name), an encrypted, damaged or oversized file.
    """
    if content.startswith(OLE_MAGIC):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise SpreadsheetRefused(ENCRYPTED if locked else OLD_FORMAT)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _measure(archive, len(content))
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
        ValueError,
        OSError,
        zlib.error,
    ) as error:
        if isinstance(error, SpreadsheetRefused):
            raise
        raise SpreadsheetRefused(DAMAGED if content.startswith(b"PK") else NOT_A_WORKBOOK) from error
    except RuntimeError as error:  # zipfile's way to say that a password is needed
        raise SpreadsheetRefused(ENCRYPTED) from error
    return list(_load(content))


def _load(content: bytes) -> Iterator[Sheet]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for info in workbook.sheets_metadata:
            if info.typ == python_calamine.SheetTypeEnum.WorkSheet:
                rows = workbook.get_sheet_by_name(info.name).to_python(skip_empty_area=False)
                yield Sheet(info.name, rows)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        raise SpreadsheetRefused(DAMAGED) from error


def _measure(archive: zipfile.ZipFile, packed: int) -> None:
    """Refuse an archive that is no workbook, or larger inside than a workbook of items can be."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise SpreadsheetRefused(NOT_A_WORKBOOK)
    declared = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or len(names) < len(parts) or _bomb(declared, packed):
        raise SpreadsheetRefused(TOO_LARGE)
    unpacked = 0
    shared: list[int] = []
    repeated = 0
    # Shared strings first, to know how long the texts are that cells point to.
    for part in sorted(parts, key=lambda part: not part.filename.lower().endswith("sharedstrings.xml")):
        name = part.filename.lower()
        keep = name.endswith("sharedstrings.xml") or name.startswith("xl/worksheets/")
        size, body = _unpack(archive, part, MAX_UNPACKED - unpacked, keep=keep)
        unpacked += size
        if name.endswith("sharedstrings.xml"):
            shared = [match.end() - match.start() for match in _SHARED.finditer(body)]
        elif keep:
            cells, text = _measure_sheet(body, shared)
            repeated += text
            if cells > MAX_CELLS:
                raise SpreadsheetRefused(TOO_LARGE)
    if _bomb(unpacked, packed) or repeated > MAX_UNPACKED:
        raise SpreadsheetRefused(TOO_LARGE)


def _bomb(unpacked: int, packed: int) -> bool:
    return unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed)


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int, *, keep: bool) -> tuple[int, bytes]:
    """Unpack one part for its real size, which the directory may belie; keep the bytes if asked to."""
    size, kept = 0, bytearray()
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > room:
                raise SpreadsheetRefused(TOO_LARGE)
            if keep:
                kept += chunk
    return size, bytes(kept)


def _measure_sheet(body: bytes, shared: list[int]) -> tuple[int, int]:
    """Return how many cells the rectangle of all filled cells has, and how much shared text they repeat."""
    rows, columns, unplaced, text, starts = 0, 0, 0, 0, 0
    for cell in _CELL.finditer(body):
        starts += 1
        if cell[2]:
            continue  # formatted, but empty: readers leave it out
        if address := _ADDRESS.search(cell[1]):
            place = _PLACE.fullmatch(address[1])
            if place is None:
                raise SpreadsheetRefused(DAMAGED)
            rows, columns = max(rows, int(place[2])), max(columns, _column(place[1]))
        else:
            unplaced += 1
        index = _INDEX.match(body, cell.end()) if _IS_SHARED.search(cell[1]) else None
        if index and int(index[1]) < len(shared):
            text += shared[int(index[1])]
    if starts != sum(1 for _ in _CELL_START.finditer(body)):
        raise SpreadsheetRefused(DAMAGED)  # a cell written so that we and the reader might see it differently
    if unplaced:
        # Cells without an address stand one after the other in rows that may have one.
        in_rows = [len(_CELL_START.findall(row)) for row in _ROW_START.split(body)]
        numbered = max((int(match[1]) for match in _ROW.finditer(body)), default=0)
        rows, columns = max(rows, numbered, len(in_rows)), max(columns, *in_rows)
    return rows * columns, text


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
