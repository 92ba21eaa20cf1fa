"""Opening a CSV file that a stranger sent, whatever separates its cells.

Public: `read_csv`, and for our own files `guarded`, `unguarded`.
"""

import csv
import io
import re
from collections.abc import Callable

from question_bank.formats.text_file import TextRefused, read_text
from question_bank.formats.workbook import MAX_CELLS, TOO_LARGE, SpreadsheetRefused
from question_bank.words import said

SEPARATORS = (",", ";", "\t", "，")
"""Excel writes a comma or, where that is the decimal mark, a semicolon; "Unicode text" has tabs."""

HEAD = 40
"""How many lines are looked at to find the header."""

_FORMULA = re.compile(r"'*[=+\-@\t]")
Rows = list[list[str]]


def read_csv(content: bytes, fits: Callable[[Rows], bool]) -> Rows:
    """Return the rows of a CSV file.

    Args:
        fits: says whether rows make sense; the first separator with which they do is taken.

    Raises:
        SpreadsheetRefused: if the file is no text, has too many cells, or a quotation mark is not closed.
    """
    try:
        text = read_text(content)
    except TextRefused as refused:
        raise SpreadsheetRefused(refused.message) from refused
    head = "\n".join(text.split("\n", HEAD)[:HEAD])
    # Quotation marks make sense with the right separator only: strictness has to wait until it is known.
    known = (s for s in SEPARATORS if s in head and fits(_rows(head, s, is_strict=False)))
    return _rows(text, next(known, SEPARATORS[0]), is_strict=True)


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: it gets an apostrophe if it looks like one."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return what was given to `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _rows(text: str, separator: str, *, is_strict: bool) -> Rows:
    rows: Rows = []
    width = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=is_strict):
            rows.append(row)
            width = max(width, len(row))
            if width * len(rows) > MAX_CELLS:
                raise SpreadsheetRefused(TOO_LARGE)
    except csv.Error as error:
        message = said("CSV 第 %(row)s 行无法读取（引号没有成对，或一格过长）", row=len(rows) + 1)
        raise SpreadsheetRefused(message) from error
    return rows
