"""The seat list of a sitting as a workbook."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tiejun.clock import beijing
from tiejun.exams.admin_queries import Candidate, SittingRow
from tiejun.workbooks import Sheet, write_workbook

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
    return write_workbook([Sheet(sheet_name, headings, rows, (title,))], made_at)


def _span(row: SittingRow) -> str:
    return f"{beijing(row.sitting.starts_at):%Y-%m-%d %H:%M}至{beijing(row.sitting.ends_at):%H:%M}"
