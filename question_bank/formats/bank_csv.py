"""The bank as CSV that comes back: the columns of `bank_sheet`, for programs that open no Excel.

Public: `write_csv`.

Spreadsheets take a cell that begins with = + - @ for a formula, whatever its quotation marks: it gets an
apostrophe before it, which the way back takes off again.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace

from question_bank.formats.bank_sheet import COLUMNS, item_cells
from question_bank.formats.csv_rows import guarded
from question_bank.formats.spreadsheet import SpreadsheetRefused, read_csv_items
from question_bank.formats.written import Written, beyond
from question_bank.item import Item
from question_bank.words import said

NAMES = [name for name, _ in COLUMNS]


def write_csv(items: Iterable[Item]) -> Written:
    """Return a CSV file of the items, keys included: for people who may see keys only.

    UTF-8 with its mark, without which Excel takes it for another encoding. An item that does not come back
    the same (line ends of other systems, control characters) is left out by name.
    """
    made, kept = Written(), []
    header = _lines([NAMES])
    for item in items:
        if reason := beyond(item, "CSV"):
            made.left_out.append((item.id, reason))
            continue
        lines = _lines([[guarded(cells.get(name, "")) for name in NAMES] for cells in item_cells(item)])
        if not _comes_back(item, header + lines):
            made.left_out.append((item.id, said("含有 CSV 不能原样保存的字符")))
            continue
        kept.append(lines)
        made.written += 1
    made.content = "".join([header, *kept]).encode("utf-8-sig")
    return made


def _lines(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _comes_back(item: Item, text: str) -> bool:
    try:
        return read_csv_items(text.encode(), "").items == [replace(item, source=None)]
    except (SpreadsheetRefused, UnicodeEncodeError):
        return False
