"""From the bytes of an item file to items, each with the place where it stands. No database here."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from question_bank.assembly.form import item_images
from question_bank.formats.aiken import looks_like_aiken, read_aiken
from question_bank.formats.columns import ColumnMaps
from question_bank.formats.docx_text import DocxRefused, is_docx, read_docx
from question_bank.formats.gift import read_gift
from question_bank.formats.item_json import JsonRefused, read_json
from question_bank.formats.moodle_xml import XmlRefused, read_moodle
from question_bank.formats.qti import is_qti, read_qti
from question_bank.formats.report import QuestionReport
from question_bank.formats.spreadsheet import (
    HeaderNotFound,
    ImportDefaults,
    ImportReport,
    SheetHead,
    SpreadsheetRefused,
    read_csv_items,
    read_heads,
    read_items,
)
from question_bank.formats.text_file import TextRefused, read_text
from question_bank.formats.typed_text import looks_typed, read_typed_text
from question_bank.item import Item
from question_bank.words import said
from tiejun import crypto
from tiejun.bank.images import BadImage, Prepared, is_smaller, prepare
from tiejun.bank.reports import as_problem
from tiejun.errors import DomainError, Problem

FORMATS = ("auto", "xlsx", "csv", "docx", "text", "moodle-xml", "gift", "aiken", "qti", "json")
_WORKBOOK = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))
_UTF_16 = ("<".encode("utf-16"), "\ufeff<".encode("utf-16-be"))


@dataclass
class ItemFile:
    """What a file holds: `rows` are the good items with their places, `faulty` counts the others.

    `codes` are the items' ids that are codes of their own, by which they are known again; the others were
    made up while reading. `images` are those that the items show. `remembered` are the keys of the tables
    whose columns were read as somebody explained them once.
    """

    filename: str
    sha256: str
    codes: set[str] = field(default_factory=set)
    read: int = 0
    faulty: int = 0
    rows: list[tuple[str, Item]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    images: dict[str, Prepared] = field(default_factory=dict)
    remembered: list[str] = field(default_factory=list)
    is_table: bool = False

    @classmethod
    def of(cls, items: Sequence[Item], filename: str) -> "ItemFile":
        """Return items that need no reading, such as the starter bank, as a file."""
        sha256 = crypto.digest(json.dumps([item.to_json() for item in items], sort_keys=True))
        rows: list[tuple[str, Item]] = [(said("试题 %(id)s", id=item.id), item) for item in items]
        return cls(filename, sha256, {item.id for item in items}, len(items), rows=rows)


def read_item_file(
    content: bytes,
    filename: str,
    kind: str = "auto",
    unit: str | None = None,
    maps: ColumnMaps | None = None,
) -> ItemFile:
    """Read an item file; `unit` is the syllabus unit of rows that name none, `maps` explains columns.

    Raises:
        DomainError: code "unreadable_file", if nothing in it can be read at all; "unknown_columns", if it
            is a table whose columns somebody must explain first.
    """
    name = PurePath(filename).name[:200] or "upload"
    kind = kind_of(content, name) if kind == "auto" else kind
    found = ItemFile(name, crypto.digest_bytes(content))
    defaults = ImportDefaults(unit=unit)
    try:
        if kind in _SHEETS:
            _take_sheet(_SHEETS[kind](content, name, defaults, maps), found)
        elif kind == "json":
            _take_questions(read_json(content), found)
        else:
            _take_questions(_QUESTIONS[kind](content, defaults), found)
    except (DocxRefused, JsonRefused, SpreadsheetRefused, TextRefused, XmlRefused) as refused:
        message = said("无法读取这个文件：%(reason)s。没有导入任何试题。", reason=refused.args[0])
        code = "unknown_columns" if isinstance(refused, HeaderNotFound) else "unreadable_file"
        raise DomainError(message, code=code) from refused
    return found


def table_heads(content: bytes, filename: str, maps: ColumnMaps) -> list[SheetHead]:
    """Return how the sheets of a table begin, for somebody to explain their columns; empty if it is none.

    Raises:
        DomainError: code "unreadable_file", if the table cannot be opened.
    """
    kind = kind_of(content, PurePath(filename).name)
    if kind not in _SHEETS:
        return []
    try:
        return read_heads(content, maps, is_csv=kind == "csv")
    except SpreadsheetRefused as refused:
        message = said("无法读取这个文件：%(reason)s。没有导入任何试题。", reason=refused.args[0])
        raise DomainError(message, code="unreadable_file") from refused


_SHEETS = {"xlsx": read_items, "csv": read_csv_items}
_QUESTIONS = {
    "docx": read_docx,
    "text": read_typed_text,
    "moodle-xml": read_moodle,
    "gift": read_gift,
    "aiken": read_aiken,
    "qti": read_qti,
}


def kind_of(content: bytes, name: str) -> str:
    """Return the format of a file by its content; only where that says nothing, by its name."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    head = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if is_qti(content) or ending == "zip":
        return "qti"
    if head.startswith(_WORKBOOK):
        return "docx" if ending in ("doc", "docx") or is_docx(content) else "xlsx"
    if ending in _TEXTS:
        return _text_kind(content, ending)
    if head.startswith(b"<") or content.startswith(_UTF_16):
        return "moodle-xml"
    if head.startswith((b"{", b"[")):
        return "json"
    return {"json": "json", "xml": "moodle-xml"}.get(ending, "xlsx")


_TEXTS = ("csv", "gift", "aiken", "txt")
_JSON = re.compile(r'\s*\{\s*"')


def _text_kind(content: bytes, ending: str) -> str:
    """Return which format the text of a file is in, for endings that do not say it or are often wrong."""
    if ending == "csv":
        return "csv"
    try:
        text = read_text(content)
    except TextRefused:
        return "gift"  # its reader says the same
    if looks_like_aiken(text):
        return "aiken"
    if _JSON.match(text):
        return "json"
    if ending == "txt" and looks_typed(text):
        return "text"
    return "moodle-xml" if text.lstrip().startswith(("<?xml", "<quiz")) else "gift"


def _take_questions(report: QuestionReport, found: ItemFile) -> None:
    found.read = report.read
    found.faulty = len(report.faulty_rows)
    found.codes = report.codes
    found.problems = [as_problem(problem) for problem in report.problems]
    found.warnings = [as_problem(warning) for warning in report.warnings]
    for where, item in zip(report.rows, report.items, strict=True):
        problems = _take_images(where, item, report, found)
        found.problems += problems
        found.faulty += bool(problems)
        if not problems:
            found.rows.append((where, item))


def _take_images(where: str, item: Item, report: QuestionReport, found: ItemFile) -> list[Problem]:
    """Look at the images of an item and take them over, or return what is wrong with them."""
    problems = []
    for digest in item_images(item):
        if digest in report.images and digest not in found.images:
            try:
                image = prepare(report.images[digest], report.image_names[digest])
                # What comes from another bank was drawn anew there: the texts still name the first file.
                found.images[digest] = replace(image, sha256=digest)
            except BadImage as error:
                problems.append(Problem(where, said("图片"), error.message))
    for part in item.parts:
        digest = part.image or ""
        if digest in found.images and is_smaller(found.images[digest], report.images.get(digest)):
            name = found.images[digest].name
            message = said("选区题的图片“%(name)s”过大，缩小后坐标不再对应；请先缩小图片并改坐标", name=name)
            problems.append(Problem(where, said("图片"), message))
    return problems


def _take_sheet(report: ImportReport, found: ItemFile) -> None:
    found.read = report.read
    found.faulty = len(report.faulty_rows)
    found.is_table = True
    found.remembered = report.remembered
    places = (f"{sheet}!{number}" for sheet, number in report.rows)
    found.rows = list(zip(places, report.items, strict=True))
    found.codes = report.codes
    found.problems = [as_problem(problem) for problem in report.problems]
    found.warnings = [as_problem(warning) for warning in report.warnings]
