"""The seat list of a sitting as a workbook."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from tiejun.clock import beijing
from tiejun.exams.admin_queries import Candidate, SittingRow

HEADINGS = ("座位", "姓名", "证件号码", "单位", "试卷")


def seat_list(row: SittingRow, candidates: Sequence[Candidate]) -> bytes:
    """Return the seat list, one candidate a row, in the order of the seats."""
    title = f"{row.exam.title} {row.sitting.title} {_span(row)} {row.sitting.venue}"
    rows = [
        (c.registration.seat, c.person.name, c.person.id_number_masked, c.unit.name, c.form_label)
        for c in candidates
    ]
    return workbook("考生名单", title, HEADINGS, rows, row.sitting.created_at)


def workbook(
    sheet_name: str, title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]], made_at: datetime
) -> bytes:
    """Return a workbook of one sheet; every text is written as text, so that none becomes a formula.

    `made_at` goes into the file's properties, so that equal rows give equal bytes.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": made_at.replace(tzinfo=None)})
    sheet = book.add_worksheet(sheet_name)
    bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
    sheet.write_string(0, 0, title, bold)
    for column, heading in enumerate(headings):
        widest = max([len(str(row[column])) for row in rows] + [len(heading)])
        sheet.set_column(column, column, min(2.0 * widest + 2, 60))
        sheet.write_string(1, column, heading, head)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, str(value))
    sheet.freeze_panes(2, 0)
    book.close()
    return out.getvalue()


def _span(row: SittingRow) -> str:
    return f"{beijing(row.sitting.starts_at):%Y-%m-%d %H:%M}至{beijing(row.sitting.ends_at):%H:%M}"
