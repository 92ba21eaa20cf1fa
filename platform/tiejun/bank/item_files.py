"""From the bytes of an item file to items, each with the place where it stands. No database here."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from question_bank.assembly.form import item_images
from question_bank.formats.moodle_xml import XmlRefused, read_moodle
from question_bank.formats.report import QuestionReport
from question_bank.formats.spreadsheet import ImportDefaults, SpreadsheetRefused, read_items
from question_bank.item import Item, ItemError
from question_bank.words import said
from tiejun import crypto
from tiejun.bank.images import BadImage, Prepared, prepare
from tiejun.bank.reports import as_problem
from tiejun.errors import DomainError, Problem

NOT_JSON = said("无法读取这个文件：不是有效的试题 JSON（应有 items 列表）。没有导入任何试题。")
FORMATS = ("auto", "xlsx", "moodle-xml", "json")
_WORKBOOK = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"))
_UTF_16 = ("<".encode("utf-16"), "\ufeff<".encode("utf-16-be"))


@dataclass
class ItemFile:
    """What a file holds: `rows` are the good items with their places, `faulty` counts the others.

    `codes` are the items' ids that are codes of their own, by which they are known again; the others were
    made up while reading. `images` are those that the items show.
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

    @classmethod
    def of(cls, items: Sequence[Item], filename: str) -> "ItemFile":
        """Return items that need no reading, such as the starter bank, as a file."""
        sha256 = crypto.digest(json.dumps([item.to_json() for item in items], sort_keys=True))
        rows: list[tuple[str, Item]] = [(said("试题 %(id)s", id=item.id), item) for item in items]
        return cls(filename, sha256, {item.id for item in items}, len(items), rows=rows)


def read_item_file(content: bytes, filename: str, kind: str = "auto", unit: str | None = None) -> ItemFile:
    """Read an item file; `unit` is the syllabus unit of rows that name none.

    Raises:
        DomainError: code "unreadable_file", if nothing in it can be read at all.
    """
    name = PurePath(filename).name[:200] or "upload"
    kind = kind_of(content, name) if kind == "auto" else kind
    found = ItemFile(name, crypto.digest_bytes(content))
    if kind == "json":
        _read_json(content, found)
    elif kind == "moodle-xml":
        _read_moodle(content, found, unit)
    else:
        _read_xlsx(content, found, unit)
    return found


def kind_of(content: bytes, name: str) -> str:
    """Return the format of a file by its content; only where that says nothing, by its name."""
    head = content[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_WORKBOOK):
        return "xlsx"
    if head.startswith(b"<") or content.startswith(_UTF_16):
        return "moodle-xml"
    if head.startswith((b"{", b"[")):
        return "json"
    by_name = {"json": "json", "xml": "moodle-xml"}
    return by_name.get(PurePath(name).suffix.lower().removeprefix("."), "xlsx")


def _read_moodle(content: bytes, found: ItemFile, unit: str | None) -> None:
    try:
        report = read_moodle(content, ImportDefaults(unit=unit))
    except XmlRefused as refused:
        message = said("无法读取这个文件：%(reason)s。没有导入任何试题。", reason=refused.message)
        raise DomainError(message, code="unreadable_file") from refused
    found.read = report.read
    found.faulty = len(report.faulty_rows)
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
                found.images[digest] = prepare(report.images[digest], report.image_names[digest])
            except BadImage as error:
                problems.append(Problem(where, said("图片"), error.message))
    return problems


def _read_xlsx(content: bytes, found: ItemFile, unit: str | None) -> None:
    try:
        report = read_items(content, found.filename, ImportDefaults(unit=unit))
    except SpreadsheetRefused as refused:
        raise DomainError(
            said("无法读取这个文件：%(sentence)s。没有导入任何试题。", sentence=refused.args[0]),
            code="unreadable_file",
        ) from refused
    found.read = report.read
    found.faulty = len(report.faulty_rows)
    places = (f"{sheet}!{number}" for sheet, number in report.rows)
    found.rows = list(zip(places, report.items, strict=True))
    found.codes = report.codes
    found.problems = [as_problem(problem) for problem in report.problems]
    found.warnings = [as_problem(warning) for warning in report.warnings]


def _read_json(content: bytes, found: ItemFile) -> None:
    try:
        rows = json.loads(content)["items"]
    except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
        raise DomainError(
            said("无法读取这个文件：不是有效的试题 JSON（应有 items 列表）。没有导入任何试题。"),
            code="unreadable_file",
        ) from error
    if not isinstance(rows, list):
        raise DomainError(NOT_JSON, code="unreadable_file")
    for number, row in enumerate(rows, start=1):
        found.read += 1
        problems = list(_read_row(row, said("第 %(number)s 题", number=number), found))
        found.problems += problems
        found.faulty += bool(problems)


def _read_row(row: object, where: str, found: ItemFile) -> Iterable[Problem]:
    """Append the row's item to `found`, or return what is wrong with it."""
    try:
        item = Item.from_json(row)
    except ItemError as error:
        return [as_problem(problem, f"{where}（{problem.where}）") for problem in error.problems]
    if item.id in found.codes:
        return [Problem(where, "id", said("编号“%(id)s”在文件中重复", id=item.id))]
    found.codes.add(item.id)
    found.rows.append((f"{where}（{item.id}）", item))
    return []
