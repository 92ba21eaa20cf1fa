"""From the bytes of an item file to items, each with the place where it stands. No database here."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from question_bank.formats.spreadsheet import ImportDefaults, SpreadsheetRefused, read_items
from question_bank.item import Item, ItemError
from question_bank.words import said
from tiejun import crypto
from tiejun.bank.reports import as_problem
from tiejun.errors import DomainError, Problem

NOT_JSON = said("无法读取这个文件：不是有效的试题 JSON（应有 items 列表）。没有导入任何试题。")
FORMATS = ("auto", "xlsx", "json")


@dataclass
class ItemFile:
    """What a file holds: `rows` are the good items with their places, `faulty` counts the others.

    `has_codes` says whether the items' ids are codes of their own, by which they are known again.
    """

    filename: str
    sha256: str
    has_codes: bool
    read: int = 0
    faulty: int = 0
    rows: list[tuple[str, Item]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, items: Sequence[Item], filename: str) -> "ItemFile":
        """Return items that need no reading, such as the starter bank, as a file."""
        sha256 = crypto.digest(json.dumps([item.to_json() for item in items], sort_keys=True))
        return cls(
            filename,
            sha256,
            True,
            len(items),
            rows=[(said("试题 %(id)s", id=item.id), item) for item in items],
        )


def read_item_file(content: bytes, filename: str, kind: str = "auto", unit: str | None = None) -> ItemFile:
    """Read an item file; `unit` is the syllabus unit of rows that name none.

    Raises:
        DomainError: code "unreadable_file", if nothing in it can be read at all.
    """
    name = PurePath(filename).name[:200] or "upload"
    if kind == "auto":
        kind = "json" if name.lower().endswith(".json") else "xlsx"
    found = ItemFile(name, crypto.digest_bytes(content), has_codes=kind == "json")
    if kind == "json":
        _read_json(content, found)
    else:
        _read_xlsx(content, found, unit)
    return found


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
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        found.read += 1
        problems = list(_read_row(row, said("第 %(number)s 题", number=number), seen, found))
        found.problems += problems
        found.faulty += bool(problems)


def _read_row(row: object, where: str, seen: set[str], found: ItemFile) -> Iterable[Problem]:
    """Append the row's item to `found`, or return what is wrong with it."""
    try:
        item = Item.from_json(row)
    except ItemError as error:
        return [as_problem(problem, f"{where}（{problem.where}）") for problem in error.problems]
    if item.id in seen:
        return [Problem(where, "id", said("编号“%(id)s”在文件中重复", id=item.id))]
    seen.add(item.id)
    found.rows.append((f"{where}（{item.id}）", item))
    return []
