"""Excel and CSV import (导入试题) of the layouts Chinese training bodies use.

Public: `read_items`, `read_csv_items`, `read_heads`, `SheetHead`, `HeaderNotFound`, `ImportReport`,
`ImportDefaults`, and from `workbook` `SpreadsheetRefused`.

One row is one item. Good rows become items, faulty rows are listed with sheet, row, column and
reason and become nothing: whether to take the good ones all the same is for people to decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from question_bank.formats.bank_sheet import groups, read_group
from question_bank.formats.cells import (
    HEADERS,
    CellProblem,
    cell_text,
    choice_type,
    strip_numbers,
)
from question_bank.formats.columns import (
    CSV_LAYOUTS,
    LAYOUTS,
    SAMPLE,
    ColumnMaps,
    Head,
    choose,
    guess,
)
from question_bank.formats.csv_rows import read_csv, unguarded
from question_bank.formats.row import ImportDefaults, Row, item_json
from question_bank.formats.workbook import Sheet, SpreadsheetRefused, read_sheets
from question_bank.item import Item, ItemError, Problem
from question_bank.scoring import normalise
from question_bank.words import listed, said

__all__ = [
    "HeaderNotFound",
    "ImportDefaults",
    "ImportReport",
    "SheetHead",
    "SpreadsheetRefused",
    "read_csv_items",
    "read_heads",
    "read_items",
]

CSV = "CSV"
NOTES_SHEET = "说明"
MAX_ROWS = 20_000


@dataclass(slots=True)
class ImportReport:
    """What became of a file: `read` rows with content, `items` from the good ones, and what was found."""

    read: int = 0
    items: list[Item] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    faulty_rows: list[tuple[str, int]] = field(default_factory=list)
    """Sheet and row (from 1, as Excel counts) of each row that became no item."""
    rows: list[tuple[str, int]] = field(default_factory=list)
    """Sheet and row of each item of `items`, in the same order."""
    remembered: list[str] = field(default_factory=list)
    """The `headers_key` of each sheet whose columns were read as remembered."""
    codes: set[str] = field(default_factory=set)
    """The ids that stood in the file, by which items are known again; all others were made up here."""


class HeaderNotFound(SpreadsheetRefused):
    """The file is a table, but none of its rows is a header that we know; columns may be told then."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A worksheet with its header."""

    sheet: Sheet
    head: Head


@dataclass(frozen=True, slots=True)
class SheetHead:
    """How a sheet begins: its likely header, None if it has none, and the first rows below as texts."""

    sheet: str
    head: Head
    is_found: bool
    sample: tuple[tuple[str, ...], ...]


def read_items(
    content: bytes,
    filename: str,
    defaults: ImportDefaults | None = None,
    maps: ColumnMaps | None = None,
) -> ImportReport:
    """Read the items of an .xlsx file.

    Args:
        filename: shown in messages only; what the file is, its bytes say.
        defaults: what rows have that do not say otherwise.
        maps: what columns mean beyond what their headers say.

    Raises:
        HeaderNotFound: if no sheet has the columns 题型, 题干 and 答案.
        SpreadsheetRefused: if the file is not a workbook we open, or has too many rows. Then nothing
            was read.
    """
    maps = maps or ColumnMaps()
    sheets = [sheet for sheet in read_sheets(content) if NOTES_SHEET not in sheet.name]
    tables = [_Table(sheet, head) for sheet in sheets if (head := choose(sheet.rows, maps, LAYOUTS))]
    return _read(sheets, tables, filename, defaults or ImportDefaults())


def read_csv_items(
    content: bytes,
    filename: str,
    defaults: ImportDefaults | None = None,
    maps: ColumnMaps | None = None,
) -> ImportReport:
    """Read the items of a CSV file: one sheet, called CSV, whose columns mean what they do in Excel.

    A file without 题型 that has options in columns of their own holds choices: single or multiple by the
    letters of the answer.

    Raises:
        SpreadsheetRefused: if the file is no text, or as for `read_items`.
    """
    maps = maps or ColumnMaps()
    rows = read_csv(content, lambda rows: choose(rows, maps, CSV_LAYOUTS) is not None)
    sheet = Sheet(CSV, rows)
    head = choose(rows, maps, CSV_LAYOUTS)
    if head and "code" in head.columns:
        sheet.rows[:] = [[unguarded(cell) for cell in row] for row in rows]
    return _read([sheet], [_Table(sheet, head)] if head else [], filename, defaults or ImportDefaults())


def read_heads(content: bytes, maps: ColumnMaps, *, is_csv: bool) -> list[SheetHead]:
    """Return how each sheet with a likely header begins, so that somebody can say what its columns are.

    Raises:
        SpreadsheetRefused: if the file is not a table that we open.
    """
    if is_csv:
        sheets = [Sheet(CSV, read_csv(content, lambda rows: guess(rows, maps) is not None))]
    else:
        sheets = [sheet for sheet in read_sheets(content) if NOTES_SHEET not in sheet.name]
    layouts = CSV_LAYOUTS if is_csv else LAYOUTS
    found = []
    for sheet in sheets:
        known = choose(sheet.rows, maps, layouts)
        if head := known or guess(sheet.rows, maps):
            below = sheet.rows[head.number : head.number + SAMPLE]
            sample = tuple(tuple(cell_text(cell) for cell in row) for row in below)
            found.append(SheetHead(sheet.name, head, known is not None, sample))
    return found


def _read(sheets: list[Sheet], tables: list[_Table], filename: str, defaults: ImportDefaults) -> ImportReport:
    name = PurePath(filename).name
    if not tables:
        raise HeaderNotFound(said("「%(name)s」中没有找到含「题型、题干、答案」三列的表头", name=name))
    if sum(len(table.sheet.rows) for table in tables) > MAX_ROWS:
        raise SpreadsheetRefused(
            said("「%(name)s」超过 %(max_rows)s 行，请分成几个文件导入", name=name, max_rows=MAX_ROWS)
        )
    report = ImportReport()
    for sheet in sheets:
        if sheet.rows and all(table.sheet is not sheet for table in tables):
            report.warnings.append(
                Problem(sheet.name, said("表头"), said("没有找到「题型、题干、答案」，整个工作表未读取"))
            )
    for table in tables:
        _read_table(table, defaults, report)
    _warn_of_duplicates(report)
    return report


def _read_table(table: _Table, defaults: ImportDefaults, report: ImportReport) -> None:
    sheet_name = table.sheet.name
    head = table.head
    report.remembered += [head.key] if head.is_remembered else []
    if head.ignored:
        report.warnings.append(
            Problem(sheet_name, said("表头"), said("未使用的列：%(names)s", names=listed(head.ignored)))
        )
    rows = [row for row in _rows(table) if not row.is_blank]
    if "code" in head.columns:
        _read_bank(sheet_name, rows, defaults, report)
        return
    report.read += len(rows)
    if "type" not in head.columns:
        message = said("没有「题型」一列：答案是一个字母的按单选题、几个字母的按多选题读取")
        report.warnings.append(Problem(sheet_name, said("表头"), message))
        for row in rows:
            row.texts["type"] = choice_type(row.texts.get("answer", ""))
    for row, stem in zip(rows, strip_numbers([row.texts["stem"] for row in rows]), strict=True):
        row.texts["stem"] = stem.strip().replace("\t", " ")
        item_id = f"{defaults.id_prefix}{len(report.rows) + len(report.faulty_rows) + 1:04d}"
        problems = _read_row(row, item_id, defaults, report)
        report.warnings += [Problem(row.where, name, text) for name, text in row.warnings]
        if problems:
            report.problems += problems
            report.faulty_rows.append((sheet_name, row.number))
        else:
            report.rows.append((sheet_name, row.number))


def _read_bank(sheet_name: str, rows: list[Row], defaults: ImportDefaults, report: ImportReport) -> None:
    """Read rows of our own sheet: cells as they stand, items by their code, a case over several rows."""
    for group in groups(rows):
        report.read += 1
        head, code = group[0], group[0].texts.get("code", "")
        number = len(report.rows) + len(report.faulty_rows) + 1
        try:
            if code in report.codes:
                head.reading = said("题库编号")
                raise CellProblem(said("编号“%(code)s”在文件中重复", code=code))
            item = Item.from_json(read_group(group, code or f"{defaults.id_prefix}{number:04d}", defaults))
        except CellProblem as problem:
            where, column = problem.where or head.where, problem.column or head.reading
            report.problems.append(Problem(where, column, problem.args[0]))
        except ItemError as error:
            report.problems += [
                Problem(head.where, COLUMN_NAMES.get(p.field, p.field), p.message) for p in error.problems
            ]
        else:
            report.items.append(item)
            report.rows.append((sheet_name, head.number))
            report.codes |= {code} if code else set()
            continue
        report.faulty_rows.append((sheet_name, head.number))


def _read_row(row: Row, item_id: str, defaults: ImportDefaults, report: ImportReport) -> list[Problem]:
    """Append the row's item to the report, or return what is wrong with it."""
    try:
        report.items.append(Item.from_json(item_json(row, item_id, defaults)))
    except CellProblem as problem:
        return [Problem(row.where, row.reading, str(problem))]
    except ItemError as error:
        return [Problem(row.where, COLUMN_NAMES.get(p.field, p.field), p.message) for p in error.problems]
    return []


COLUMN_NAMES = {name: names[0] for name, names in HEADERS.items()} | {
    "key": said("答案"),
    "rubric": said("答案"),
    "citations": said("依据"),
}


def _rows(table: _Table) -> list[Row]:
    return [
        Row(f"{table.sheet.name}!{number}", number, _values(cells, table.head.columns))
        for number, cells in enumerate(table.sheet.rows[table.head.number :], start=table.head.number + 1)
    ]


def _values(cells: Sequence[Any], columns: Mapping[str, int]) -> dict[str, Any]:
    return {name: cells[column] for name, column in columns.items() if column < len(cells)}


def _warn_of_duplicates(report: ImportReport) -> None:
    first: dict[str, tuple[str, int]] = {}
    for item, (sheet, number) in zip(report.items, report.rows, strict=True):
        earlier = first.setdefault(normalise(item.parts[0].stem), (sheet, number))
        if earlier != (sheet, number):
            where = f"{sheet}!{number}"
            report.warnings.append(
                Problem(
                    where,
                    said("题干"),
                    said("与 %(sheet)s!%(row)s 的题干相同", sheet=earlier[0], row=earlier[1]),
                )
            )
