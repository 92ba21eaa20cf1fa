"""The lines of a Word document (.docx): its paragraphs with their automatic numbers, its tables row by row.

Public: `read_docx`, `docx_lines`, `is_docx`, `DocxRefused`.

Word does not write "1." or "A." where it numbers by itself; here it is written. Deleted text of tracked
changes is left out, inserted text stays. A picture or formula becomes `typed_text.NOT_TEXT`.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from question_bank.formats.docx_numbers import Numbers
from question_bank.formats.plain import LOWERED, RAISED
from question_bank.formats.report import QuestionReport
from question_bank.formats.row import ImportDefaults
from question_bank.formats.typed_text import MAX_LINES, NOT_TEXT, Line, read_typed
from question_bank.formats.workbook import OLE_MAGIC
from question_bank.formats.xml_document import XmlRefused, parse_xml
from question_bank.words import Words, said

MAX_PART = 20 * 1024 * 1024
MAX_PARTS = 5_000
BODY, NUMBERING = "word/document.xml", "word/numbering.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PASSED_OVER = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}pPr", f"{W}rPr", f"{W}tblPr", f"{W}tblGrid"}
    | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
)
NO_TEXT = frozenset(
    {f"{W}drawing", f"{W}pict", f"{W}object"}
    | {"{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"}
)
SPACES = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}


class DocxRefused(ValueError):
    """The file is not read; the argument is a sentence that says why."""

    def __init__(self, message: Words) -> None:
        super().__init__(message)
        self.message = message


def is_docx(content: bytes) -> bool:
    """Return whether a zip archive is a Word document, by what it holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return BODY in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def read_docx(content: bytes, defaults: ImportDefaults | None = None) -> QuestionReport:
    """Read the questions of a document, as `typed_text.read_typed`; places are those of its paragraphs.

    Raises:
        DocxRefused: as `docx_lines`.
    """
    return read_typed(docx_lines(content), defaults)


def docx_lines(content: bytes) -> list[Line]:
    """Return the lines of a document, numbered by the paragraphs as Word counts them.

    Raises:
        DocxRefused: if it is no .docx, an old .doc, encrypted, damaged or too large.
    """
    if content.startswith(OLE_MAGIC):
        raise DocxRefused(said("这是旧版 Word（.doc）或加密文件，请在 Word 或 WPS 中另存为 .docx 后再导入"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if len(archive.infolist()) > MAX_PARTS:
                raise DocxRefused(said("文件过大，请分成几份"))
            body = _part(archive, BODY)
            numbering = _part(archive, NUMBERING)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, zlib.error) as error:
        raise DocxRefused(said("不是有效的 .docx 文件，或已损坏、加密")) from error
    if body is None:
        raise DocxRefused(said("不是有效的 .docx 文件，或已损坏、加密"))
    try:
        numbers = Numbers(parse_xml(numbering) if numbering else None)
        texts = _paragraphs(parse_xml(body), numbers)
        lines = [Line(number, text) for number, whole in texts for text in whole.split("\n")]
    except XmlRefused as refused:
        raise DocxRefused(said("文件已损坏：%(reason)s", reason=refused.message)) from refused
    if len(lines) > MAX_LINES:
        raise DocxRefused(said("文件过大，请分成几份"))
    return lines


def _part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """Unpack one part for its real size, which the directory may belie."""
    if name not in archive.namelist():
        return None
    with archive.open(name) as stream:
        content = stream.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise DocxRefused(said("文件过大，请分成几份"))
    return content


def _paragraphs(root: etree._Element, numbers: Numbers) -> Iterator[tuple[int, str]]:
    """Yield number and text of each paragraph; those of a table's row as one."""
    count = 0
    body = root.find(f"{W}body")
    for element in [] if body is None else _blocks(body):
        if element.tag == f"{W}p":
            count += 1
            yield count, numbers.label(element) + _text(element)
        else:
            first = count + 1
            cells = []
            for cell in element.iter(f"{W}tc"):
                inside = list(cell.iter(f"{W}p"))
                count += len(inside)
                cells.append(" ".join(numbers.label(one) + _text(one) for one in inside).strip())
            yield first, "\t".join(cells)


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield paragraphs and rows of tables in their order, also those within content controls."""
    for element in parent:
        if element.tag in (f"{W}p", f"{W}tr"):
            yield element
        elif element.tag not in PASSED_OVER:
            yield from _blocks(element)


def _text(element: etree._Element) -> str:
    if element.tag == f"{W}t":
        return element.text or ""
    if element.tag in SPACES:
        return SPACES[element.tag]
    if element.tag in NO_TEXT:
        return NOT_TEXT
    text = "".join(_text(child) for child in element if child.tag not in PASSED_OVER)
    return _moved(element, text) if element.tag == f"{W}r" else text


def _moved(run: etree._Element, text: str) -> str:
    """Return raised or lowered digits as the characters for them."""
    place = run.find(f"{W}rPr/{W}vertAlign")
    value = "" if place is None else place.get(f"{W}val", "")
    tables = {"superscript": RAISED, "subscript": LOWERED}
    return text.translate(tables[value]) if value in tables else text
