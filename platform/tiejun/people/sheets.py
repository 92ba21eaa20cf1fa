"""Reading a table that somebody filled in: headings found by name, cells as trimmed text or days."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from question_bank.formats.workbook import SpreadsheetRefused, read_sheets
from question_bank.words import listed, said
from tiejun.errors import Problem, Rejected

HEADING_ROWS = 10  # the headings stand within the first rows; above them a title is allowed
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")


@dataclass(frozen=True)
class TableRow:
    """One row: where it stands ("名册!12") and its cells by field."""

    where: str
    cells: dict[str, Any]

    def text(self, field: str) -> str:
        """Return the cell as trimmed text; an integer that the reader gave as 12.0 is "12"."""
        value = self.cells.get(field)
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return re.sub(r"\s+", " ", str(value)).strip()

    def day(self, field: str) -> date | None:
        """Return the cell as a day, None when it is empty.

        Raises:
            ValueError: if it is no day.
        """
        value = self.cells.get(field)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = self.text(field)
        if not text:
            return None
        match = DAY.fullmatch(text) or PACKED_DAY.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return date(*map(int, match.groups()))


def read_table(content: bytes, headings: Mapping[str, str], required: Sequence[str]) -> list[TableRow]:
    """Return the filled rows of the first sheet that carries the required headings.

    Args:
        content: the .xlsx file.
        headings: heading (without marks such as * and （选填）) -> field.
        required: fields whose heading must be there.

    Raises:
        Rejected: if the file is no workbook or no sheet has the headings.
    """
    try:
        sheets = read_sheets(content)
    except SpreadsheetRefused as error:
        raise Rejected(
            said("%(sentence)s。", sentence=error.args[0]), [Problem(said("文件"), "", error.args[0])]
        ) from error
    best_missing = list(required)
    for sheet in sheets:
        for index, cells in enumerate(sheet.rows[:HEADING_ROWS]):
            columns = _columns(cells, headings)
            missing = [name for name in required if name not in columns]
            if not missing:
                return _filled(sheet.name, sheet.rows, index, columns)
            if len(missing) < len(best_missing):
                best_missing = missing
    words = {field: heading for heading, field in headings.items()}
    lacking = listed(words[name] for name in best_missing)
    message = said("没有找到表头，缺少列：%(lacking)s。请使用下载的模板", lacking=lacking)
    raise Rejected(said("%(sentence)s。", sentence=message), [Problem(said("表头"), lacking, message)])


def _columns(cells: Sequence[Any], headings: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        words = re.sub(r"[\s*＊]|（.*?）|\(.*?\)", "", str(cell or ""))
        if words in headings:
            found.setdefault(headings[words], column)
    return found


def _filled(
    sheet: str, rows: Sequence[Sequence[Any]], heading: int, columns: Mapping[str, int]
) -> list[TableRow]:
    return [
        TableRow(
            f"{sheet}!{number}",
            {field: cells[column] for field, column in columns.items() if column < len(cells)},
        )
        for number, cells in enumerate(rows[heading + 1 :], start=heading + 2)
        if any(str(cell or "").strip() for cell in cells)
    ]
