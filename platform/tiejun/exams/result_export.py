"""The results of a sitting as a workbook."""

from collections.abc import Sequence
from typing import Any

from tiejun.exams.registration_export import workbook
from tiejun.exams.result_queries import ResultRow, Room
from tiejun.exams.result_rules import VERDICT_WORDS

HEADINGS = ("座位", "姓名", "证件号码", "单位", "客观题", "主观题", "总分", "结论", "状态")


def result_list(room: Room, rows: Sequence[ResultRow]) -> bytes:
    """Return the results, one candidate a row, in the order of the seats."""
    title = f"{room.row.exam.title} {room.row.sitting.title} 合格线{room.cut_score:g}分"
    cells = [_cells(row) for row in rows]
    return workbook("成绩", title, HEADINGS, cells, room.row.sitting.created_at)


def _cells(row: ResultRow) -> tuple[Any, ...]:
    return (
        row.seat,
        row.person.name,
        row.person.id_number_masked,
        row.unit.name,
        *("" if points is None else float(points) for points in (row.objective, row.essay, row.total)),
        VERDICT_WORDS[row.verdict] if row.verdict else "",
        row.state[0],
    )
