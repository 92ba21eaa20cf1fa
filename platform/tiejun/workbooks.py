"""Writing Excel files: text stays text, so that nothing becomes a formula; numbers stay numbers."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60


class Share(float):
    """A number from 0 to 1 that is read as a percentage."""


class UnsureShare(Share):
    """A share of so few that it says little; it is shown with an asterisk."""


Cell = str | int | float | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: lines of words on top, then the headings, then rows.

    A sheet `to_fill_in` has text columns of one width: Excel then leaves ID numbers and dates as typed.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    lines: Sequence[str] = field(default=())
    to_fill_in: bool = False


def write_workbook(sheets: Sequence[Sheet], made_at: datetime | None = None) -> bytes:
    """Return the .xlsx file; None becomes an empty cell.

    `made_at` goes into the file's properties, so that equal sheets give equal bytes.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        if made_at is not None:
            book.set_properties({"created": made_at.replace(tzinfo=None)})
        styles = {
            "line": book.add_format({"bold": True}),
            "head": book.add_format({"bold": True, "bottom": 1}),
            "text": book.add_format({"num_format": "@"}),
            "share": book.add_format({"num_format": "0.0%"}),
            "unsure": book.add_format({"num_format": '0.0%"*"'}),
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, styles)
    return target.getvalue()


def _write(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    for number, line in enumerate(sheet.lines):
        page.write_string(number, 0, line, styles["line"])
    top = len(sheet.lines)
    for column, heading in enumerate(sheet.headings):
        page.set_column(column, column, _width(sheet, column), styles["text"] if sheet.to_fill_in else None)
        page.write_string(top, column, heading, styles["head"])
    for number, row in enumerate(sheet.rows, start=top + 1):
        for column, cell in enumerate(row):
            if isinstance(cell, int | float):
                page.write_number(number, column, cell, _number_style(cell, styles))
            elif cell is not None:
                page.write_string(number, column, str(cell), styles["text"] if sheet.to_fill_in else None)
    page.freeze_panes(top + 1, 0)


def _number_style(cell: float, styles: dict[str, Any]) -> Any:
    if isinstance(cell, UnsureShare):
        return styles["unsure"]
    return styles["share"] if isinstance(cell, Share) else None


def _width(sheet: Sheet, column: int) -> float:
    if sheet.to_fill_in:
        return 20
    longest = max([len(str(row[column])) for row in sheet.rows] + [len(sheet.headings[column])])
    return min(2.0 * longest + 2, WIDEST)
